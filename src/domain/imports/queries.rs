//! Reading imports.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::imports::messages;
use crate::domain::imports::messages::Message;
use crate::domain::tasks;
use crate::domain::tasks::Task;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::TaskId;
use crate::policy::permit::Permit;

/// An import as the APIs show it: its task and its log.
#[derive(Debug)]
pub struct Import {
    /// How far it has come.
    pub task: Task,
    /// What it said, or what it said since the time asked for.
    pub messages: Vec<Message>,
}

const CREATED: &str = "
    SELECT content.uuid
      FROM task t
      JOIN collection_import i ON i.task_id = t.id
      JOIN collection c ON c.namespace = i.namespace AND c.name = i.name
      JOIN collection_version v ON v.collection_id = c.id AND v.version = i.version
      JOIN content ON content.id = v.id AND content.created_at = t.finished_at
     WHERE t.id = :task AND t.state = 'completed'";

/// The version that the import `task` added, if it did and the version is still there. Version and end of its import
/// are written in one transaction, so their times are one: that tells it from the same version with other bytes.
fn created(tx: &ReadTx<'_>, task: TaskId) -> Result<Option<Uuid>> {
    let uuid = tx
        .prepare_cached(CREATED)?
        .query_row(named_params! {":task": task}, |row| row.get::<_, String>(0));
    Ok(uuid.optional()?.and_then(|uuid| uuid.parse().ok()))
}

const REPOSITORY: &str = "
    SELECT r.id, ifnull(r.private, 1)
      FROM collection_import i LEFT JOIN repository r ON r.id = i.repository_id
     WHERE i.task_id = :task";

/// Whether the caller may know what the import `task` was about; `None` if the task is no import. Whoever started it
/// may, and whoever sees the repository, but neither by a token for another one. Of a repository that is gone nobody
/// knows whether it was private.
fn is_open(tx: &ReadTx<'_>, permit: &Permit, task: &Task) -> Result<Option<bool>> {
    let repository = tx
        .prepare_cached(REPOSITORY)?
        .query_row(named_params! {":task": task.id}, |row| {
            Ok((row.get::<_, Option<RepositoryId>>(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((repository, is_private)) = repository else {
        return Ok(None);
    };
    let account = permit.viewer().account();
    let is_own = account.is_some_and(|account| task.created_by == Some(account.id));
    // 0 is no repository: who sees all of them sees what was in one that is gone.
    let repository = repository.unwrap_or(RepositoryId(0));
    let is_hidden = is_private && !is_own;
    Ok(Some(permit.sees(repository, is_hidden).is_ok()))
}

/// The import called `uuid`, with the lines of its log after `since`. Other tasks are not found, nor are imports
/// into a repository that the caller may not see.
pub fn find(
    tx: &ReadTx<'_>,
    permit: &Permit,
    uuid: Uuid,
    since: Option<Timestamp>,
) -> Result<Import> {
    let task = tasks::queries::find(tx, uuid)?;
    if is_open(tx, permit, &task)? != Some(true) {
        return Err(Error::NotFound(Noun::Task(uuid.to_string())));
    }
    let messages = messages::since(tx, task.id, since.unwrap_or(Timestamp(i64::MIN)))?;
    Ok(Import { task, messages })
}

/// What is told of a failure in a repository that the caller may not see.
const HIDDEN: &str = "The reason is told to those who may see the repository.";

/// The task called `uuid` and the collection version it added. All tasks are visible, but not the names of what is
/// in a private repository.
pub fn find_task(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<(Task, Option<Uuid>)> {
    let mut task = tasks::queries::find(tx, uuid)?;
    if is_open(tx, permit, &task)? == Some(false) {
        if let Some(error) = &mut task.error {
            HIDDEN.clone_into(&mut error.description);
        }
        return Ok((task, None));
    }
    let created = created(tx, task.id)?;
    Ok((task, created))
}
