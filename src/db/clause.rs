//! Conditions as SQL: a clause with its question marks, and the values that fill them.

use rusqlite::ToSql;

use crate::kernel::filter::Condition;
use crate::kernel::filter::Expression;
use crate::kernel::filter::LabelTerm;
use crate::kernel::filter::NumberFilter;
use crate::kernel::filter::TextFilter;

/// The values of a clause, in the order of its question marks.
pub(super) type Values<'v> = Vec<Box<dyn ToSql + 'v>>;

/// The clause of one condition, and its value. `instr`, not `LIKE`: `_` and `%` stand for themselves.
pub(super) fn text<'v>(
    column: &'static str,
    condition: &'v TextFilter,
) -> (String, Box<dyn ToSql + 'v>) {
    let lower = |text: &String| Box::new(text.to_ascii_lowercase());
    match condition {
        TextFilter::Is(text) => (format!("{column} = ?"), Box::new(text)),
        TextFilter::IsNot(text) => (format!("{column} <> ?"), Box::new(text)),
        TextFilter::IsAnyCase(text) => (format!("lower({column}) = ?"), lower(text)),
        TextFilter::In(texts) => (
            format!("{column} IN (SELECT value FROM json_each(?))"),
            Box::new(json(texts)),
        ),
        TextFilter::Contains(text) => (format!("instr({column}, ?) > 0"), Box::new(text)),
        TextFilter::ContainsAnyCase(text) => {
            (format!("instr(lower({column}), ?) > 0"), lower(text))
        }
        TextFilter::StartsWith(text) => (format!("instr({column}, ?) = 1"), Box::new(text)),
        TextFilter::StartsWithAnyCase(text) => {
            (format!("instr(lower({column}), ?) = 1"), lower(text))
        }
        TextFilter::Matches(pattern) => (format!("text_matches({column}, ?)"), Box::new(pattern)),
    }
}

fn number<'v>(column: &'static str, condition: &'v NumberFilter) -> (String, Values<'v>) {
    let one = |test: &str, value: &'v i64| -> (String, Values<'v>) {
        (format!("{column} {test} ?"), vec![Box::new(value)])
    };
    match condition {
        NumberFilter::Is(value) => one("=", value),
        NumberFilter::IsNot(value) => one("<>", value),
        NumberFilter::In(values) => (
            format!("{column} IN (SELECT value FROM json_each(?))"),
            vec![Box::new(json(values))],
        ),
        NumberFilter::Below(value) => one("<", value),
        NumberFilter::AtMost(value) => one("<=", value),
        NumberFilter::Above(value) => one(">", value),
        NumberFilter::AtLeast(value) => one(">=", value),
        NumberFilter::Within(first, last) => (
            format!("{column} BETWEEN ? AND ?"),
            vec![Box::new(first), Box::new(last)],
        ),
    }
}

/// The clause of an expression; its values are added to `values` in their order.
pub(super) fn render<'v, F: Copy>(
    expression: &'v Expression<F>,
    column: fn(F) -> &'static str,
    values: &mut Values<'v>,
) -> String {
    let mut join = |parts: &'v [Expression<F>], word: &str, none: &str| {
        let clauses: Vec<String> = parts
            .iter()
            .map(|part| render(part, column, values))
            .collect();
        match clauses.is_empty() {
            true => none.to_owned(),
            false => format!("({})", clauses.join(word)),
        }
    };
    match expression {
        Expression::All(parts) => join(parts, " AND ", "TRUE"),
        Expression::Any(parts) => join(parts, " OR ", "FALSE"),
        // What is not known is not true: a missing value is in the complement of everything.
        Expression::Not(part) => format!("({}) IS NOT TRUE", render(part, column, values)),
        Expression::Is(field, condition) => {
            let (clause, found) = clause(column(*field), condition);
            values.extend(found);
            clause
        }
    }
}

fn clause<'v>(column: &'static str, condition: &'v Condition) -> (String, Values<'v>) {
    match condition {
        Condition::Text(condition) => {
            let (clause, value) = text(column, condition);
            (clause, vec![value])
        }
        Condition::Number(condition) => number(column, condition),
        Condition::Flag(value) => (format!("{column} = ?"), vec![Box::new(value)]),
        Condition::Absent(true) => (format!("{column} IS NULL"), Vec::new()),
        Condition::Absent(false) => (format!("{column} IS NOT NULL"), Vec::new()),
    }
}

/// Whether there must be no such label, a test of its value, and the values of both.
pub(super) fn label(term: &LabelTerm) -> (&'static str, &'static str, Values<'_>) {
    match term {
        LabelTerm::Present(key) => ("", "", vec![Box::new(key)]),
        LabelTerm::Absent(key) => ("NOT ", "", vec![Box::new(key)]),
        LabelTerm::Is(key, value) => ("", " AND value = ?", vec![Box::new(key), Box::new(value)]),
        LabelTerm::IsNot(key, value) => {
            ("", " AND value <> ?", vec![Box::new(key), Box::new(value)])
        }
        LabelTerm::Contains(key, part) => (
            "",
            " AND instr(lower(value), ?) > 0",
            vec![Box::new(key), Box::new(part.to_ascii_lowercase())],
        ),
    }
}

/// A JSON list for `json_each`.
pub(super) fn json<T: serde::Serialize>(values: &[T]) -> String {
    // Numbers and texts into a string: there is nothing that could fail.
    serde_json::to_string(values).unwrap_or_default()
}
