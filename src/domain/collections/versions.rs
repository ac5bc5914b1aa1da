//! The versions of a collection in a repository.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::collections::signatures;
use crate::domain::collections::signatures::Attached;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::visible::Repositories;

/// A version as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// The version.
    pub version: String,
    /// The versions of ansible-core it runs on, as the author wrote them.
    pub requires_ansible: Option<String>,
    /// When it came to this server.
    pub created_at: Timestamp,
    /// When anything about it changed.
    pub updated_at: Timestamp,
}

/// A version with everything its page shows.
#[derive(Debug, Clone)]
pub struct VersionDetail {
    /// What a list shows of it.
    pub line: VersionLine,
    /// The namespace.
    pub namespace: String,
    /// The digest of the namespace's metadata, if the namespace is still there.
    pub namespace_sha256: Option<String>,
    /// The name inside the namespace.
    pub name: String,
    /// The collection's id in the APIs.
    pub collection_uuid: Uuid,
    /// The SHA-256 of the artifact.
    pub sha256: Digest,
    /// The size of the artifact in bytes.
    pub size: u64,
    /// The `metadata` object, as JSON.
    pub metadata: String,
    /// MANIFEST.json.
    pub manifest: String,
    /// FILES.json.
    pub files: String,
    /// Its signatures in the repository.
    pub signatures: Vec<Attached>,
}

const LINE: &str = "v.version, v.requires_ansible, ct.created_at, ct.updated_at";
const FROM: &str = "collection c \
                    JOIN collection_version v ON v.collection_id = c.id \
                    JOIN repository_content rc ON rc.content_id = v.id AND rc.removed IS NULL \
                    JOIN content ct ON ct.id = v.id";
const ONE: &str = "rc.repository_id = :repository AND c.namespace = :namespace AND c.name = :name \
                   AND v.version = :version";

fn read_line(row: &Row<'_>) -> rusqlite::Result<VersionLine> {
    Ok(VersionLine {
        version: row.get("version")?,
        requires_ansible: row.get("requires_ansible")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// What a list of versions can be narrowed to, within one collection.
#[derive(Debug, Default)]
pub struct VersionFilter {
    /// Only this version.
    pub version: Option<String>,
    /// Nothing unless the collection's namespace is this.
    pub namespace: Option<String>,
    /// Nothing unless the collection's name is this.
    pub name: Option<String>,
    /// Each of these words must be one of namespace, name, tags or the words of the description.
    pub words: Vec<String>,
    /// Each of these must be a tag.
    pub tags: Vec<String>,
    /// Only what each of these repository versions holds, brought, or took away.
    pub memberships: Vec<Membership>,
    /// How to sort.
    pub order: VersionOrder,
}

/// How a version of some repository relates to content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It holds it.
    Holds,
    /// It holds it, and the version before did not.
    Added,
    /// The version before held it, and it does not.
    Removed,
}

/// A relation to one repository version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The relation.
    pub relation: Relation,
    /// The repository's id in the APIs.
    pub repository: Uuid,
    /// The number of its version.
    pub number: i64,
}

impl Relation {
    /// A clause over `ct.id`, for [`Membership::values`]. A repository that is not seen holds nothing.
    const fn sql(self) -> &'static str {
        match self {
            Self::Holds => {
                "ct.id IN (SELECT x.content_id FROM repository_content x JOIN repository r ON r.id = x.repository_id \
                           WHERE r.uuid = ? AND (? IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(?))) \
                             AND x.added <= ? AND ifnull(x.removed, 1e18) > ?)"
            }
            Self::Added => {
                "ct.id IN (SELECT x.content_id FROM repository_content x JOIN repository r ON r.id = x.repository_id \
                           WHERE r.uuid = ? AND (? IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(?))) \
                             AND x.added = ?)"
            }
            Self::Removed => {
                "ct.id IN (SELECT x.content_id FROM repository_content x JOIN repository r ON r.id = x.repository_id \
                           WHERE r.uuid = ? AND (? IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(?))) \
                             AND x.removed = ?)"
            }
        }
    }
}

impl Membership {
    /// A clause over the content `ct`, for [`Membership::values`].
    pub(super) const fn sql(self) -> &'static str {
        self.relation.sql()
    }

    pub(super) fn values(self, seen: &Repositories) -> Vec<Box<dyn ToSql>> {
        let private = seen.private_ones();
        let mut values: Vec<Box<dyn ToSql>> = vec![
            Box::new(self.repository.to_string()),
            Box::new(private.clone()),
            Box::new(private),
            Box::new(self.number),
        ];
        if self.relation == Relation::Holds {
            values.push(Box::new(self.number));
        }
        values
    }
}

/// The orders a list of versions can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum VersionOrder {
    /// Highest version first, by SemVer precedence.
    #[default]
    HighestFirst,
    /// Lowest version first.
    LowestFirst,
    /// What came to this server last comes first.
    NewestFirst,
    /// What came to this server first comes first.
    OldestFirst,
}

impl VersionOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::HighestFirst => "v.version_key DESC",
            Self::LowestFirst => "v.version_key",
            Self::NewestFirst => "v.id DESC",
            Self::OldestFirst => "v.id",
        }
    }
}

/// Holds if the version `v` has a tag.
pub(in crate::domain) const HAS_TAG: &str =
    "EXISTS (SELECT 1 FROM collection_version_tag t WHERE t.version_id = v.id AND t.tag = ?)";
/// Holds if a word is one of those of the version `v` of the collection `c`.
pub(super) const HAS_WORD: &str = "EXISTS (SELECT 1 FROM collection_version_document d \
                                 WHERE d.version_id = v.id \
                                   AND instr(' ' || c.namespace || ' ' || c.name || ' ' \
                                             || lower(d.metadata ->> '$.description') || ' ' \
                                             || replace(trim(d.metadata -> '$.tags', '[]\"'), '\",\"', ' ') || ' ', \
                                             ' ' || ? || ' ') > 0)";

/// The versions of one collection that pass `filter`, of which repository versions count that are `seen`. A collection
/// nobody knows has none.
pub fn list(
    tx: &ReadTx<'_>,
    (repository, seen): (RepositoryId, &Repositories),
    (namespace, name): (&str, &str),
    filter: &VersionFilter,
    window: Window,
) -> Result<Page<VersionLine>> {
    let mut select = Select::new(LINE, FROM)
        .filter("rc.repository_id = ?", repository)
        .filter("c.namespace = ?", namespace)
        .filter("c.name = ?", name)
        .filter_some("v.version = ?", filter.version.as_deref())
        .filter_some("c.namespace = ?", filter.namespace.as_deref())
        .filter_some("c.name = ?", filter.name.as_deref());
    for tag in &filter.tags {
        select = select.filter(HAS_TAG, tag);
    }
    for membership in &filter.memberships {
        select = select.filter_with(membership.sql(), membership.values(seen));
    }
    for word in &filter.words {
        select = select.filter(HAS_WORD, word.to_lowercase());
    }
    select
        .order_by(filter.order.sql())
        .page(tx, window, read_line)
}

/// One version, whole.
pub fn find(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    (namespace, name): (&str, &str),
    version: &str,
) -> Result<VersionDetail> {
    let sql = format!(
        "SELECT {LINE}, v.id, c.namespace, ns.metadata_sha256, c.name, c.uuid, v.sha256, a.size, \
                d.metadata, d.manifest, d.files \
           FROM {FROM} \
           JOIN artifact a ON a.sha256 = v.sha256 \
           JOIN collection_version_document d ON d.version_id = v.id \
           LEFT JOIN namespace ns ON ns.name = c.namespace \
          WHERE {ONE}"
    );
    let values = named_params! {
        ":repository": repository, ":namespace": namespace, ":name": name, ":version": version,
    };
    let detail = tx.prepare_cached(&sql)?.query_row(values, |row| {
        let detail = VersionDetail {
            line: read_line(row)?,
            namespace: row.get("namespace")?,
            namespace_sha256: row.get("metadata_sha256")?,
            name: row.get("name")?,
            collection_uuid: row.get::<_, String>("uuid")?.parse().unwrap_or_default(),
            sha256: row.get("sha256")?,
            size: row.get("size")?,
            metadata: row.get("metadata")?,
            manifest: row.get("manifest")?,
            files: row.get("files")?,
            signatures: Vec::new(),
        };
        Ok((row.get::<_, VersionId>("id")?, detail))
    });
    let (id, detail) = detail
        .optional()?
        .ok_or_else(|| missing(namespace, name, version))?;
    let mut signatures = signatures::attached(tx, Some(repository), &Repositories::All, &[id])?;
    Ok(VersionDetail {
        signatures: signatures.remove(&id).unwrap_or_default(),
        ..detail
    })
}

/// The documentation of one version: `{"docs_blob": …}` as JSON in gzip. `None` if the version has none.
pub fn docs(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    (namespace, name): (&str, &str),
    version: &str,
) -> Result<Option<Vec<u8>>> {
    let sql = format!(
        "SELECT d.body FROM {FROM} LEFT JOIN collection_version_docs d ON d.version_id = v.id WHERE {ONE}"
    );
    let values = named_params! {
        ":repository": repository, ":namespace": namespace, ":name": name, ":version": version,
    };
    let body = tx
        .prepare_cached(&sql)?
        .query_row(values, |row| row.get(0))
        .optional()?;
    body.ok_or_else(|| missing(namespace, name, version))
}

fn missing(namespace: &str, name: &str, version: &str) -> Error {
    Error::NotFound(Noun::Version(format!("{namespace}.{name}:{version}")))
}
