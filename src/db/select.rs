//! Filtered lists: clauses and their values pushed together, count and rows from one snapshot.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::params_from_iter;

use crate::db::clause;
use crate::db::clause::Values;
use crate::db::clause::json;
use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::filter::Expression;
use crate::kernel::filter::LabelTerm;
use crate::kernel::filter::SortKey;
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
    values: Values<'v>,
    group: Option<&'static str>,
    order: Cow<'static, str>,
    order_values: Values<'v>,
}

impl<'v> Select<'v> {
    /// Starts with the tables and their joins, and the columns wanted.
    pub fn new(columns: &'static str, from: &'static str) -> Self {
        Self {
            from,
            columns,
            clauses: Vec::new(),
            values: Vec::new(),
            group: None,
            order: Cow::Borrowed(""),
            order_values: Vec::new(),
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
            let (clause, value) = clause::text(column, condition);
            self.clauses.push(Cow::Owned(clause));
            self.values.push(value);
        }
        self
    }

    /// Keeps rows for which `expression` holds; `column` says where a field of it is.
    pub fn matching<F: Copy>(
        mut self,
        expression: &'v Expression<F>,
        column: fn(F) -> &'static str,
    ) -> Self {
        let clause = clause::render(expression, column, &mut self.values);
        self.clauses.push(Cow::Owned(clause));
        self
    }

    /// Keeps rows whose labels meet all of `terms`. The labels of a row are those of `table` whose `owner` it is:
    /// a condition such as `repository_id = r.id`.
    pub fn labelled(
        mut self,
        table: &'static str,
        owner: &'static str,
        terms: &'v [LabelTerm],
    ) -> Self {
        for term in terms {
            let (negation, test, values) = clause::label(term);
            self.clauses.push(Cow::Owned(format!(
                "{negation}EXISTS (SELECT 1 FROM {table} WHERE {owner} AND key = ?{test})"
            )));
            self.values.extend(values);
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

    /// Makes one row of all that have the same `column`.
    pub fn group_by(mut self, column: &'static str) -> Self {
        self.group = Some(column);
        self
    }

    /// The order, as SQL without the words `ORDER BY`; it should be total, or pages overlap.
    pub fn order_by(mut self, order: &'static str) -> Self {
        self.order = Cow::Borrowed(order);
        self
    }

    /// As [`Select::order_by`], for an order with as many `?` as there are values.
    pub fn order_by_with(mut self, order: &'static str, values: Vec<Box<dyn ToSql + 'v>>) -> Self {
        self.order_values = values;
        self.order_by(order)
    }

    /// The order by fields, and by `last` where they are equal; `last` is a total order.
    pub fn sort_by<F: Copy>(
        mut self,
        keys: &[SortKey<F>],
        column: fn(F) -> &'static str,
        last: &'static str,
    ) -> Self {
        let word = |key: &SortKey<F>| match key.descending {
            true => format!("{} DESC, ", column(key.field)),
            false => format!("{}, ", column(key.field)),
        };
        let keys: String = keys.iter().map(word).collect();
        self.order = Cow::Owned(keys + last);
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
        let mut from = format!("FROM {}{}", self.from, self.condition());
        let mut count = format!("SELECT count(*) {from}");
        if let Some(column) = self.group {
            from = format!("{from} GROUP BY {column}");
            count = format!("SELECT count(*) FROM (SELECT 1 {from})");
        }
        let total = tx
            .prepare_cached(&count)?
            .query_row(params_from_iter(self.values.iter()), |row| row.get(0))?;
        let sql = format!(
            "SELECT {} {from} ORDER BY {} LIMIT ? OFFSET ?",
            self.columns, self.order
        );
        // SQLite integers are signed; a window past their end is past the end of any table.
        let limit = i64::try_from(window.limit).unwrap_or(i64::MAX);
        let offset = i64::try_from(window.offset).unwrap_or(i64::MAX);
        let mut values = self.values;
        values.extend(self.order_values);
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
