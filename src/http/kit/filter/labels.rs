//! Label expressions: `pipeline=approved,!hide_from_search` (contract 01 §1.5).

use std::mem;

use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::filter::LabelTerm;

/// Most terms of an expression; each costs a look at the labels of every row.
const TERMS_MAX: usize = 16;

/// Reads an expression. Its fault is a bare list in the reference.
pub(super) fn parse(text: &str) -> Result<Vec<LabelTerm>> {
    let terms = split(text);
    if terms.len() > TERMS_MAX {
        let message = format!("Use no more than {TERMS_MAX} label terms.");
        return Err(Error::bare("invalid", message));
    }
    terms.iter().map(|term| self::term(term)).collect()
}

/// The terms between commas; `\,` is a comma inside a term.
fn split(text: &str) -> Vec<String> {
    let (mut terms, mut term) = (Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next_if_eq(&',').is_some() => term.push(','),
            ',' => terms.push(mem::take(&mut term)),
            _ => term.push(character),
        }
    }
    terms.push(term);
    terms
}

fn term(text: &str) -> Result<LabelTerm> {
    let wrong = || Error::bare("invalid", format!("Invalid search term: '{text}'."));
    let is_key = |key: &str| {
        let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '-' | '.');
        !key.is_empty() && key.chars().all(is_allowed)
    };
    if let Some(key) = text.strip_prefix('!') {
        let absent = LabelTerm::Absent(key.to_owned());
        return is_key(key).then_some(absent).ok_or_else(wrong);
    }
    // The operator that comes first: a value may contain the others.
    let Some(at) = text.find(['=', '!', '~']) else {
        let present = LabelTerm::Present(text.to_owned());
        return is_key(text).then_some(present).ok_or_else(wrong);
    };
    let (key, rest) = text.split_at(at);
    let (make, value): (fn(String, String) -> LabelTerm, &str) = match rest {
        _ if rest.starts_with("!=") => (LabelTerm::IsNot, &rest[2..]),
        _ if rest.starts_with('=') => (LabelTerm::Is, &rest[1..]),
        _ if rest.starts_with('~') => (LabelTerm::Contains, &rest[1..]),
        _ => return Err(wrong()),
    };
    if !is_key(key) {
        return Err(wrong());
    }
    Ok(make(key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(make: fn(String, String) -> LabelTerm, key: &str, value: &str) -> LabelTerm {
        make(key.to_owned(), value.to_owned())
    }

    #[test]
    fn every_kind_of_term_is_read() {
        let read =
            parse(r"hide_from_search,!rec,pipeline=approved,a!=b,my key~Par\,t,x=1=2").unwrap();
        let expected = [
            LabelTerm::Present("hide_from_search".to_owned()),
            LabelTerm::Absent("rec".to_owned()),
            two(LabelTerm::Is, "pipeline", "approved"),
            two(LabelTerm::IsNot, "a", "b"),
            two(LabelTerm::Contains, "my key", "Par,t"),
            two(LabelTerm::Is, "x", "1=2"),
        ];
        assert_eq!(read, expected);
        assert_eq!(parse("a=").unwrap(), [two(LabelTerm::Is, "a", "")]);
    }

    #[test]
    fn what_is_no_term_is_told() {
        for (text, told) in [
            ("a=b,,", ""),
            ("=x", "=x"),
            ("!", "!"),
            ("a!b", "a!b"),
            ("a/b=c", "a/b=c"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("invalid input: Invalid search term: '{told}'."),
                "{text}"
            );
        }
        assert!(parse(&["a"; 17].join(",")).is_err());
    }
}
