//! Saying of a collection that it should not be used any more, in one repository.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::collections::placement;
use crate::domain::units;
use crate::domain::units::Kind;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::RepositoryId;

const FIND: &str = "SELECT id FROM collection_deprecation WHERE collection_id = :collection";

/// Marks a collection in a repository, or takes the mark away. Returns the number of the new repository version, if
/// that changed anything: a collection without a version there has no mark either.
pub fn set(
    tx: &WriteTx<'_>,
    repository: RepositoryId,
    collection: CollectionId,
    deprecated: bool,
) -> Result<Option<i64>> {
    let known: Option<i64> = tx
        .prepare_cached(FIND)?
        .query_row(named_params! {":collection": collection}, |row| row.get(0))
        .optional()?;
    if !is_here(tx, repository, collection)? {
        return Ok(None);
    }
    match (known, deprecated) {
        (Some(mark), true) => placement::change(tx, repository, &[], &[mark]),
        (Some(mark), false) => placement::change(tx, repository, &[mark], &[]),
        (None, true) => placement::change(tx, repository, &[], &[add(tx, collection)?]),
        (None, false) => Ok(None),
    }
}

const IS_HERE: &str = "
    SELECT EXISTS (SELECT 1 FROM repository_collection
                    WHERE repository_id = :repository AND collection_id = :collection)";

fn is_here(tx: &ReadTx<'_>, repository: RepositoryId, collection: CollectionId) -> Result<bool> {
    let values = named_params! {":repository": repository, ":collection": collection};
    Ok(tx
        .prepare_cached(IS_HERE)?
        .query_row(values, |row| row.get(0))?)
}

/// The mark of a collection, which all repositories share.
fn add(tx: &WriteTx<'_>, collection: CollectionId) -> Result<i64> {
    let (id, _) = units::add(tx, Kind::CollectionDeprecation)?;
    tx.prepare_cached(
        "INSERT INTO collection_deprecation (id, collection_id) VALUES (:id, :collection)",
    )?
    .execute(named_params! {":id": id, ":collection": collection})?;
    Ok(id)
}
