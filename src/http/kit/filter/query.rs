//! The parameter `q`: conditions joined by `AND`, `OR` and `NOT` (contract 01 §1.5).
//!
//! `q=name__startswith="rec" AND NOT (private=true OR name="rec_repo")`

use std::iter::Peekable;
use std::vec::IntoIter;

use crate::http::kit::filter::field;
use crate::http::kit::filter::field::Field;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::filter::Expression;

/// Most conditions and words between them, as in the reference.
const COMPLEXITY_MAX: usize = 8;
/// Most tokens, brackets included: they are read by functions that call themselves.
const TOKENS_MAX: usize = 64;

/// Reads an expression over `fields`.
pub(super) fn parse<F: Copy>(text: &str, fields: &[Field<F>]) -> Result<Expression<F>> {
    let tokens = tokens(text).ok_or_else(syntax)?;
    let is_counted = |token: &&Token| !matches!(token, Token::Open | Token::Close);
    if tokens.len() > TOKENS_MAX || tokens.iter().filter(is_counted).count() > COMPLEXITY_MAX {
        return Err(wrong("Filter expression exceeds allowed complexity."));
    }
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        fields,
    };
    let expression = parser.any()?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(_) => Err(syntax()),
    }
}

fn wrong(message: &str) -> Error {
    Error::invalid("q", "invalid", message)
}

fn syntax() -> Error {
    wrong("Syntax error in expression.")
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Not,
    And,
    Or,
    Open,
    Close,
    Is(String, String),
}

/// The tokens of an expression; `None` if there is anything else in it.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            _ => {
                let (name, after) = rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len()));
                match (name, after.trim_start().strip_prefix('=')) {
                    ("", _) => return None,
                    (name, Some(value)) => {
                        let (value, after) = value_of(value.trim_start())?;
                        (Token::Is(name.to_owned(), value), after)
                    }
                    (word, None) if word.eq_ignore_ascii_case("not") => (Token::Not, after),
                    (word, None) if word.eq_ignore_ascii_case("and") => (Token::And, after),
                    (word, None) if word.eq_ignore_ascii_case("or") => (Token::Or, after),
                    _ => return None,
                }
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Some(tokens)
}

/// A value in quotes, where `\` takes the next character as it is, or a word; and what comes after it.
fn value_of(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '=' | '"' | '\'');
        let (word, after) = text.split_at(text.find(ends).unwrap_or(text.len()));
        return (!word.is_empty()).then(|| (word.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?.1),
            _ if character == quote => return Some((value, &text[at + 1..])),
            _ => value.push(character),
        }
    }
    None
}

struct Parser<'f, F> {
    tokens: Peekable<IntoIter<Token>>,
    fields: &'f [Field<F>],
}

impl<F: Copy> Parser<'_, F> {
    fn any(&mut self) -> Result<Expression<F>> {
        let mut parts = vec![self.all()?];
        while self.tokens.next_if_eq(&Token::Or).is_some() {
            parts.push(self.all()?);
        }
        Ok(Expression::Any(parts))
    }

    fn all(&mut self) -> Result<Expression<F>> {
        let mut parts = vec![self.one()?];
        while self.tokens.next_if_eq(&Token::And).is_some() {
            parts.push(self.one()?);
        }
        Ok(Expression::All(parts))
    }

    fn one(&mut self) -> Result<Expression<F>> {
        match self.tokens.next().ok_or_else(syntax)? {
            Token::Not => Ok(Expression::Not(Box::new(self.one()?))),
            Token::Open => {
                let inside = self.any()?;
                match self.tokens.next() {
                    Some(Token::Close) => Ok(inside),
                    _ => Err(syntax()),
                }
            }
            Token::Is(name, value) => self.condition(&name, &value),
            Token::And | Token::Or | Token::Close => Err(syntax()),
        }
    }

    fn condition(&self, name: &str, value: &str) -> Result<Expression<F>> {
        let mut named = self
            .fields
            .iter()
            .filter(|field| field::names(field).iter().any(|own| own == name));
        let field = named
            .next()
            .ok_or_else(|| wrong(&format!("Filter '{name}' does not exist.")))?;
        let condition = field::condition(field, name, value).map_err(|error| match error {
            Error::Invalid(faults) => {
                let messages: Vec<&str> =
                    faults.iter().map(|fault| fault.message.as_str()).collect();
                wrong(&format!("{name}: {}", messages.join(" ")))
            }
            other => other,
        })?;
        // A value that counts as absent puts no condition on anything.
        Ok(condition.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::kit::filter::PULP_NAME;
    use crate::http::kit::filter::field::Holds;
    use crate::kernel::filter::Condition;
    use crate::kernel::filter::TextFilter;

    const FIELDS: &[Field<u8>] = &[
        ("name", Holds::Text(PULP_NAME), 1),
        ("private", Holds::Flag, 2),
    ];

    fn name(text: &str) -> Expression<u8> {
        Expression::Is(1, Condition::Text(TextFilter::Is(text.to_owned())))
    }

    fn flag(value: bool) -> Expression<u8> {
        Expression::Is(2, Condition::Flag(value))
    }

    #[test]
    fn not_binds_more_than_and_and_that_more_than_or() {
        let read = parse(
            r#"name="a \"b\"" OR NOT name=b AND (private=true or private = false)"#,
            FIELDS,
        )
        .unwrap();
        let either = Expression::Any(vec![
            Expression::All(vec![flag(true)]),
            Expression::All(vec![flag(false)]),
        ]);
        let both = Expression::All(vec![Expression::Not(Box::new(name("b"))), either]);
        let first = Expression::All(vec![name(r#"a "b""#)]);
        assert_eq!(read, Expression::Any(vec![first, both]));
    }

    #[test]
    fn what_is_no_expression_is_told() {
        for (text, told) in [
            ("name==", "Syntax error in expression."),
            ("", "Syntax error in expression."),
            ("(name=a", "Syntax error in expression."),
            ("name=a name=b", "Syntax error in expression."),
            ("name=\"a", "Syntax error in expression."),
            ("nope=1", "Filter 'nope' does not exist."),
            (
                &["name=a"; 5].join(" OR "),
                "Filter expression exceeds allowed complexity.",
            ),
        ] {
            let error = parse(text, FIELDS).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("invalid input: {told}"),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "(name|private|NOT|AND|OR|[ ()=\"'\\\\a-zß])*") {
            let _ = parse(&text, FIELDS);
        }
    }
}
