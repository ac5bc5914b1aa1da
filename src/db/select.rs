//! Filtered lists: clauses and their values pushed together, count and rows from one snapshot.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::params_from_iter;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// A `SELECT` that grows clause by clause.
///
/// Absent filters add no clause: SQLite uses an index for `col = ?` and scans for `(? IS NULL OR col = ?)`.
/// All SQL text comes from the code; values of a request only ever travel as parameters.
pub struct Select<'v> {
    from: &'static str,
    columns: &'static str,
    clauses: Vec<Cow<'static, str>>,
    values: Vec<Box<dyn ToSql + 'v>>,
    order: &'static str,
}

impl<'v> Select<'v> {
    /// Starts with the tables and their joins, and the columns wanted.
    pub fn new(columns: &'static str, from: &'static str) -> Self {
        Self {
            from,
            columns,
            clauses: Vec::new(),
            values: Vec::new(),
            order: "",
        }
    }

    /// Keeps rows for which `clause` holds; it has one `?`, filled with `value`.
    pub fn filter(self, clause: &'static str, value: impl ToSql + 'v) -> Self {
        self.filter_with(clause, vec![Box::new(value)])
    }

    /// As [`Select::filter`], for a clause with as many `?` as there are values.
    pub fn filter_with(mut self, clause: &'static str, values: Vec<Box<dyn ToSql + 'v>>) -> Self {
        self.clauses.push(Cow::Borrowed(clause));
        self.values.extend(values);
        self
    }

    /// Keeps rows whose `column` meets all of `conditions`.
    pub fn texts(mut self, column: &'static str, conditions: &'v [TextFilter]) -> Self {
        for condition in conditions {
            let (clause, value) = text(column, condition);
            self.clauses.push(Cow::Owned(clause));
            self.values.push(value);
        }
        self
    }

    /// Keeps rows whose `column` is one of `values`, if there are any.
    pub fn one_of(mut self, column: &'static str, values: Option<&[i64]>) -> Self {
        if let Some(values) = values {
            // One parameter for any number of values, so that the statement is prepared once.
            let clause = format!("{column} IN (SELECT value FROM json_each(?))");
            self.clauses.push(Cow::Owned(clause));
            self.values.push(Box::new(json(values)));
        }
        self
    }

    /// As [`Select::filter`] if there is a value, else nothing.
    pub fn filter_some(self, clause: &'static str, value: Option<impl ToSql + 'v>) -> Self {
        match value {
            Some(value) => self.filter(clause, value),
            None => self,
        }
    }

    /// The order, as SQL without the words `ORDER BY`; it should be total, or pages overlap.
    pub fn order_by(mut self, order: &'static str) -> Self {
        self.order = order;
        self
    }

    /// The rows inside `window` and the number of rows outside any window.
    ///
    /// Two statements in one snapshot rather than a window function, which has no row to put
    /// the total in when the page lies past the end.
    pub fn page<T>(
        self,
        tx: &ReadTx<'_>,
        window: Window,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Page<T>> {
        let from = format!("FROM {}{}", self.from, self.condition());
        let total = tx
            .prepare_cached(&format!("SELECT count(*) {from}"))?
            .query_row(params_from_iter(self.values.iter()), |row| row.get(0))?;
        let sql = format!(
            "SELECT {} {from} ORDER BY {} LIMIT ? OFFSET ?",
            self.columns, self.order
        );
        // SQLite integers are signed; a window past their end is past the end of any table.
        let limit = i64::try_from(window.limit).unwrap_or(i64::MAX);
        let offset = i64::try_from(window.offset).unwrap_or(i64::MAX);
        let mut values = self.values;
        values.push(Box::new(limit));
        values.push(Box::new(offset));
        let items = tx
            .prepare_cached(&sql)?
            .query_map(params_from_iter(values.iter()), read)?
            .collect::<rusqlite::Result<Vec<T>>>()?;
        Ok(Page { total, items })
    }

    fn condition(&self) -> String {
        if self.clauses.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.clauses.join(" AND "))
        }
    }
}

/// The clause of one condition, and its value. `instr`, not `LIKE`: `_` and `%` stand for themselves.
fn text<'v>(column: &'static str, condition: &'v TextFilter) -> (String, Box<dyn ToSql + 'v>) {
    let lower = |text: &String| Box::new(text.to_ascii_lowercase());
    match condition {
        TextFilter::Is(text) => (format!("{column} = ?"), Box::new(text)),
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
    }
}

/// A JSON list for `json_each`.
fn json<T: serde::Serialize>(values: &[T]) -> String {
    // Numbers and texts into a string: there is nothing that could fail.
    serde_json::to_string(values).unwrap_or_default()
}
