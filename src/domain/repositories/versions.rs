//! The versions of a repository: what each holds, and what came and went with it.

use std::collections::BTreeMap;

use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::row::json;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::Condition;
use crate::kernel::filter::Expression;
use crate::kernel::filter::NumberFilter;
use crate::kernel::filter::SortKey;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// How many of each kind of content, by the word that the column `content.kind` has for it.
pub type Counts = BTreeMap<String, u64>;

/// A repository version: what it holds never changes.
#[derive(Debug, Clone)]
pub struct RepositoryVersion {
    /// Its number; 0 is the empty one that a repository begins with.
    pub number: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it has that the one before had not.
    pub added: Counts,
    /// What it has not that the one before had.
    pub removed: Counts,
    /// All that it holds.
    pub present: Counts,
}

/// SQL for the counts of the rows of `repository_content` that a condition leaves.
macro_rules! counts {
    ($condition:literal) => {
        concat!(
            "(SELECT json_group_object(kind, n) FROM (
                SELECT c.kind, count(*) AS n
                  FROM repository_content rc JOIN content c ON c.id = rc.content_id
                 WHERE rc.repository_id = v.repository_id AND ",
            $condition,
            " GROUP BY c.kind))"
        )
    };
}

const COLUMNS: &str = concat!(
    "v.number, v.created_at, ",
    counts!("rc.added = v.number"),
    " AS added, ",
    counts!("rc.removed = v.number"),
    " AS removed, ",
    counts!("rc.added <= v.number AND (rc.removed IS NULL OR rc.removed > v.number)"),
    " AS present"
);

fn read(row: &Row<'_>) -> rusqlite::Result<RepositoryVersion> {
    Ok(RepositoryVersion {
        number: row.get("number")?,
        created_at: row.get("created_at")?,
        added: json(row, "added")?,
        removed: json(row, "removed")?,
        present: json(row, "present")?,
    })
}

/// The fields that a list of versions can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionField {
    /// The number.
    Number,
    /// When it was made.
    Created,
}

impl VersionField {
    const fn column(self) -> &'static str {
        match self {
            Self::Number => "v.number",
            Self::Created => "v.created_at",
        }
    }
}

/// What a list of versions can be narrowed to.
#[derive(Debug, Default)]
pub struct VersionFilter {
    /// Conditions on the fields.
    pub fields: Expression<VersionField>,
    /// Only those that hold one of these contents.
    pub content: Option<Vec<Uuid>>,
    /// How to sort; newest first if there is nothing.
    pub order: Vec<SortKey<VersionField>>,
}

const HOLDS: &str = "EXISTS (
    SELECT 1 FROM content c JOIN repository_content rc ON rc.content_id = c.id
     WHERE c.uuid IN (SELECT value FROM json_each(?)) AND rc.repository_id = v.repository_id
       AND rc.added <= v.number AND (rc.removed IS NULL OR rc.removed > v.number))";

/// The versions of a repository that pass `filter`.
pub fn list(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    filter: &VersionFilter,
    window: Window,
) -> Result<Page<RepositoryVersion>> {
    let content = filter
        .content
        .as_ref()
        .map(|all| serde_json::json!(all).to_string());
    Select::new(COLUMNS, "repository_version v")
        .filter("v.repository_id = ?", repository)
        .matching(&filter.fields, VersionField::column)
        .filter_some(HOLDS, content)
        .sort_by(&filter.order, VersionField::column, "v.number DESC")
        .page(tx, window, read)
}

/// The version with that number, or the error that there is none.
pub fn get(tx: &ReadTx<'_>, repository: RepositoryId, number: i64) -> Result<RepositoryVersion> {
    let number_is = Condition::Number(NumberFilter::Is(number));
    let filter = VersionFilter {
        fields: Expression::Is(VersionField::Number, number_is),
        ..VersionFilter::default()
    };
    let found = list(tx, repository, &filter, Window::ONE)?.items.pop();
    found.ok_or_else(|| Error::NotFound(Noun::RepositoryVersion(number)))
}

const NEWEST: &str = "SELECT max(number) FROM repository_version WHERE repository_id = :repository";

/// The number of the newest version.
pub fn newest(tx: &ReadTx<'_>, repository: RepositoryId) -> Result<i64> {
    Ok(tx
        .prepare_cached(NEWEST)?
        .query_row(named_params! {":repository": repository}, |row| row.get(0))?)
}
