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
use crate::kernel::ids::TaskId;

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
pub fn created(tx: &ReadTx<'_>, task: TaskId) -> Result<Option<Uuid>> {
    let uuid = tx
        .prepare_cached(CREATED)?
        .query_row(named_params! {":task": task}, |row| row.get::<_, String>(0));
    Ok(uuid.optional()?.and_then(|uuid| uuid.parse().ok()))
}

/// The import called `uuid`, with the lines of its log after `since`. Other tasks are not found.
pub fn find(tx: &ReadTx<'_>, uuid: Uuid, since: Option<Timestamp>) -> Result<Import> {
    let task = tasks::queries::find(tx, uuid)?;
    let is_import: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM collection_import WHERE task_id = :task)")?
        .query_row(named_params! {":task": task.id}, |row| row.get(0))?;
    if !is_import {
        return Err(Error::NotFound(Noun::Task(uuid.to_string())));
    }
    let messages = messages::since(tx, task.id, since.unwrap_or(Timestamp(i64::MIN)))?;
    Ok(Import { task, messages })
}
