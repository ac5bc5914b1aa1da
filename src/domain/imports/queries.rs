//! Reading imports.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::imports::listing;
use crate::domain::imports::listing::ImportLine;
use crate::domain::imports::messages;
use crate::domain::imports::messages::Message;
use crate::domain::imports::tasks_seen;
use crate::domain::tasks;
use crate::domain::tasks::Task;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
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

/// The import called `uuid`, with the lines of its log after `since`. Other tasks are not found, nor are imports
/// into a repository that the caller may not see.
pub fn find(
    tx: &ReadTx<'_>,
    permit: &Permit,
    uuid: Uuid,
    since: Option<Timestamp>,
) -> Result<Import> {
    let task = tasks::queries::find(tx, uuid)?;
    if !is_import(tx, task.id)? || !tasks_seen::is_open(tx, permit, &task)? {
        return Err(Error::NotFound(Noun::Task(uuid.to_string())));
    }
    let messages = messages::since(tx, task.id, since.unwrap_or(Timestamp(i64::MIN)))?;
    Ok(Import { task, messages })
}

fn is_import(tx: &ReadTx<'_>, task: TaskId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM collection_import WHERE task_id = :task)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":task": task}, |row| row.get(0))?)
}

const LINE: &str = "WHERE t.uuid = :uuid";

/// As [`find`], with what the file name said: for whoever lists imports.
pub fn find_line(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<(ImportLine, Import)> {
    let import = find(tx, permit, uuid, None)?;
    let sql = format!("SELECT {} FROM {} {LINE}", listing::COLUMNS, listing::FROM);
    let line = tx
        .prepare_cached(&sql)?
        .query_row(named_params! {":uuid": uuid.to_string()}, listing::read)?;
    Ok((line, import))
}
