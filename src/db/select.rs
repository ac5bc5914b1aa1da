//! Filtered lists: clauses and their values pushed together, count and rows from one snapshot.

use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::params_from_iter;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// A `SELECT` that grows clause by clause.
///
/// Absent filters add no clause: SQLite uses an index for `col = ?` and scans for `(? IS NULL OR col = ?)`.
/// All SQL text comes from the code; values of a request only ever travel as parameters.
pub struct Select<'v> {
    from: &'static str,
    columns: &'static str,
    clauses: Vec<&'static str>,
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
        self.clauses.push(clause);
        self.values.extend(values);
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
