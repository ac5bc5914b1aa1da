//! What a repository holds, and the versions that changes make.

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;

const NEXT: &str = "
    INSERT INTO repository_version (repository_id, number, created_at)
    SELECT :repository, max(number) + 1, :now FROM repository_version WHERE repository_id = :repository
    RETURNING number";

const ADD: &str = "
    INSERT INTO repository_content (repository_id, content_id, added) VALUES (:repository, :content, :number)";

const REMOVE: &str = "
    UPDATE repository_content SET removed = :number
     WHERE repository_id = :repository AND content_id = :content AND removed IS NULL";

/// Takes content out of a repository and puts other content in, as one new repository version.
///
/// What is in already is not added again, what is not in is not removed; if nothing is left to change,
/// there is no new version. Returns whether there is one.
pub fn change(
    tx: &WriteTx<'_>,
    repository: RepositoryId,
    remove: &[i64],
    add: &[i64],
) -> Result<bool> {
    let remove: Vec<i64> = present(tx, repository, remove, true)?;
    let add: Vec<i64> = present(tx, repository, add, false)?;
    if remove.is_empty() && add.is_empty() {
        return Ok(false);
    }
    let number: i64 = tx.prepare_cached(NEXT)?.query_row(
        named_params! {":repository": repository, ":now": tx.now},
        |row| row.get(0),
    )?;
    for content in remove {
        tx.prepare_cached(REMOVE)?.execute(
            named_params! {":repository": repository, ":content": content, ":number": number},
        )?;
    }
    for content in add {
        tx.prepare_cached(ADD)?.execute(
            named_params! {":repository": repository, ":content": content, ":number": number},
        )?;
    }
    Ok(true)
}

const IS_PRESENT: &str = "
    SELECT EXISTS (SELECT 1 FROM repository_content
                    WHERE repository_id = :repository AND content_id = :content AND removed IS NULL)";

/// Those of `contents` that are (or are not) in the repository now.
fn present(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    contents: &[i64],
    wanted: bool,
) -> Result<Vec<i64>> {
    let mut statement = tx.prepare_cached(IS_PRESENT)?;
    let mut found = Vec::with_capacity(contents.len());
    for &content in contents {
        let is_present: bool = statement.query_row(
            named_params! {":repository": repository, ":content": content},
            |row| row.get(0),
        )?;
        if is_present == wanted {
            found.push(content);
        }
    }
    Ok(found)
}

const STAMP: &str = "
    SELECT created_at FROM repository_version WHERE repository_id = :repository ORDER BY number DESC LIMIT 1";

/// When the repository changed last; mirrors use it to tell whether there is anything new.
pub fn changed_at(tx: &ReadTx<'_>, repository: RepositoryId) -> Result<Timestamp> {
    Ok(tx
        .prepare_cached(STAMP)?
        .query_row(named_params! {":repository": repository}, |row| row.get(0))?)
}
