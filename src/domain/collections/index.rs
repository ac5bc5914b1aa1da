//! The collections of a repository, a line each.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

/// A collection as one repository shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexLine {
    /// The namespace.
    pub namespace: String,
    /// The name inside the namespace.
    pub name: String,
    /// Whether this repository marks it as deprecated.
    pub deprecated: bool,
    /// The highest version in this repository.
    pub highest_version: String,
    /// When the collection came to this server.
    pub created_at: Timestamp,
    /// When a version was last added to, or removed from, this repository.
    pub updated_at: Timestamp,
    /// Downloads of all its versions.
    pub download_count: u64,
}

const COLUMNS: &str = "c.namespace, c.name, rc.deprecated, v.version AS highest_version, \
                       c.created_at, rc.updated_at, c.download_count";
const FROM: &str = "repository_collection rc \
                    JOIN collection c ON c.id = rc.collection_id \
                    JOIN collection_version v ON v.id = rc.highest_id";

fn read(row: &Row<'_>) -> rusqlite::Result<IndexLine> {
    Ok(IndexLine {
        namespace: row.get("namespace")?,
        name: row.get("name")?,
        deprecated: row.get("deprecated")?,
        highest_version: row.get("highest_version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        download_count: row.get("download_count")?,
    })
}

/// The line of one collection.
pub fn find(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    namespace: &str,
    name: &str,
) -> Result<IndexLine> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} \
          WHERE rc.repository_id = :repository AND c.namespace = :namespace AND c.name = :name"
    );
    tx.prepare_cached(&sql)?
        .query_row(
            named_params! {":repository": repository, ":namespace": namespace, ":name": name},
            read,
        )
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Collection(format!("{namespace}.{name}"))))
}

/// What an index can be narrowed to.
#[derive(Debug, Default)]
pub struct IndexFilter {
    /// Only this namespace.
    pub namespace: Option<String>,
    /// Only this name.
    pub name: Option<String>,
    /// Only collections that are, or are not, deprecated here.
    pub deprecated: Option<bool>,
    /// How to sort.
    pub order: IndexOrder,
}

/// The orders an index can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum IndexOrder {
    /// Collections that came to this server last come first.
    #[default]
    NewestFirst,
    /// Collections that came to this server first come first.
    OldestFirst,
    /// By name.
    Name,
    /// By name, backwards.
    NameDescending,
    /// By namespace.
    Namespace,
    /// By namespace, backwards.
    NamespaceDescending,
}

impl IndexOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::NewestFirst => "rc.collection_id DESC",
            Self::OldestFirst => "rc.collection_id",
            Self::Name => "c.name, c.namespace",
            Self::NameDescending => "c.name DESC, c.namespace DESC",
            Self::Namespace => "c.namespace, c.name",
            Self::NamespaceDescending => "c.namespace DESC, c.name DESC",
        }
    }
}

/// The lines that pass `filter`.
pub fn list(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    filter: &IndexFilter,
    window: Window,
) -> Result<Page<IndexLine>> {
    Select::new(COLUMNS, FROM)
        .filter("rc.repository_id = ?", repository)
        .filter_some("c.namespace = ?", filter.namespace.as_deref())
        .filter_some("c.name = ?", filter.name.as_deref())
        .filter_some("rc.deprecated = ?", filter.deprecated)
        .order_by(filter.order.sql())
        .page(tx, window, read)
}
