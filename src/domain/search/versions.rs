//! Versions across repositories (contract 02 §2.7): one hit for each repository that is served and holds one.

use std::collections::HashMap;

use rusqlite::Row;
use rusqlite::ToSql;
use uuid::Uuid;

use crate::db::row::uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::collections::catalog::NEEDS;
use crate::domain::collections::namespaces::listing as units;
use crate::domain::collections::namespaces::listing::Unit;
use crate::domain::collections::signatures::is_signed;
use crate::domain::collections::versions::HAS_TAG;
use crate::domain::repositories::listing;
use crate::domain::repositories::listing::Repository;
use crate::domain::search::words;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::filter::LabelTerm;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::kernel::range::VersionRange;
use crate::policy::visible::Repositories;

/// A version in a repository.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Where it is.
    pub repository: RepositoryId,
    /// What APIs know it by.
    pub uuid: Uuid,
    /// The namespace.
    pub namespace: String,
    /// The name inside the namespace.
    pub name: String,
    /// The version.
    pub version: String,
    /// The versions of ansible-core it runs on, as the author wrote them.
    pub requires_ansible: Option<String>,
    /// When it came to this server.
    pub created_at: Timestamp,
    /// The `metadata` object, as JSON.
    pub metadata: String,
    /// What the repository holds of the namespace, if it holds anything.
    pub unit: Option<Unit>,
    /// Whether it is the one that this repository should be judged by.
    pub is_highest: bool,
    /// Whether this repository says that the collection should not be used any more.
    pub is_deprecated: bool,
    /// Whether it is signed in this repository.
    pub is_signed: bool,
}

const COLUMNS: &str = concat!(
    "rc.repository_id, ct.uuid, c.namespace, c.name, v.version, v.requires_ansible, ct.created_at, \
     d.metadata, x.preferred_id = v.id AS is_highest, x.deprecated, ",
    is_signed!(),
    " AS is_signed"
);
const FROM: &str = "repository_content rc \
    JOIN repository r ON r.id = rc.repository_id \
    JOIN collection_version v ON v.id = rc.content_id \
    JOIN repository_collection x ON x.repository_id = rc.repository_id AND x.collection_id = v.collection_id \
    JOIN collection c ON c.id = v.collection_id \
    JOIN content ct ON ct.id = v.id \
    JOIN collection_version_document d ON d.version_id = v.id";

fn read(row: &Row<'_>) -> rusqlite::Result<Hit> {
    Ok(Hit {
        repository: row.get("repository_id")?,
        uuid: uuid(row, "uuid")?,
        namespace: row.get("namespace")?,
        name: row.get("name")?,
        version: row.get("version")?,
        requires_ansible: row.get("requires_ansible")?,
        created_at: row.get("created_at")?,
        metadata: row.get("metadata")?,
        unit: None,
        is_highest: row.get("is_highest")?,
        is_deprecated: row.get("deprecated")?,
        is_signed: row.get("is_signed")?,
    })
}

/// Hits, and the repositories they are in, which are few and come again and again.
pub type Found = (Page<Hit>, HashMap<RepositoryId, Repository>);

/// What a search can be narrowed to. An empty list narrows nothing.
#[derive(Debug, Default)]
pub struct SearchFilter {
    /// Only this namespace.
    pub namespace: Option<String>,
    /// Only this name.
    pub name: Option<String>,
    /// Only this version.
    pub version: Option<String>,
    /// Only versions in this range.
    pub range: Option<VersionRange>,
    /// Only what has all of these words.
    pub words: Vec<String>,
    /// Each of these must be a tag.
    pub tags: Vec<String>,
    /// Only versions that need this collection: `namespace.name`.
    pub dependency: Option<String>,
    /// Only in repositories of these names.
    pub repository_names: Vec<String>,
    /// Only in repositories of these ids.
    pub repositories: Vec<String>,
    /// Only in what distributions of these ids serve.
    pub distributions: Vec<String>,
    /// Only in what distributions under these base paths serve.
    pub base_paths: Vec<String>,
    /// Only in repositories with labels like these.
    pub labels: Vec<LabelTerm>,
    /// Only those a repository should be judged by, or only others.
    pub is_highest: Option<bool>,
    /// Only deprecated ones, or only others.
    pub is_deprecated: Option<bool>,
    /// Only signed ones, or only others.
    pub is_signed: Option<bool>,
    /// Nothing: what was asked for cannot be.
    pub nothing: bool,
    /// How to sort; the best match first if there are words, else what came last.
    pub order: Option<SearchOrder>,
}

/// What a search can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchOrder {
    /// What came first.
    Oldest,
    /// What came last.
    Newest,
    /// By namespace.
    Namespace,
    /// By namespace, backwards.
    NamespaceDescending,
    /// By name.
    Name,
    /// By name, backwards.
    NameDescending,
    /// By precedence.
    Version,
    /// By precedence, backwards.
    VersionDescending,
}

impl SearchOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::Oldest => "v.id, rc.repository_id",
            Self::Newest => "v.id DESC, rc.repository_id",
            Self::Namespace => "c.namespace, c.name, v.version_key DESC, rc.repository_id",
            Self::NamespaceDescending => {
                "c.namespace DESC, c.name, v.version_key DESC, rc.repository_id"
            }
            Self::Name => "c.name, c.namespace, v.version_key DESC, rc.repository_id",
            Self::NameDescending => {
                "c.name DESC, c.namespace, v.version_key DESC, rc.repository_id"
            }
            Self::Version => "v.version_key, c.namespace, c.name, v.id, rc.repository_id",
            Self::VersionDescending => {
                "v.version_key DESC, c.namespace, c.name, v.id, rc.repository_id"
            }
        }
    }
}

/// Repositories without a distribution are not searched.
const IS_SERVED: &str = "rc.removed IS NULL AND EXISTS (SELECT 1 FROM distribution s WHERE s.repository_id = rc.repository_id)";
const SEEN: &str = "(r.private = 0 OR r.id IN (SELECT value FROM json_each(?)))";
const MATCHES: &str = "v.id IN (SELECT rowid FROM search WHERE search MATCH ?)";
const BY_DISTRIBUTION: &str = "rc.repository_id IN (
    SELECT repository_id FROM distribution WHERE uuid IN (SELECT value FROM json_each(?)))";
const BY_BASE_PATH: &str = "rc.repository_id IN (
    SELECT repository_id FROM distribution WHERE base_path IN (SELECT value FROM json_each(?)))";

/// The best match first: what is called so, then what matches where it counts; and the newest of those that are alike.
/// The words of the name count most, those of the contents least.
const BEST: &str = "c.namespace || '.' || c.name <> ?, c.name <> ?, c.namespace <> ?,
    (SELECT bm25(search, 100, 10, 3, 1) FROM search WHERE search MATCH ? AND rowid = v.id), v.id DESC, rc.repository_id";

/// Finds versions in repositories that are `seen`: four queries, however many are found.
pub fn find(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &SearchFilter,
    window: Window,
) -> Result<Found> {
    let json =
        |values: &[String]| (!values.is_empty()).then(|| serde_json::json!(values).to_string());
    let mut select = Select::new(COLUMNS, FROM)
        .filter_with(IS_SERVED, Vec::new())
        .filter_some(SEEN, seen.private_ones())
        .filter_some("c.namespace = ?", filter.namespace.as_deref())
        .filter_some("c.name = ?", filter.name.as_deref())
        .filter_some("v.version = ?", filter.version.as_deref())
        .filter_some(
            "version_matches(v.version, ?)",
            filter.range.as_ref().map(VersionRange::to_string),
        )
        .filter_some(NEEDS, filter.dependency.as_deref())
        .filter_some(
            "r.name IN (SELECT value FROM json_each(?))",
            json(&filter.repository_names),
        )
        .filter_some(
            "r.uuid IN (SELECT value FROM json_each(?))",
            json(&filter.repositories),
        )
        .filter_some(BY_DISTRIBUTION, json(&filter.distributions))
        .filter_some(BY_BASE_PATH, json(&filter.base_paths))
        .labelled(
            "repository_label",
            "repository_id = rc.repository_id",
            &filter.labels,
        )
        .filter_some("(x.preferred_id = v.id) = ?", filter.is_highest)
        .filter_some("x.deprecated = ?", filter.is_deprecated)
        .filter_some(concat!(is_signed!(), " = ?"), filter.is_signed)
        .filter_some("FALSE AND ?", filter.nothing.then_some(true));
    for tag in &filter.tags {
        select = select.filter(HAS_TAG, tag);
    }
    let expressions = filter.words.iter().map(|text| words::expression(text));
    let expressions: Vec<String> = expressions.flatten().collect();
    for expression in &expressions {
        select = select.filter(MATCHES, expression.clone());
    }
    let select = match (filter.order, expressions.first()) {
        (None, Some(expression)) => {
            let words = filter
                .words
                .first()
                .map(|words| words.trim().to_lowercase());
            let best: Vec<Box<dyn ToSql>> = vec![
                Box::new(words.clone()),
                Box::new(words.clone()),
                Box::new(words),
                Box::new(expression.clone()),
            ];
            select.order_by_with(BEST, best)
        }
        (order, _) => select.order_by(order.unwrap_or(SearchOrder::Newest).sql()),
    };
    let mut hits = select.page(tx, window, read)?;
    let namespaces: Vec<(RepositoryId, &str)> = hits
        .items
        .iter()
        .map(|hit| (hit.repository, hit.namespace.as_str()))
        .collect();
    let units = units::held(tx, &namespaces)?;
    for hit in &mut hits.items {
        hit.unit = units.get(&(hit.repository, hit.namespace.clone())).cloned();
    }
    let ids: Vec<RepositoryId> = hits.items.iter().map(|hit| hit.repository).collect();
    let repositories = listing::find_all(tx, &ids)?;
    Ok((hits, repositories))
}
