//! Signatures of versions as they are kept: content that a repository holds beside what it is for.

use std::collections::HashMap;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use sha2::Digest;
use sha2::Sha256;
use uuid::Uuid;

use crate::db::row::uuid;
use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::collections::versions::Membership;
use crate::domain::units;
use crate::domain::units::Kind;
use crate::kernel::clock::Timestamp;
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
use crate::policy::visible::Repositories;

/// SQL that holds if the version `v` is signed in the repository of `rc` (contract 09 §9.5, sign state).
///
/// `CROSS JOIN` has SQLite begin with the few signatures of the version; by itself it walks through all that the
/// repository holds.
macro_rules! is_signed {
    () => {
        "EXISTS (SELECT 1 FROM collection_signature s \
             CROSS JOIN repository_content sc ON sc.content_id = s.id AND sc.repository_id = rc.repository_id \
                                             AND sc.removed IS NULL \
                  WHERE s.version_id = v.id)"
    };
}
pub(in crate::domain) use is_signed;

const FIND: &str =
    "SELECT id FROM collection_signature WHERE version_id = :version AND sha256 = :sha256";

const ADD: &str = "
    INSERT INTO collection_signature (id, version_id, fingerprint, sha256, signature)
    VALUES (:id, :version, :fingerprint, :sha256, :signature)";

/// Keeps a signature, which all repositories share; the same text for the same version is kept once. Returns its row of
/// `content`. `fingerprint` is that of the key that made it.
pub fn store(
    tx: &WriteTx<'_>,
    version: VersionId,
    signature: &str,
    fingerprint: &str,
) -> Result<i64> {
    let sha256 = hex::encode(Sha256::digest(signature));
    let known = tx
        .prepare_cached(FIND)?
        .query_row(
            named_params! {":version": version, ":sha256": sha256},
            |row| row.get(0),
        )
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let (id, _) = units::add(tx, Kind::CollectionSignature)?;
    tx.prepare_cached(ADD)?.execute(named_params! {
        ":id": id, ":version": version, ":fingerprint": fingerprint, ":sha256": sha256, ":signature": signature,
    })?;
    Ok(id)
}

/// A signature as the page of its version shows it.
#[derive(Debug, Clone)]
pub struct Attached {
    /// In ASCII armour.
    pub signature: String,
    /// Of the key that made it, in capital hexadecimal digits.
    pub fingerprint: String,
    /// When it came to this server.
    pub created_at: Timestamp,
}

const ATTACHED: &str = "
    SELECT s.version_id, s.signature, s.fingerprint, ct.created_at
      FROM json_each(:versions) wanted
      JOIN collection_signature s ON s.version_id = wanted.value
      JOIN content ct ON ct.id = s.id
     WHERE EXISTS (
           SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id
            WHERE rc.content_id = s.id AND rc.removed IS NULL AND rc.repository_id = ifnull(:repository, rc.repository_id)
              AND (:private IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(:private))))
     ORDER BY s.id";

/// The signatures of these versions in a repository, or else in all that are `seen`; oldest first.
pub fn attached(
    tx: &ReadTx<'_>,
    repository: Option<RepositoryId>,
    seen: &Repositories,
    versions: &[VersionId],
) -> Result<HashMap<VersionId, Vec<Attached>>> {
    let mut statement = tx.prepare_cached(ATTACHED)?;
    let mut rows = statement.query(named_params! {
        ":versions": serde_json::json!(versions).to_string(), ":repository": repository,
        ":private": seen.private_ones(),
    })?;
    let mut found: HashMap<VersionId, Vec<Attached>> = HashMap::new();
    while let Some(row) = rows.next()? {
        found.entry(row.get(0)?).or_default().push(Attached {
            signature: row.get(1)?,
            fingerprint: row.get(2)?,
            created_at: row.get(3)?,
        });
    }
    Ok(found)
}

/// A signature as content, without its text.
#[derive(Debug, Clone)]
pub struct CatalogSignature {
    /// What APIs know it by.
    pub uuid: Uuid,
    /// What APIs know its version by.
    pub version: Uuid,
    /// Of the key that made it, in capital hexadecimal digits.
    pub fingerprint: String,
    /// When it came to this server.
    pub created_at: Timestamp,
    /// When anything about it changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str =
    "ct.uuid, vt.uuid AS version_uuid, s.fingerprint, ct.created_at, ct.updated_at";
const FROM: &str = "collection_signature s \
                    JOIN content ct ON ct.id = s.id \
                    JOIN content vt ON vt.id = s.version_id";

fn read(row: &Row<'_>) -> rusqlite::Result<CatalogSignature> {
    Ok(CatalogSignature {
        uuid: uuid(row, "uuid")?,
        version: uuid(row, "version_uuid")?,
        fingerprint: row.get("fingerprint")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The fields that a list of signatures can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureField {
    /// The UUID.
    Uuid,
    /// The UUID of the version.
    Version,
    /// The fingerprint of the key.
    Fingerprint,
    /// What signed; nothing does here.
    Service,
    /// When it came.
    Created,
    /// When it changed.
    Updated,
}

impl SignatureField {
    const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "ct.uuid",
            Self::Version => "vt.uuid",
            Self::Fingerprint => "s.fingerprint",
            Self::Service => "NULL",
            Self::Created => "ct.created_at",
            Self::Updated => "ct.updated_at",
        }
    }

    const fn order(self) -> &'static str {
        match self {
            // Rows are numbered in the order they came.
            Self::Created => "s.id",
            other => other.column(),
        }
    }
}

/// What a list of signatures can be narrowed to.
#[derive(Debug, Default)]
pub struct SignatureFilter {
    /// Conditions on the fields.
    pub fields: Expression<SignatureField>,
    /// Only what each of these repository versions holds, brought, or took away.
    pub memberships: Vec<Membership>,
    /// How to sort; what came last first if there is nothing.
    pub order: Vec<SortKey<SignatureField>>,
}

const SEEN: &str = "EXISTS (SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id \
                             WHERE rc.content_id = s.id \
                               AND (r.private = 0 OR r.id IN (SELECT value FROM json_each(?))))";

/// The signatures that pass `filter` and that are in a repository that is `seen` (contract 03, CNT-4).
pub fn list(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &SignatureFilter,
    window: Window,
) -> Result<Page<CatalogSignature>> {
    let mut select = Select::new(COLUMNS, FROM)
        .filter_some(SEEN, seen.private_ones())
        .matching(&filter.fields, SignatureField::column);
    for membership in &filter.memberships {
        select = select.filter_with(membership.sql(), membership.values(seen));
    }
    select
        .sort_by(&filter.order, SignatureField::order, "s.id DESC")
        .page(tx, window, read)
}

/// The signature with that UUID, if it is in a repository that is `seen` (contract 03, CNT-6).
pub fn get(tx: &ReadTx<'_>, seen: &Repositories, uuid: Uuid) -> Result<CatalogSignature> {
    let uuid_is = Condition::Text(TextFilter::Is(uuid.to_string()));
    let filter = SignatureFilter {
        fields: Expression::Is(SignatureField::Uuid, uuid_is),
        ..SignatureFilter::default()
    };
    let found = list(tx, seen, &filter, Window::ONE)?.items.pop();
    found.ok_or_else(|| Error::NotFound(Noun::Content("CollectionVersionSignature")))
}
