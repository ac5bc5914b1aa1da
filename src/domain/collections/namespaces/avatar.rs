//! The logo of a namespace: fetched once from where its owners say it is, and kept with what is said of it.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::content::Kept;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::collections::artifacts;
use crate::domain::collections::namespaces::spread;
use crate::domain::namespaces::declared;
use crate::domain::namespaces::queries;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::NewTask;
use crate::domain::tasks::queue::Outcome;
use crate::domain::tasks::results;
use crate::kernel::digest::Digest;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::TaskId;
use crate::kernel::ids::UserId;

/// What the reference calls the work that an update makes.
pub const TASK: &str = "galaxy_ng.app.tasks.namespaces._create_pulp_namespace";

/// Has a worker fetch the logo of a namespace. `by` is who said where it is; nobody on the command line.
pub fn want(
    tx: &WriteTx<'_>,
    namespace: NamespaceId,
    by: Option<UserId>,
    correlation_id: &str,
) -> Result<()> {
    let task = NewTask {
        uuid: Uuid::now_v7(),
        name: TASK,
        job: &Job::FetchAvatar { namespace },
        created_by: by,
        correlation_id,
        locks: &[],
    };
    queue::enqueue(tx, &task)?;
    Ok(())
}

const ADDRESS: &str = "SELECT avatar_url FROM namespace WHERE id = :id AND avatar_url <> ''";

/// Where the logo of a namespace is to be fetched from; nowhere if the namespace is gone, or wants none any more.
pub fn address(tx: &ReadTx<'_>, namespace: NamespaceId) -> Result<Option<String>> {
    Ok(tx
        .prepare_cached(ADDRESS)?
        .query_row(named_params! {":id": namespace}, |row| row.get(0))
        .optional()?)
}

const NOTE: &str =
    "INSERT INTO avatar (sha256, media_type) VALUES (:sha256, :media_type) ON CONFLICT DO NOTHING";

/// Makes the image that was fetched from `address` the logo of a namespace, in all repositories that hold collections
/// of it too, and ends the task. Leaves everything as it is if the logo is to come from somewhere else by now.
pub fn set(
    tx: &WriteTx<'_>,
    task: TaskId,
    (namespace, address): (NamespaceId, &str),
    (kept, media_type): (&Kept<'_>, &str),
) -> Result<()> {
    if queue::is_canceling(tx, task)? {
        return queue::end(tx, task, Outcome::Canceled);
    }
    if self::address(tx, namespace)?.as_deref() == Some(address) {
        artifacts::note(tx, kept)?;
        tx.prepare_cached(NOTE)?
            .execute(named_params! {":sha256": kept.digest, ":media_type": media_type})?;
        let before = queries::get(tx, namespace)?;
        let mut profile = before.profile;
        profile.avatar_sha256 = Some(kept.digest.to_string());
        declared::update(tx, namespace, &before.name, &profile, address)?;
        for made in spread::spread(tx, namespace)? {
            results::note(tx, task, made)?;
        }
        spread::forget(tx, &before.name)?;
    }
    queue::end(tx, task, Outcome::Completed)
}

/// An image that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// What kind it is: `image/png`.
    pub media_type: String,
}

const FIND: &str = "
    SELECT a.sha256, a.media_type
      FROM content c
      JOIN namespace_metadata m ON m.id = c.id
      JOIN avatar a ON a.sha256 = m.avatar_sha256
     WHERE c.uuid = :uuid";

/// The logo that goes with what was said of a namespace.
pub fn find(tx: &ReadTx<'_>, unit: Uuid) -> Result<Avatar> {
    let found = tx
        .prepare_cached(FIND)?
        .query_row(named_params! {":uuid": unit.to_string()}, |row| {
            Ok(Avatar {
                sha256: row.get(0)?,
                media_type: row.get(1)?,
            })
        })
        .optional()?;
    found.ok_or_else(|| Error::NotFound(Noun::Content("AnsibleNamespaceMetadata")))
}
