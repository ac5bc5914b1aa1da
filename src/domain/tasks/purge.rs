//! Forgetting tasks that have ended: one by its id, all that somebody names, and old ones by themselves.
//!
//! What belongs to a task goes with it: the log of an import, what it held, what it made and how far it came. What it
//! made stays, and so do the tasks that it started.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::tasks::State;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::queries;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::domain::tasks::queue::Outcome;
use crate::domain::tasks::results;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;
use crate::policy::permit::Permit;

/// Tasks that go in one transaction: few, because an import may have a thousand lines of log, and others wait to write.
const BATCH: usize = 100;

/// The states that a task can end in.
pub const LAST: [State; 4] = [
    State::Completed,
    State::Failed,
    State::Canceled,
    State::Skipped,
];

/// Forgets the task called `uuid` (contract 03, PTK-4). One that has not ended is a conflict.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, uuid: Uuid) -> Result<()> {
    let task = queries::find(tx, uuid)?;
    if task.finished_at.is_none() {
        return Err(Error::Conflict(Conflict::TaskUnfinished));
    }
    tx.prepare_cached("DELETE FROM task WHERE id = :id")?
        .execute(named_params! {":id": task.id})?;
    audit::record(tx, permit, format!("task {uuid}"))
}

/// Begins to forget what ended before `before` in one of `states`, as a task for a worker (contract 03, PTK-5).
pub fn begin(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    before: Timestamp,
    states: &[State],
) -> Result<Begun> {
    let states: Vec<String> = states
        .iter()
        .map(|state| state.as_str().to_owned())
        .collect();
    let detail = format!("ended before {before}: {}", states.join(", "));
    let job = Job::Purge {
        finished_before: before.0,
        states,
    };
    let begun = queue::add(tx, asked, &job, &[])?;
    audit::record_with(tx, asked.permit, "tasks", detail)?;
    Ok(begun)
}

/// What the reference calls the sum of a purge.
const TOTAL: (&str, &str) = ("purge.tasks.total", "Purged tasks");

/// Does [`Job::Purge`] to its end, a batch at a time, so that others write between two. Running it again after a crash
/// goes on where it was.
pub fn run(db: &Db, task: TaskId, before: Timestamp, states: &[String]) -> Result<()> {
    let step = |tx: &WriteTx<'_>| {
        if queue::is_canceling(tx, task)? {
            queue::end(tx, task, Outcome::Canceled)?;
            return Ok(false);
        }
        let forgotten = forget(tx, before, states)?;
        results::report(tx, task, TOTAL, forgotten)?;
        if forgotten < BATCH {
            queue::end(tx, task, Outcome::Completed)?;
        }
        Ok(forgotten == BATCH)
    };
    while db.write(step)? {}
    Ok(())
}

/// Forgets some of what ended before `before`, in whatever state. Whether there may be more.
pub fn forget_some(tx: &WriteTx<'_>, before: Timestamp) -> Result<bool> {
    let states = LAST.map(State::as_str);
    Ok(forget(tx, before, &states)? == BATCH)
}

const FORGET: &str = "
    DELETE FROM task WHERE id IN (
        SELECT id FROM task
         WHERE state IN (SELECT value FROM json_each(:states)) AND finished_at < :before LIMIT :batch)";

/// Forgets a batch of those tasks; how many they were.
fn forget(tx: &WriteTx<'_>, before: Timestamp, states: &[impl AsRef<str>]) -> Result<usize> {
    let states: Vec<&str> = states.iter().map(AsRef::as_ref).collect();
    let states = serde_json::json!(states).to_string();
    Ok(tx
        .prepare_cached(FORGET)?
        .execute(named_params! {":states": states, ":before": before, ":batch": BATCH})?)
}
