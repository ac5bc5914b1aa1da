//! Collection versions as content, wherever they are: what the pulp API lists (contract 03 §3.6).

use std::io::Read;

use anyhow::Context;
use flate2::read::GzDecoder;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::named_params;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::db::row::uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::collections::signatures::is_signed;
use crate::domain::collections::versions::HAS_TAG;
use crate::domain::collections::versions::HAS_WORD;
use crate::domain::collections::versions::Membership;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::Condition;
use crate::kernel::filter::Expression;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::kernel::range::VersionRange;
use crate::policy::visible::Repositories;

/// A version without its documents.
#[derive(Debug, Clone)]
pub struct CatalogVersion {
    /// The row.
    pub id: VersionId,
    /// What APIs know it by.
    pub uuid: Uuid,
    /// The SHA-256 of the artifact.
    pub sha256: Digest,
    /// The namespace.
    pub namespace: String,
    /// The name inside the namespace.
    pub name: String,
    /// The version.
    pub version: String,
    /// The versions of ansible-core it runs on, as the author wrote them.
    pub requires_ansible: Option<String>,
    /// The `metadata` object, as JSON.
    pub metadata: String,
    /// When it came to this server.
    pub created_at: Timestamp,
    /// When anything about it changed.
    pub updated_at: Timestamp,
}

/// The large parts of a version, as JSON.
#[derive(Debug)]
pub struct Documents {
    /// MANIFEST.json.
    pub manifest: String,
    /// FILES.json.
    pub files: String,
    /// The documentation, if the version came with any.
    pub docs_blob: Option<Box<RawValue>>,
}

const COLUMNS: &str = "v.id, ct.uuid, v.sha256, c.namespace, c.name, v.version, v.requires_ansible, d.metadata, \
                       ct.created_at, ct.updated_at";
const FROM: &str = "collection_version v \
                    JOIN collection c ON c.id = v.collection_id \
                    JOIN content ct ON ct.id = v.id \
                    JOIN collection_version_document d ON d.version_id = v.id";

fn read(row: &Row<'_>) -> rusqlite::Result<CatalogVersion> {
    Ok(CatalogVersion {
        id: row.get("id")?,
        uuid: uuid(row, "uuid")?,
        sha256: row.get("sha256")?,
        namespace: row.get("namespace")?,
        name: row.get("name")?,
        version: row.get("version")?,
        requires_ansible: row.get("requires_ansible")?,
        metadata: row.get("metadata")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The fields that a list can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogField {
    /// The UUID.
    Uuid,
    /// The namespace.
    Namespace,
    /// The name.
    Name,
    /// The version; sorted by precedence.
    Version,
    /// When it came.
    Created,
    /// When it changed.
    Updated,
}

impl CatalogField {
    const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "ct.uuid",
            Self::Namespace => "c.namespace",
            Self::Name => "c.name",
            Self::Version => "v.version",
            Self::Created => "ct.created_at",
            Self::Updated => "ct.updated_at",
        }
    }

    const fn order(self) -> &'static str {
        match self {
            Self::Version => "v.version_key",
            // Rows are numbered in the order they came.
            Self::Created => "v.id",
            other => other.column(),
        }
    }
}

/// What a list of versions can be narrowed to.
#[derive(Debug, Default)]
pub struct CatalogFilter {
    /// Conditions on the fields.
    pub fields: Expression<CatalogField>,
    /// Each of these words must be one of namespace, name, tags or the words of the description.
    pub words: Vec<String>,
    /// Each of these must be a tag.
    pub tags: Vec<String>,
    /// Only what each of these repository versions holds, brought, or took away.
    pub memberships: Vec<Membership>,
    /// Only versions that need this collection: `namespace.name`.
    pub dependency: Option<String>,
    /// Only versions in this range.
    pub range: Option<VersionRange>,
    /// Only what the distribution under this base path serves.
    pub base_path: Option<String>,
    /// Only the highest version of each collection in this repository.
    pub highest_in: Option<RepositoryId>,
    /// Of those, only of collections that are, or are not, deprecated there.
    pub deprecated: Option<bool>,
    /// Of those, only versions that are, or are not, signed there.
    pub signed: Option<bool>,
    /// How to sort; what came last first if there is nothing.
    pub order: Vec<SortKey<CatalogField>>,
}

/// Holds if the version `v` needs a collection.
pub(in crate::domain) const NEEDS: &str =
    "EXISTS (SELECT 1 FROM collection_dependency n WHERE n.version_id = v.id AND n.needed = ?)";
const SERVED: &str = "EXISTS (SELECT 1 FROM repository_content rc \
                                JOIN distribution s ON s.repository_id = rc.repository_id \
                               WHERE rc.content_id = v.id AND rc.removed IS NULL AND s.base_path = ?)";
const HIGHEST: &str = concat!(
    "v.id IN (SELECT rc.highest_id FROM repository_collection rc \
               WHERE rc.repository_id = ? AND rc.deprecated = ifnull(?, rc.deprecated) \
                 AND ifnull(",
    is_signed!(),
    " = ?, TRUE))"
);

/// The reference shows what private repositories hold to everybody (contract, Where to differ).
const SEEN: &str = "EXISTS (SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id \
                             WHERE rc.content_id = v.id \
                               AND (r.private = 0 OR r.id IN (SELECT value FROM json_each(?))))";

/// The versions that pass `filter` and that are in a repository that is `seen`.
pub fn list(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &CatalogFilter,
    window: Window,
) -> Result<Page<CatalogVersion>> {
    let mut select = Select::new(COLUMNS, FROM)
        .filter_some(SEEN, seen.private_ones())
        .matching(&filter.fields, CatalogField::column);
    select = select
        .filter_some(NEEDS, filter.dependency.as_deref())
        .filter_some(
            "version_matches(v.version, ?)",
            filter.range.as_ref().map(VersionRange::to_string),
        )
        .filter_some(SERVED, filter.base_path.as_deref());
    if let Some(repository) = filter.highest_in {
        let values: Vec<Box<dyn ToSql>> = vec![
            Box::new(repository),
            Box::new(filter.deprecated),
            Box::new(filter.signed),
        ];
        select = select.filter_with(HIGHEST, values);
    }
    for tag in &filter.tags {
        select = select.filter(HAS_TAG, tag);
    }
    for word in &filter.words {
        select = select.filter(HAS_WORD, word.to_lowercase());
    }
    for membership in &filter.memberships {
        select = select.filter_with(membership.sql(), membership.values(seen));
    }
    select
        .sort_by(&filter.order, CatalogField::order, "v.id DESC")
        .page(tx, window, read)
}

/// The version with that UUID, if it is in a repository that is `seen`.
pub fn get(tx: &ReadTx<'_>, seen: &Repositories, uuid: Uuid) -> Result<CatalogVersion> {
    let uuid_is = Condition::Text(TextFilter::Is(uuid.to_string()));
    let filter = CatalogFilter {
        fields: Expression::Is(CatalogField::Uuid, uuid_is),
        ..CatalogFilter::default()
    };
    let found = list(tx, seen, &filter, Window::ONE)?.items.pop();
    found.ok_or_else(|| Error::NotFound(Noun::Content("CollectionVersion")))
}

const DOCUMENTS: &str = "
    SELECT d.manifest, d.files, docs.body
      FROM collection_version_document d LEFT JOIN collection_version_docs docs ON docs.version_id = d.version_id
     WHERE d.version_id = :id";

/// The form that documentation is kept in.
#[derive(Deserialize)]
struct Blob {
    docs_blob: Box<RawValue>,
}

/// The large parts of one version.
pub fn documents(tx: &ReadTx<'_>, id: VersionId) -> Result<Documents> {
    let found = tx
        .prepare_cached(DOCUMENTS)?
        .query_row(named_params! {":id": id}, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
        })
        .optional()?;
    let (manifest, files, body) =
        found.ok_or_else(|| Error::NotFound(Noun::Content("CollectionVersion")))?;
    let docs_blob = body.as_deref().map(unpack).transpose()?;
    Ok(Documents {
        manifest,
        files,
        docs_blob,
    })
}

fn unpack(body: &[u8]) -> Result<Box<RawValue>> {
    let mut text = String::new();
    GzDecoder::new(body)
        .read_to_string(&mut text)
        .context("stored documentation is not in gzip")?;
    let blob: Blob = serde_json::from_str(&text).context("stored documentation is no JSON")?;
    Ok(blob.docs_blob)
}
