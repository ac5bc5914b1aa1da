//! What a repository says of the collections in it, and where else their versions are, for whole pages at once.

use std::collections::HashMap;

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::domain::collections::signatures::is_signed;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;
use crate::policy::visible::Repositories;

/// What a repository says of the collection of a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    /// Downloads of all its versions.
    pub download_count: u64,
    /// Whether it should not be used any more.
    pub deprecated: bool,
}

const SAID: &str = "
    SELECT v.id, c.download_count, x.deprecated
      FROM json_each(:versions) wanted
      JOIN collection_version v ON v.id = wanted.value
      JOIN collection c ON c.id = v.collection_id
      JOIN repository_collection x ON x.collection_id = c.id AND x.repository_id = :repository";

/// What `repository` says of the collections of these versions.
pub fn said(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    versions: &[VersionId],
) -> Result<HashMap<VersionId, Said>> {
    let mut statement = tx.prepare_cached(SAID)?;
    let values = named_params! {":versions": serde_json::json!(versions).to_string(), ":repository": repository};
    let rows = statement.query_map(values, |row| {
        Ok((
            row.get(0)?,
            Said {
                download_count: row.get(1)?,
                deprecated: row.get(2)?,
            },
        ))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

const PLACES: &str = "
    SELECT rc.content_id, r.name
      FROM json_each(:versions) wanted
      JOIN repository_content rc ON rc.content_id = wanted.value AND rc.removed IS NULL
      JOIN repository r ON r.id = rc.repository_id
     WHERE :private IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(:private))
     ORDER BY r.name";

/// The names of the repositories that hold these versions now and that are `seen`.
pub fn places(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    versions: &[VersionId],
) -> Result<HashMap<VersionId, Vec<String>>> {
    let mut statement = tx.prepare_cached(PLACES)?;
    let values = named_params! {":versions": serde_json::json!(versions).to_string(), ":private": seen.private_ones()};
    let mut rows = statement.query(values)?;
    let mut found: HashMap<VersionId, Vec<String>> = HashMap::new();
    while let Some(row) = rows.next()? {
        found.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(found)
}

/// A version as the page of its collection lists it.
#[derive(Debug, Clone)]
pub struct Sibling {
    /// What APIs know it by.
    pub uuid: String,
    /// The version.
    pub version: String,
    /// When it came.
    pub created_at: Timestamp,
    /// Whether it is signed in the repository.
    pub is_signed: bool,
}

const SIBLINGS: &str = concat!(
    "SELECT ct.uuid, v.version, ct.created_at, ",
    is_signed!(),
    "
      FROM collection c
      JOIN collection_version v ON v.collection_id = c.id
      JOIN content ct ON ct.id = v.id
      JOIN repository_content rc ON rc.content_id = v.id AND rc.removed IS NULL AND rc.repository_id = :repository
     WHERE c.namespace = :namespace AND c.name = :name
     ORDER BY v.version_key DESC"
);

/// All versions of a collection in a repository, highest first.
pub fn siblings(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    (namespace, name): (&str, &str),
) -> Result<Vec<Sibling>> {
    let mut statement = tx.prepare_cached(SIBLINGS)?;
    let values = named_params! {":repository": repository, ":namespace": namespace, ":name": name};
    let rows = statement.query_map(values, |row| {
        Ok(Sibling {
            uuid: row.get(0)?,
            version: row.get(1)?,
            created_at: row.get(2)?,
            is_signed: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
