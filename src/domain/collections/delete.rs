//! Deleting collections and versions from every repository, for good.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::collections::artifacts;
use crate::domain::collections::placement;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;

const VERSIONS: &str = "SELECT id FROM collection_version WHERE collection_id = :collection";

/// The versions of a collection that there are, wherever they are.
pub fn versions(tx: &ReadTx<'_>, collection: CollectionId) -> Result<Vec<VersionId>> {
    let mut statement = tx.prepare_cached(VERSIONS)?;
    let ids = statement.query_map(named_params! {":collection": collection}, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

const HOLDERS: &str = "
    SELECT DISTINCT rc.repository_id
      FROM repository_content rc JOIN json_each(:contents) wanted ON rc.content_id = wanted.value
     WHERE rc.removed IS NULL ORDER BY 1";

/// The repositories that hold one of `contents` now.
pub fn holders(tx: &ReadTx<'_>, contents: &[VersionId]) -> Result<Vec<RepositoryId>> {
    let contents = serde_json::json!(contents).to_string();
    let mut statement = tx.prepare_cached(HOLDERS)?;
    let ids = statement.query_map(named_params! {":contents": contents}, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

const IS_ANY_IN: &str = "
    SELECT EXISTS (SELECT 1 FROM repository_content rc JOIN json_each(:contents) wanted ON rc.content_id = wanted.value
                    WHERE rc.repository_id = :repository AND rc.removed IS NULL)";

/// Whether a repository holds one of these versions now.
pub fn is_any_in(
    tx: &ReadTx<'_>,
    versions: &[VersionId],
    repository: RepositoryId,
) -> Result<bool> {
    let contents = serde_json::json!(versions).to_string();
    let values = named_params! {":contents": contents, ":repository": repository};
    Ok(tx
        .prepare_cached(IS_ANY_IN)?
        .query_row(values, |row| row.get(0))?)
}

/// Deletes versions: each repository that holds one gets a new version without them, older versions lose them, and
/// their bytes go. Returns the new repository versions.
pub fn everywhere(tx: &WriteTx<'_>, versions: &[VersionId]) -> Result<Vec<(RepositoryId, i64)>> {
    let contents: Vec<i64> = versions.iter().map(|version| version.0).collect();
    let mut changed = Vec::new();
    for repository in holders(tx, versions)? {
        let number = placement::change(tx, repository, &contents, &[])?;
        changed.extend(number.map(|number| (repository, number)));
    }
    contents
        .into_iter()
        .try_for_each(|content| remove(tx, content))?;
    Ok(changed)
}

/// Deletes content that nothing holds any more.
pub fn unreferenced(tx: &WriteTx<'_>, contents: &[i64]) -> Result<()> {
    contents.iter().try_for_each(|content| remove(tx, *content))
}

const REMOVE_SIGNATURES: &str = "DELETE FROM content WHERE id IN (SELECT id FROM collection_signature WHERE version_id = :content)";

const BYTES: &str = "SELECT sha256, collection_id FROM collection_version WHERE id = :content";

const REMOVE_COLLECTION: &str = "
    DELETE FROM collection
     WHERE id = :collection AND NOT EXISTS (SELECT 1 FROM collection_version WHERE collection_id = :collection)";

const REMOVE_DEPRECATION: &str = "
    DELETE FROM content
     WHERE id = (SELECT d.id FROM collection_deprecation d
                  WHERE d.collection_id = :collection
                    AND NOT EXISTS (SELECT 1 FROM collection_version v WHERE v.collection_id = :collection))";

const LOGO: &str = "
    SELECT avatar_sha256 FROM namespace_metadata WHERE id = :content AND avatar_sha256 IS NOT NULL";

/// What is said of a namespace now stays, wherever it is.
const REMOVE: &str = "
    DELETE FROM content
     WHERE id = :content
       AND NOT EXISTS (SELECT 1 FROM namespace_metadata m JOIN namespace n ON n.name = m.name
                        WHERE m.id = :content AND n.metadata_sha256 = m.metadata_sha256)";

/// Deletes one content, with its signatures, with its bytes if it has any, and with its collection if it was the last of
/// it. A signature is only in versions of repositories that hold what it is for, so none of them loses anything else.
fn remove(tx: &WriteTx<'_>, content: i64) -> Result<()> {
    let bytes = tx
        .prepare_cached(BYTES)?
        .query_row(named_params! {":content": content}, |row| {
            Ok((row.get::<_, Digest>(0)?, row.get::<_, CollectionId>(1)?))
        })
        .optional()?;
    let logo = tx
        .prepare_cached(LOGO)?
        .query_row(named_params! {":content": content}, |row| {
            row.get::<_, Digest>(0)
        })
        .optional()?;
    for sql in [REMOVE_SIGNATURES, REMOVE] {
        tx.prepare_cached(sql)?
            .execute(named_params! {":content": content})?;
    }
    if let Some(sha256) = logo {
        artifacts::forget(tx, &sha256)?;
    }
    if let Some((sha256, collection)) = bytes {
        artifacts::forget(tx, &sha256)?;
        for sql in [REMOVE_DEPRECATION, REMOVE_COLLECTION] {
            tx.prepare_cached(sql)?
                .execute(named_params! {":collection": collection})?;
        }
    }
    Ok(())
}
