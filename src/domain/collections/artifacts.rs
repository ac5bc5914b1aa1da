//! Rows that promise bytes: an artifact row exists only while its file is complete and on disk.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::content::Kept;
use crate::content::Store;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::digest::Digest;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::event::Event;
use crate::kernel::ids::RepositoryId;
use crate::kernel::name::ArtifactName;

/// Notes that the kept bytes belong to something. Noting them twice is noting them once.
pub fn note(tx: &WriteTx<'_>, kept: &Kept<'_>) -> Result<()> {
    let size = i64::try_from(kept.size).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "INSERT INTO artifact (sha256, size, created_at) VALUES (:sha256, :size, :now) ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {":sha256": kept.digest, ":size": size, ":now": tx.now})?;
    Ok(())
}

const FORGET: &str = "
    DELETE FROM artifact
     WHERE sha256 = :sha256
       AND NOT EXISTS (SELECT 1 FROM collection_version v WHERE v.sha256 = artifact.sha256)
       AND NOT EXISTS (SELECT 1 FROM collection_import i WHERE i.sha256 = artifact.sha256)
       AND NOT EXISTS (SELECT 1 FROM namespace_metadata m WHERE m.avatar_sha256 = artifact.sha256)";

/// Forgets the bytes if no version, no namespace and no waiting import needs them; the file goes after the commit.
pub fn forget(tx: &WriteTx<'_>, sha256: &Digest) -> Result<()> {
    let forgotten = tx
        .prepare_cached(FORGET)?
        .execute(named_params! {":sha256": sha256})?;
    if forgotten > 0 {
        tx.announce(Event::ArtifactForgotten(sha256.clone()));
    }
    Ok(())
}

/// Removes the file if no row promises it.
pub fn discard(db: &Db, store: &Store, sha256: &Digest) -> Result<()> {
    let gone = store.discard(sha256, || db.read(|tx| is_promised(tx, sha256)))?;
    if gone {
        tracing::debug!(%sha256, "artifact removed");
    }
    Ok(())
}

/// Removes every file that no row promises: what a crash between file and row left behind.
pub fn sweep(db: &Db, store: &Store) -> Result<()> {
    for sha256 in store.digests().map_err(crate::content::storage)? {
        discard(db, store, &sha256)?;
    }
    Ok(())
}

fn is_promised(tx: &ReadTx<'_>, sha256: &Digest) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM artifact WHERE sha256 = :sha256)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":sha256": sha256}, |row| row.get(0))?)
}

/// Bytes that can be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The name the reader asked for.
    pub name: ArtifactName,
    /// The SHA-256 of the bytes.
    pub sha256: Digest,
}

const IN_REPOSITORY: &str = "
    SELECT v.sha256
      FROM collection c
      JOIN collection_version v ON v.collection_id = c.id
      JOIN repository_content rc ON rc.content_id = v.id AND rc.repository_id = :repository AND rc.removed IS NULL
     WHERE c.namespace = :namespace AND c.name = :name AND v.version = :version";

/// The artifact called `file` in a repository.
pub fn find(tx: &ReadTx<'_>, repository: RepositoryId, file: &str) -> Result<Artifact> {
    let missing = || Error::NotFound(Noun::Artifact(file.to_owned()));
    let name = ArtifactName::parse(file).map_err(|_unparsable| missing())?;
    let sha256 = tx
        .prepare_cached(IN_REPOSITORY)?
        .query_row(
            named_params! {
                ":repository": repository, ":namespace": name.namespace, ":name": name.name,
                ":version": name.version.as_str(),
            },
            |row| row.get(0),
        )
        .optional()?
        .ok_or_else(missing)?;
    Ok(Artifact { name, sha256 })
}
