//! What a repository holds, and the versions that changes make.

use std::collections::HashMap;

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;

/// What came of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// The number of the new version; none if there was nothing to change.
    pub version: Option<i64>,
    /// Content that no repository holds any more in any of the versions that are kept.
    pub unreferenced: Vec<i64>,
}

const NEXT: &str = "
    INSERT INTO repository_version (repository_id, number, created_at)
    SELECT :repository, max(number) + 1, :now FROM repository_version WHERE repository_id = :repository
    RETURNING number";

const ADD: &str = "
    INSERT INTO repository_content (repository_id, content_id, added)
    SELECT :repository, value, :number FROM json_each(:contents)";

const REMOVE: &str = "
    UPDATE repository_content SET removed = :number
     WHERE repository_id = :repository AND removed IS NULL AND content_id IN (SELECT value FROM json_each(:contents))";

/// Takes content out of a repository and puts other content in, as one new repository version.
///
/// What is in already is not added again, what is not in is not removed; if nothing is left to change,
/// there is no new version. Older versions than are to be kept go when there is a new one.
pub fn change(
    tx: &WriteTx<'_>,
    repository: RepositoryId,
    remove: &[i64],
    add: &[i64],
) -> Result<Changed> {
    let remove = present(tx, repository, remove, true)?;
    let add = present(tx, repository, add, false)?;
    if remove.is_empty() && add.is_empty() {
        return Ok(Changed::default());
    }
    let unreferenced = expire(tx, repository)?;
    let number: i64 = tx.prepare_cached(NEXT)?.query_row(
        named_params! {":repository": repository, ":now": tx.now},
        |row| row.get(0),
    )?;
    for (sql, contents) in [(REMOVE, remove), (ADD, add)] {
        tx.prepare_cached(sql)?.execute(named_params! {
            ":repository": repository, ":number": number, ":contents": json(&contents),
        })?;
    }
    Ok(Changed {
        version: Some(number),
        unreferenced,
    })
}

const PRESENT: &str = "
    SELECT DISTINCT value FROM json_each(:contents)
     WHERE EXISTS (SELECT 1 FROM repository_content
                    WHERE repository_id = :repository AND content_id = value AND removed IS NULL) = :wanted";

/// Those of `contents` that are (or are not) in the repository now, each once.
fn present(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    contents: &[i64],
    wanted: bool,
) -> Result<Vec<i64>> {
    let values =
        named_params! {":repository": repository, ":contents": json(contents), ":wanted": wanted};
    ids(tx, PRESENT, values)
}

/// Counts versions, because some in between may have been deleted. Past the end of all there is none to go by.
const EXPIRED: &str = "
    DELETE FROM repository_version
     WHERE repository_id = :repository
       AND number < (SELECT number FROM repository_version WHERE repository_id = :repository
                      ORDER BY number DESC
                      LIMIT 1 OFFSET (SELECT ifnull(retain_repo_versions - 1, 9223372036854775807)
                                        FROM repository WHERE id = :repository))";

const FORGET: &str = "
    DELETE FROM repository_content
     WHERE repository_id = :repository
       AND removed <= (SELECT min(number) FROM repository_version WHERE repository_id = :repository)
    RETURNING content_id";

const UNREFERENCED: &str = "
    SELECT DISTINCT value FROM json_each(:contents)
     WHERE NOT EXISTS (SELECT 1 FROM repository_content WHERE content_id = value)";

/// Forgets the versions that are not to be kept, and tells what nothing holds any more. Runs before there is a new
/// version, as in the reference: so there is one more than `retain_repo_versions` says, and the last change can be
/// undone.
fn expire(tx: &WriteTx<'_>, repository: RepositoryId) -> Result<Vec<i64>> {
    let expired = tx
        .prepare_cached(EXPIRED)?
        .execute(named_params! {":repository": repository})?;
    if expired == 0 {
        return Ok(Vec::new());
    }
    let forgotten = ids(tx, FORGET, named_params! {":repository": repository})?;
    unreferenced(tx, &forgotten)
}

const FOLLOWING: &str = "SELECT min(number) FROM repository_version WHERE repository_id = :repository AND number > :number";

/// What went with a version and came back with the one after it: as if it had never gone.
const BACK: &str = "
    SELECT gone.content_id, back.removed
      FROM repository_content gone
      JOIN repository_content back
        ON back.content_id = gone.content_id AND back.repository_id = gone.repository_id AND back.added = :next
     WHERE gone.repository_id = :repository AND gone.removed = :number";

const TAKE_BACK: &str = "
    DELETE FROM repository_content WHERE repository_id = :repository AND content_id = :content AND added = :next";

const NEVER_GONE: &str = "
    UPDATE repository_content SET removed = :removed
     WHERE repository_id = :repository AND content_id = :content AND removed = :number";

const GOES_LATER: &str = "
    UPDATE repository_content SET removed = :next WHERE repository_id = :repository AND removed = :number";

const ONLY_THERE: &str = "
    DELETE FROM repository_content
     WHERE repository_id = :repository AND added = :number AND removed = :next
    RETURNING content_id";

const COMES_LATER: &str = "
    UPDATE repository_content SET added = :next WHERE repository_id = :repository AND added = :number";

const DELETE: &str =
    "DELETE FROM repository_version WHERE repository_id = :repository AND number = :number";

/// Forgets one version, which is not the newest. What came and went with it comes and goes with the one after it, so
/// that every other version holds what it held. Tells what nothing holds any more.
pub fn forget(tx: &WriteTx<'_>, repository: RepositoryId, number: i64) -> Result<Vec<i64>> {
    let values = named_params! {":repository": repository, ":number": number};
    let next: Option<i64> = tx
        .prepare_cached(FOLLOWING)?
        .query_row(values, |row| row.get(0))?;
    let Some(next) = next else {
        return Ok(Vec::new());
    };
    let values = named_params! {":repository": repository, ":number": number, ":next": next};
    let mut statement = tx.prepare_cached(BACK)?;
    let back = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let back: Vec<(i64, Option<i64>)> = back.collect::<rusqlite::Result<_>>()?;
    for (content, removed) in back {
        tx.prepare_cached(TAKE_BACK)?.execute(
            named_params! {":repository": repository, ":content": content, ":next": next},
        )?;
        tx.prepare_cached(NEVER_GONE)?.execute(named_params! {
            ":repository": repository, ":content": content, ":number": number, ":removed": removed,
        })?;
    }
    tx.prepare_cached(GOES_LATER)?.execute(values)?;
    let mut forgotten = ids(tx, ONLY_THERE, values)?;
    tx.prepare_cached(COMES_LATER)?.execute(values)?;
    tx.prepare_cached(DELETE)?
        .execute(named_params! {":repository": repository, ":number": number})?;
    forgotten.extend(ids(tx, FORGET, named_params! {":repository": repository})?);
    unreferenced(tx, &forgotten)
}

/// Those of `contents` that no version of any repository holds.
pub fn unreferenced(tx: &ReadTx<'_>, contents: &[i64]) -> Result<Vec<i64>> {
    ids(
        tx,
        UNREFERENCED,
        named_params! {":contents": json(contents)},
    )
}

const HELD: &str = "
    SELECT content_id FROM repository_content
     WHERE repository_id = :repository AND added <= :number AND (removed IS NULL OR removed > :number)";

/// All that a version of a repository holds.
pub fn held(tx: &ReadTx<'_>, repository: RepositoryId, number: i64) -> Result<Vec<i64>> {
    ids(
        tx,
        HELD,
        named_params! {":repository": repository, ":number": number},
    )
}

const HELD_NOW: &str = "SELECT content_id FROM repository_content WHERE repository_id = :repository AND removed IS NULL";

/// All that a repository holds now.
pub fn held_now(tx: &ReadTx<'_>, repository: RepositoryId) -> Result<Vec<i64>> {
    ids(tx, HELD_NOW, named_params! {":repository": repository})
}

const COUNTS: &str = "
    SELECT repository_id, count(*) FROM repository_content
     WHERE removed IS NULL AND repository_id IN (SELECT value FROM json_each(:repositories))
     GROUP BY repository_id";

/// How much each of `repositories` holds now; those that hold nothing are not in it.
pub fn counts_now(
    tx: &ReadTx<'_>,
    repositories: &[RepositoryId],
) -> Result<HashMap<RepositoryId, u64>> {
    let mut statement = tx.prepare_cached(COUNTS)?;
    let repositories = serde_json::json!(repositories).to_string();
    let found = statement.query_map(named_params! {":repositories": repositories}, |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Those of `contents` that there are.
pub fn existing(tx: &ReadTx<'_>, contents: &[i64]) -> Result<Vec<i64>> {
    let sql = "SELECT id FROM content WHERE id IN (SELECT value FROM json_each(:contents))";
    ids(tx, sql, named_params! {":contents": json(contents)})
}

const EVER_HELD: &str =
    "SELECT DISTINCT content_id FROM repository_content WHERE repository_id = :repository";

/// All that a repository holds in any of its versions.
pub fn ever_held(tx: &ReadTx<'_>, repository: RepositoryId) -> Result<Vec<i64>> {
    ids(tx, EVER_HELD, named_params! {":repository": repository})
}

const STAMP: &str = "
    SELECT created_at FROM repository_version WHERE repository_id = :repository ORDER BY number DESC LIMIT 1";

/// When the repository changed last; mirrors use it to tell whether there is anything new.
pub fn changed_at(tx: &ReadTx<'_>, repository: RepositoryId) -> Result<Timestamp> {
    Ok(tx
        .prepare_cached(STAMP)?
        .query_row(named_params! {":repository": repository}, |row| row.get(0))?)
}

/// One parameter for any number of ids, so that each statement is prepared once.
fn json(ids: &[i64]) -> String {
    serde_json::json!(ids).to_string()
}

/// The ids that a query finds.
pub fn ids(
    tx: &ReadTx<'_>,
    sql: &str,
    values: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Vec<i64>> {
    let mut statement = tx.prepare_cached(sql)?;
    let ids = statement.query_map(values, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
