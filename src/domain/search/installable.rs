//! What can be installed, one row for each: a collection by its highest version, wherever it is (contract 04, USR-1).
//!
//! Standalone roles will be another source of rows; there are none on this server yet.

use std::collections::HashSet;

use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::row::some_uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::collections::versions::HAS_TAG;
use crate::domain::namespaces::queries::logo;
use crate::domain::search::words;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::CollectionId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::visible::Repositories;

/// What something is that can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A collection.
    Collection,
    /// A standalone role.
    Role,
}

/// Something that can be installed.
#[derive(Debug, Clone)]
pub struct Installable {
    /// What it is.
    pub kind: Kind,
    /// The namespace.
    pub namespace: String,
    /// The name inside the namespace.
    pub name: String,
    /// The version it is judged by: the highest, but no pre-release if there is anything else.
    pub version: String,
    /// The `metadata` object of that version, as JSON.
    pub metadata: String,
    /// When that version came to this server.
    pub updated_at: Timestamp,
    /// Downloads of all its versions.
    pub download_count: u64,
    /// Where the owners of its namespace say that their logo is, or empty.
    pub avatar_url: String,
    /// The unit of content that shows the logo, once it was fetched.
    pub logo: Option<Uuid>,
    /// Whether one of its repositories says that it should not be used any more.
    pub is_deprecated: bool,
    /// How well it matches the words; 0 without any.
    pub relevance: f64,
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keywords {
    /// All words of this, in the index of words; only these have a relevance.
    Words(String),
    /// This text, as part of the names, the description or a tag.
    Part(String),
}

/// What can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallableField {
    /// The name.
    Name,
    /// The namespace.
    Namespace,
    /// Downloads.
    DownloadCount,
    /// When the version came that is shown.
    UpdatedAt,
    /// How well it matches.
    Relevance,
}

impl InstallableField {
    const fn column(self) -> &'static str {
        match self {
            Self::Name => "c.name",
            Self::Namespace => "c.namespace",
            Self::DownloadCount => "c.download_count",
            // Rows are numbered in the order they came.
            Self::UpdatedAt => "v.id",
            Self::Relevance => "relevance",
        }
    }
}

/// What a search can be narrowed to. An empty list narrows nothing.
#[derive(Debug, Default)]
pub struct InstallableFilter {
    /// Only these.
    pub kind: Option<Kind>,
    /// Only what has these.
    pub keywords: Option<Keywords>,
    /// Conditions on the namespace.
    pub namespace: Vec<TextFilter>,
    /// Conditions on the name.
    pub name: Vec<TextFilter>,
    /// Each of these must be a tag.
    pub tags: Vec<String>,
    /// Only deprecated ones, or only others.
    pub is_deprecated: Option<bool>,
    /// How to sort; by full name where all of these are equal.
    pub order: Vec<SortKey<InstallableField>>,
}

/// The columns of a row, with what its relevance is.
macro_rules! columns {
    ($relevance:literal) => {
        concat!(
            "c.id, c.namespace, c.name, v.version, d.metadata, ct.created_at, c.download_count, \
             ifnull(ns.avatar_url, '') AS avatar_url, ",
            logo!("ns"),
            ", ",
            $relevance,
            " AS relevance"
        )
    };
}

const COLUMNS: &str = columns!("0.0");
const FROM: &str = "collection c \
    JOIN collection_version v ON v.collection_id = c.id \
    JOIN content ct ON ct.id = v.id \
    JOIN collection_version_document d ON d.version_id = v.id \
    LEFT JOIN namespace ns ON ns.name = c.namespace";

/// The better the match, the lower is what the index says; the weights are those of `search::versions`.
const COLUMNS_OF_MATCHES: &str = columns!("-bm25(search, 100, 10, 3, 1)");
const FROM_MATCHES: &str = "search \
    JOIN collection_version v ON v.id = search.rowid \
    JOIN collection c ON c.id = v.collection_id \
    JOIN content ct ON ct.id = v.id \
    JOIN collection_version_document d ON d.version_id = v.id \
    LEFT JOIN namespace ns ON ns.name = c.namespace";

/// The version that a collection is judged by, in all repositories that are seen and served.
const IS_SHOWN: &str = "v.id = (
    SELECT b.id
      FROM repository_collection x
     CROSS JOIN repository r ON r.id = x.repository_id
      JOIN collection_version b ON b.id = x.preferred_id
     WHERE x.collection_id = c.id
       AND (? IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(?)))
       AND EXISTS (SELECT 1 FROM distribution s WHERE s.repository_id = r.id)
     ORDER BY b.is_prerelease, b.version_key DESC, b.id DESC LIMIT 1)";

const IS_DEPRECATED: &str = "? = EXISTS (
    SELECT 1
      FROM repository_collection x
     CROSS JOIN repository r ON r.id = x.repository_id
     WHERE x.collection_id = c.id AND x.deprecated
       AND (? IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(?)))
       AND EXISTS (SELECT 1 FROM distribution s WHERE s.repository_id = r.id))";

const HAS_PART: &str = "(instr(lower(c.namespace || '.' || c.name || ' ' || ifnull(d.metadata ->> '$.description', '')), ?) > 0
    OR EXISTS (SELECT 1 FROM collection_version_tag t WHERE t.version_id = v.id AND instr(lower(t.tag), ?) > 0))";

/// Finds what passes `filter` in repositories that are `seen`: three queries, however much is found.
pub fn find(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &InstallableFilter,
    window: Window,
) -> Result<Page<Installable>> {
    if filter.kind == Some(Kind::Role) {
        return Ok(Page {
            total: 0,
            items: Vec::new(),
        });
    }
    let found = select(seen, filter).page(tx, window, |row| {
        Ok((row.get::<_, CollectionId>("id")?, read(row)?))
    })?;
    let ids: Vec<_> = found.items.iter().map(|(id, _)| *id).collect();
    let deprecated = deprecated(tx, seen, &ids)?;
    Ok(found.map(|(id, collection)| Installable {
        is_deprecated: deprecated.contains(&id),
        ..collection
    }))
}

fn select<'f>(seen: &Repositories, filter: &'f InstallableFilter) -> Select<'f> {
    let own = seen.private_ones();
    let expression = match &filter.keywords {
        Some(Keywords::Words(text)) => words::expression(text),
        Some(Keywords::Part(_)) | None => None,
    };
    let mut select = match expression {
        Some(expression) => {
            Select::new(COLUMNS_OF_MATCHES, FROM_MATCHES).filter("search MATCH ?", expression)
        }
        None => Select::new(COLUMNS, FROM),
    }
    .filter_with(IS_SHOWN, vec![Box::new(own.clone()), Box::new(own.clone())])
    .texts("c.namespace", &filter.namespace)
    .texts("c.name", &filter.name);
    if let Some(Keywords::Part(text)) = &filter.keywords {
        let part = text.to_ascii_lowercase();
        select = select.filter_with(HAS_PART, vec![Box::new(part.clone()), Box::new(part)]);
    }
    for tag in &filter.tags {
        select = select.filter(HAS_TAG, tag);
    }
    if let Some(is_deprecated) = filter.is_deprecated {
        let values: Vec<Box<dyn ToSql>> = vec![
            Box::new(is_deprecated),
            Box::new(own.clone()),
            Box::new(own),
        ];
        select = select.filter_with(IS_DEPRECATED, values);
    }
    select.sort_by(
        &filter.order,
        InstallableField::column,
        "c.namespace, c.name",
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<Installable> {
    Ok(Installable {
        kind: Kind::Collection,
        namespace: row.get("namespace")?,
        name: row.get("name")?,
        version: row.get("version")?,
        metadata: row.get("metadata")?,
        updated_at: row.get("created_at")?,
        download_count: row.get("download_count")?,
        avatar_url: row.get("avatar_url")?,
        logo: some_uuid(row, "logo")?,
        is_deprecated: false,
        relevance: row.get("relevance")?,
    })
}

const DEPRECATED: &str = "
    SELECT DISTINCT x.collection_id
      FROM json_each(:collections) wanted
     CROSS JOIN repository_collection x ON x.collection_id = wanted.value
     CROSS JOIN repository r ON r.id = x.repository_id
     WHERE x.deprecated
       AND (:private IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(:private)))
       AND EXISTS (SELECT 1 FROM distribution s WHERE s.repository_id = r.id)";

/// Which of these collections a repository that is seen calls deprecated.
fn deprecated(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    collections: &[CollectionId],
) -> Result<HashSet<CollectionId>> {
    let mut statement = tx.prepare_cached(DEPRECATED)?;
    let values = named_params! {":collections": serde_json::json!(collections).to_string(), ":private": seen.private_ones()};
    let found = statement.query_map(values, |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
