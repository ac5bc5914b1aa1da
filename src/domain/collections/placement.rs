//! Putting versions into repositories, and keeping the index lines true.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::repositories::contents;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;

const NAMESAKES: &str = "
    SELECT other.id
      FROM collection_version v
      JOIN collection_version other ON other.collection_id = v.collection_id AND other.version = v.version
      JOIN repository_content rc
        ON rc.content_id = other.id AND rc.repository_id = :repository AND rc.removed IS NULL
     WHERE v.id = :version AND other.id <> v.id";

/// Puts a version into a repository, where it replaces the same version with other bytes (contract 09 §9.3).
///
/// Other repositories keep theirs. Putting in what is in changes nothing, not even `updated_at`.
pub fn place(tx: &WriteTx<'_>, repository: RepositoryId, version: VersionId) -> Result<()> {
    let mut statement = tx.prepare_cached(NAMESAKES)?;
    let replaced = statement
        .query_map(
            named_params! {":repository": repository, ":version": version},
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    if contents::change(tx, repository, &replaced, &[version.0])? {
        let collection = tx
            .prepare_cached("SELECT collection_id FROM collection_version WHERE id = :version")?
            .query_row(named_params! {":version": version}, |row| row.get(0))?;
        refresh(tx, repository, collection)?;
    }
    Ok(())
}

const SET: &str = "
    INSERT INTO repository_collection (repository_id, collection_id, highest_id, updated_at)
    VALUES (:repository, :collection, :highest, :now)
    ON CONFLICT (repository_id, collection_id) DO UPDATE SET highest_id = :highest, updated_at = :now";

const CLEAR: &str = "
    DELETE FROM repository_collection WHERE repository_id = :repository AND collection_id = :collection";

/// Makes the index line of a collection say what is in the repository now.
fn refresh(tx: &WriteTx<'_>, repository: RepositoryId, collection: CollectionId) -> Result<()> {
    match highest(tx, repository, collection)? {
        Some(highest) => tx.prepare_cached(SET)?.execute(named_params! {
            ":repository": repository, ":collection": collection, ":highest": highest, ":now": tx.now,
        })?,
        None => tx
            .prepare_cached(CLEAR)?
            .execute(named_params! {":repository": repository, ":collection": collection})?,
    };
    Ok(())
}

const HIGHEST: &str = "
    SELECT v.id
      FROM collection_version v
      JOIN repository_content rc ON rc.content_id = v.id AND rc.repository_id = :repository AND rc.removed IS NULL
     WHERE v.collection_id = :collection
     ORDER BY v.version_key DESC
     LIMIT 1";

/// The highest version by SemVer precedence. The reference lets a pre-release win over its release here.
fn highest(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    collection: CollectionId,
) -> Result<Option<VersionId>> {
    let values = named_params! {":repository": repository, ":collection": collection};
    Ok(tx
        .prepare_cached(HIGHEST)?
        .query_row(values, |row| row.get(0))
        .optional()?)
}
