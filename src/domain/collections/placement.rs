//! Putting content into repositories and taking it out, and keeping the index lines true.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::collections::delete;
use crate::domain::repositories::contents;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;

/// What cannot be beside one of `added`: the same version with other bytes, another signature of the same version by the
/// same key, or something else that was said of the same namespace. `CROSS JOIN` has SQLite begin with `added`; by
/// itself it walks through all that a repository holds.
macro_rules! namesakes {
    () => {
        "(SELECT other.id
            FROM json_each(:added) new
      CROSS JOIN collection_version v ON v.id = new.value
      CROSS JOIN collection_version other ON other.collection_id = v.collection_id AND other.version = v.version
           WHERE other.id <> v.id
          UNION ALL
          SELECT other.id
            FROM json_each(:added) new
      CROSS JOIN collection_signature s ON s.id = new.value
      CROSS JOIN collection_signature other ON other.version_id = s.version_id AND other.fingerprint = s.fingerprint
           WHERE other.id <> s.id
          UNION ALL
          SELECT other.id
            FROM json_each(:added) new
      CROSS JOIN namespace_metadata m ON m.id = new.value
      CROSS JOIN namespace_metadata other ON other.name = m.name
           WHERE other.id <> m.id)"
    };
}

const NAMESAKES: &str = concat!(
    "SELECT n.id FROM ",
    namesakes!(),
    " n
 CROSS JOIN repository_content rc ON rc.content_id = n.id AND rc.repository_id = :repository AND rc.removed IS NULL"
);

const NAMESPACES: &str = "
    SELECT DISTINCT m.id
      FROM json_each(:added) new
      JOIN collection_version v ON v.id = new.value
      JOIN collection c ON c.id = v.collection_id
      JOIN namespace n ON n.name = c.namespace
      JOIN namespace_metadata m ON m.metadata_sha256 = n.metadata_sha256
     WHERE EXISTS (SELECT 1 FROM repository WHERE id = :repository AND remote_id IS NULL)
       AND NOT EXISTS (SELECT 1 FROM repository_content rc
                        WHERE rc.content_id = v.id AND rc.repository_id = :repository AND rc.removed IS NULL)
       AND NOT EXISTS (SELECT 1 FROM json_each(:added) given JOIN namespace_metadata g ON g.id = given.value
                        WHERE g.name = n.name)";

/// Signatures that have to leave, or must not come, because what they are for will not be there.
const WITHOUT_VERSION: &str = "
    SELECT s.id
      FROM collection_signature s
     WHERE (s.id IN (SELECT value FROM json_each(:added)) OR s.version_id IN (SELECT value FROM json_each(:removed)))
       AND s.version_id NOT IN (SELECT value FROM json_each(:added))
       AND NOT EXISTS (
           SELECT 1 FROM repository_content rc
            WHERE rc.content_id = s.version_id AND rc.repository_id = :repository AND rc.removed IS NULL
              AND rc.content_id NOT IN (SELECT value FROM json_each(:removed)))";

const WITHOUT_COLLECTION: &str = "
    SELECT d.id
      FROM collection_deprecation d
      JOIN repository_content rc ON rc.content_id = d.id AND rc.repository_id = :repository AND rc.removed IS NULL
     WHERE d.collection_id IN (SELECT collection_id FROM collection_version
                                WHERE id IN (SELECT value FROM json_each(:removed)))
       AND NOT EXISTS (
           SELECT 1 FROM collection_version v
             JOIN repository_content held
               ON held.content_id = v.id AND held.repository_id = :repository AND held.removed IS NULL
            WHERE v.collection_id = d.collection_id AND v.id NOT IN (SELECT value FROM json_each(:removed)))
       AND NOT EXISTS (SELECT 1 FROM collection_version v
                        WHERE v.collection_id = d.collection_id AND v.id IN (SELECT value FROM json_each(:added)))
    UNION ALL
    SELECT m.id
      FROM namespace_metadata m
     WHERE m.id IN (SELECT value FROM json_each(:added)
                    UNION ALL
                    SELECT other.id
                      FROM json_each(:removed) gone
                      JOIN collection_version v ON v.id = gone.value
                      JOIN collection c ON c.id = v.collection_id
                      JOIN namespace_metadata other ON other.name = c.namespace
                      JOIN repository_content rc ON rc.content_id = other.id
                     WHERE rc.repository_id = :repository AND rc.removed IS NULL)
       AND NOT EXISTS (
           SELECT 1 FROM collection c
             JOIN collection_version v ON v.collection_id = c.id
             JOIN repository_content held
               ON held.content_id = v.id AND held.repository_id = :repository AND held.removed IS NULL
            WHERE c.namespace = m.name AND v.id NOT IN (SELECT value FROM json_each(:removed)))
       AND NOT EXISTS (SELECT 1 FROM collection_version v JOIN collection c ON c.id = v.collection_id
                        WHERE c.namespace = m.name AND v.id IN (SELECT value FROM json_each(:added)))";

const CONCERNED: &str = "
    SELECT DISTINCT collection_id FROM (
        SELECT id, collection_id FROM collection_version
        UNION ALL SELECT id, collection_id FROM collection_deprecation
        UNION ALL SELECT s.id, v.collection_id FROM collection_signature s JOIN collection_version v ON v.id = s.version_id)
     WHERE id IN (SELECT value FROM json_each(:contents))";

/// Takes content out of a repository and puts other content in, by the rules of contract 09 §9.3: a version replaces
/// the same version with other bytes, a signature another one by the same key; a signature goes with its version, and a
/// deprecation with the last version of its collection. What is said of a namespace comes with its versions, unless the
/// repository is a mirror, and goes with the last of them; there is one such unit for a namespace.
///
/// Other repositories keep theirs. Returns the number of the new repository version; putting in what is in, and taking
/// out what is not, changes nothing, not even `updated_at`. What nothing holds any more is deleted.
pub fn change(
    tx: &WriteTx<'_>,
    repository: RepositoryId,
    remove: &[i64],
    add: &[i64],
) -> Result<Option<i64>> {
    let given = serde_json::json!(add).to_string();
    let values = named_params! {":added": given, ":repository": repository};
    let mut add = add.to_vec();
    add.extend(contents::ids(tx, NAMESPACES, values)?);
    let added = serde_json::json!(add).to_string();
    let mut remove = remove.to_vec();
    remove.extend(contents::ids(
        tx,
        NAMESAKES,
        named_params! {":added": added, ":repository": repository},
    )?);
    remove.retain(|content| !add.contains(content));
    let removed = serde_json::json!(remove).to_string();
    let values = named_params! {":removed": removed, ":added": added, ":repository": repository};
    let mut without = contents::ids(tx, WITHOUT_COLLECTION, values)?;
    without.extend(contents::ids(tx, WITHOUT_VERSION, values)?);
    // Rolling back may bring what is said of collections that have been deleted since.
    add.retain(|content| !without.contains(content));
    remove.extend(without);
    let changed = contents::change(tx, repository, &remove, &add)?;
    if changed.version.is_some() {
        remove.extend(add);
        let concerned = serde_json::json!(remove).to_string();
        for collection in contents::ids(tx, CONCERNED, named_params! {":contents": concerned})? {
            refresh(tx, repository, CollectionId(collection))?;
        }
        delete::unreferenced(tx, &changed.unreferenced)?;
    }
    Ok(changed.version)
}

const NAMESAKES_AMONG: &str = concat!(
    "SELECT n.id FROM ",
    namesakes!(),
    " n WHERE n.id IN (SELECT value FROM json_each(:among))"
);

/// Those of `among` that cannot be beside one of `added`.
pub fn namesakes(tx: &ReadTx<'_>, among: &[i64], added: &[i64]) -> Result<Vec<i64>> {
    let (among, added) = (
        serde_json::json!(among).to_string(),
        serde_json::json!(added).to_string(),
    );
    contents::ids(
        tx,
        NAMESAKES_AMONG,
        named_params! {":added": added, ":among": among},
    )
}

/// Whether content of a repository would have to go because of what is added.
pub fn replaces(tx: &ReadTx<'_>, repository: RepositoryId, add: &[i64]) -> Result<bool> {
    let added = serde_json::json!(add).to_string();
    let values = named_params! {":added": added, ":repository": repository};
    Ok(!contents::ids(tx, NAMESAKES, values)?.is_empty())
}

const SET: &str = "
    INSERT INTO repository_collection
           (repository_id, collection_id, highest_id, preferred_id, deprecated, updated_at)
    SELECT :repository, :collection, :highest, :preferred,
           EXISTS (SELECT 1 FROM collection_deprecation d
                     JOIN repository_content rc ON rc.content_id = d.id AND rc.removed IS NULL
                    WHERE d.collection_id = :collection AND rc.repository_id = :repository), :now
    ON CONFLICT (repository_id, collection_id)
    DO UPDATE SET highest_id = excluded.highest_id, preferred_id = excluded.preferred_id, deprecated = excluded.deprecated, updated_at = :now";

const CLEAR: &str = "
    DELETE FROM repository_collection WHERE repository_id = :repository AND collection_id = :collection";

/// Makes the index line of a collection say what is in the repository now.
fn refresh(tx: &WriteTx<'_>, repository: RepositoryId, collection: CollectionId) -> Result<()> {
    match highest(tx, repository, collection)? {
        Some((highest, preferred)) => tx.prepare_cached(SET)?.execute(named_params! {
            ":repository": repository, ":collection": collection, ":highest": highest,
            ":preferred": preferred, ":now": tx.now,
        })?,
        None => tx
            .prepare_cached(CLEAR)?
            .execute(named_params! {":repository": repository, ":collection": collection})?,
    };
    Ok(())
}

const HIGHEST: &str = "
    SELECT first_value(v.id) OVER (ORDER BY v.version_key DESC),
           first_value(v.id) OVER (ORDER BY v.is_prerelease, v.version_key DESC)
      FROM collection_version v
      JOIN repository_content rc ON rc.content_id = v.id AND rc.repository_id = :repository AND rc.removed IS NULL
     WHERE v.collection_id = :collection
     LIMIT 1";

/// The highest version by SemVer precedence, and the highest that is no pre-release if there is one: an index shows
/// the first, a search the second. The reference lets a pre-release win over its release in its index.
fn highest(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    collection: CollectionId,
) -> Result<Option<(VersionId, VersionId)>> {
    let values = named_params! {":repository": repository, ":collection": collection};
    Ok(tx
        .prepare_cached(HIGHEST)?
        .query_row(values, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
