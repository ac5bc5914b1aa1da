//! The life of a task: enqueued, claimed, ended.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::tasks::State;
use crate::domain::tasks::TaskError;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::job::Lane;
use crate::domain::tasks::locks;
use crate::domain::tasks::locks::Lock;
use crate::domain::tasks::locks::is_free;
use crate::domain::tasks::queries;
use crate::domain::tasks::results;
use crate::domain::tasks::results::Made;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::event::Event;
use crate::kernel::ids::TaskId;
use crate::kernel::ids::UserId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::policy::rule::When;

/// A task that is about to be enqueued.
#[derive(Debug)]
pub struct NewTask<'a> {
    /// The id the APIs will know it by.
    pub uuid: Uuid,
    /// The reference's name for this kind of work.
    pub name: &'a str,
    /// What to do.
    pub job: &'a Job,
    /// Who asked; nobody if it is the operator, on the command line.
    pub created_by: Option<UserId>,
    /// The request that asked, for the log.
    pub correlation_id: &'a str,
    /// What it needs for itself.
    pub locks: &'a [Lock],
}

/// Who asks for a task, and what the reference calls that kind of work.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The permit for it.
    pub permit: &'a Permit,
    /// The request that asks, for the log.
    pub correlation_id: &'a str,
    /// The reference's name for this kind of work; clients filter by it.
    pub name: &'a str,
}

/// A task that was begun, and has ended unless something it needs is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The row.
    pub id: TaskId,
    /// What APIs know it by.
    pub uuid: Uuid,
}

/// A task a worker has taken up.
#[derive(Debug)]
pub struct Claimed {
    /// The row.
    pub id: TaskId,
    /// What to do.
    pub job: Job,
    /// The request that asked, for the log.
    pub correlation_id: String,
    /// How often it has been taken up, this time included.
    pub attempts: u32,
}

const ENQUEUE: &str = "
    INSERT INTO task (uuid, name, state, job, correlation_id, created_by, created_at, updated_at)
    VALUES (:uuid, :name, 'waiting', :job, :correlation_id, :created_by, :now, :now)";

/// Adds a task and, once this transaction is on disk, wakes a worker.
pub fn enqueue(tx: &WriteTx<'_>, task: &NewTask<'_>) -> Result<TaskId> {
    let job = serde_json::to_string(task.job).map_err(anyhow::Error::new)?;
    tx.prepare_cached(ENQUEUE)?.execute(named_params! {
        ":uuid": task.uuid.to_string(), ":name": task.name, ":job": job,
        ":correlation_id": task.correlation_id, ":created_by": task.created_by, ":now": tx.now,
    })?;
    let id = TaskId(tx.last_insert_rowid());
    locks::take(tx, id, task.locks)?;
    tx.announce(Event::TaskWaiting);
    Ok(id)
}

const START: &str = "
    UPDATE task SET state = 'running', attempts = attempts + 1, started_at = :now, updated_at = :now WHERE id = :id";

/// Adds a task that takes no longer than a transaction may, and does it at once with `run`: when this transaction is
/// on disk, it has ended. If something that it needs is locked, it waits for a worker instead.
///
/// What `run` finds wrong is the caller's error, and there is no task then.
pub fn begin(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    job: &Job,
    locks: &[Lock],
    run: impl FnOnce(&WriteTx<'_>, TaskId) -> Result<()>,
) -> Result<Begun> {
    let begun = add(tx, asked, job, locks)?;
    if locks::are_free(tx, begun.id)? {
        start(tx, begun.id)?;
        run(tx, begun.id)?;
        end(tx, begun.id, Outcome::Completed)?;
    }
    Ok(begun)
}

/// Notes as a task what the request itself has done in this transaction: the reference has a task for it, and clients
/// wait for that.
pub fn record(tx: &WriteTx<'_>, asked: Asked<'_>, about: &[Lock], made: &[Made]) -> Result<Begun> {
    let begun = add(tx, asked, &Job::Done, about)?;
    start(tx, begun.id)?;
    made.iter()
        .try_for_each(|made| results::note(tx, begun.id, *made))?;
    end(tx, begun.id, Outcome::Completed)?;
    Ok(begun)
}

/// Adds a task that somebody asked for.
pub(super) fn add(tx: &WriteTx<'_>, asked: Asked<'_>, job: &Job, locks: &[Lock]) -> Result<Begun> {
    let uuid = Uuid::now_v7();
    let task = NewTask {
        uuid,
        name: asked.name,
        job,
        created_by: Some(asked.permit.account()?.id),
        correlation_id: asked.correlation_id,
        locks,
    };
    Ok(Begun {
        id: enqueue(tx, &task)?,
        uuid,
    })
}

fn start(tx: &WriteTx<'_>, id: TaskId) -> Result<()> {
    tx.prepare_cached(START)?
        .execute(named_params! {":now": tx.now, ":id": id})?;
    Ok(())
}

/// SQL for whether the task `t` is an errand (`:errand` is true), or is none.
macro_rules! in_lane {
    () => {
        "(t.job ->> '$.kind' = 'fetch_avatar') = :errand"
    };
}

const CLAIM: &str = concat!(
    "UPDATE task SET state = 'running', attempts = attempts + 1, started_at = :now, updated_at = :now
      WHERE id = (SELECT t.id FROM task t WHERE t.state = 'waiting' AND ",
    in_lane!(),
    " AND ",
    is_free!(),
    " ORDER BY t.id LIMIT 1)
     RETURNING id, job, correlation_id, attempts"
);

/// Takes up the oldest task of a lane that waits for nobody else.
pub fn claim(tx: &WriteTx<'_>, lane: Lane) -> Result<Option<Claimed>> {
    let values = named_params! {":now": tx.now, ":errand": lane == Lane::Errands};
    let claimed = tx.prepare_cached(CLAIM)?.query_row(values, |row| {
        Ok((
            row.get(0)?,
            row.get::<_, String>(1)?,
            row.get(2)?,
            row.get(3)?,
        ))
    });
    let Some((id, job, correlation_id, attempts)) = claimed.optional()? else {
        return Ok(None);
    };
    match serde_json::from_str(&job) {
        Ok(job) => Ok(Some(Claimed {
            id,
            job,
            correlation_id,
            attempts,
        })),
        Err(error) => {
            // Written by another version of this program: say so instead of trying for ever.
            let description = format!("This version of the server does not know the job: {error}.");
            let error = TaskError {
                code: None,
                description,
            };
            end(tx, id, Outcome::Failed(error))?;
            claim(tx, lane)
        }
    }
}

const END: &str = "
    UPDATE task
       SET state = :state, error_code = :code, error_description = :description,
           finished_at = :now, updated_at = :now
     WHERE id = :id AND finished_at IS NULL";

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All is done.
    Completed,
    /// Nothing was done, for this reason.
    Failed(TaskError),
    /// Nothing was done, on request.
    Canceled,
}

/// Gives a task its last state and, once this transaction is on disk, tells whoever waits for it.
pub fn end(tx: &WriteTx<'_>, id: TaskId, outcome: Outcome) -> Result<()> {
    let (state, error) = match outcome {
        Outcome::Completed => (State::Completed, None),
        Outcome::Failed(error) => (State::Failed, Some(error)),
        Outcome::Canceled => (State::Canceled, None),
    };
    tx.prepare_cached(END)?.execute(named_params! {
        ":state": state.as_str(), ":code": error.as_ref().and_then(|error| error.code.as_deref()),
        ":description": error.as_ref().map(|error| error.description.as_str()), ":now": tx.now, ":id": id,
    })?;
    locks::release(tx, id)?;
    tx.announce(Event::TaskFinished(id));
    Ok(())
}

const PUT_BACK: &str = "
    UPDATE task SET state = 'waiting', started_at = NULL, updated_at = :now WHERE id = :id AND state = 'running'";

/// Lets a task wait again that this server, not the task, made fail. False if it has been asked to end meanwhile:
/// then there is no other try.
pub fn put_back(tx: &WriteTx<'_>, id: TaskId) -> Result<bool> {
    let changed = tx
        .prepare_cached(PUT_BACK)?
        .execute(named_params! {":now": tx.now, ":id": id})?;
    Ok(changed > 0)
}

const RESTART: &str = "
    UPDATE task SET state = 'waiting', started_at = NULL, updated_at = :now
     WHERE state = 'running' AND finished_at IS NULL AND started_at < :since";

/// After a start at `since`: what ran when the process before ended waits again. Jobs are safe to run twice.
pub fn restart_interrupted(tx: &WriteTx<'_>, since: Timestamp) -> Result<usize> {
    Ok(tx
        .prepare_cached(RESTART)?
        .execute(named_params! {":now": tx.now, ":since": since})?)
}

/// A task that may be asked to end by whoever holds this; only [`cancelable`] gives it out.
#[derive(Debug)]
pub struct Cancelable {
    id: TaskId,
    uuid: Uuid,
}

impl Cancelable {
    /// The row.
    pub fn id(&self) -> TaskId {
        self.id
    }
}

/// The task called `uuid`, if the caller may ask it to end: whoever started it may, and who may change any task.
pub fn cancelable(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<Cancelable> {
    let task = queries::find(tx, uuid)?;
    if task.created_by != Some(permit.account()?.id) {
        permit.check(When::TaskOfAnother, Some(Object::Task(task.id)))?;
    }
    Ok(Cancelable { id: task.id, uuid })
}

const CANCEL: &str = "
    UPDATE task SET state = 'canceling', updated_at = :now
     WHERE id = :id AND state IN ('waiting', 'running') AND finished_at IS NULL
    RETURNING started_at IS NULL";

/// Asks a task to end. True if nobody has taken it up, so that the caller has to end it; false if a worker will.
///
/// A task that has ended is a conflict.
pub fn cancel(tx: &WriteTx<'_>, permit: &Permit, task: &Cancelable) -> Result<bool> {
    let id = task.id();
    if is_canceling(tx, id)? {
        return Ok(false);
    }
    let unclaimed = tx
        .prepare_cached(CANCEL)?
        .query_row(named_params! {":now": tx.now, ":id": id}, |row| row.get(0))
        .optional()?
        .ok_or(Error::Conflict(Conflict::TaskFinished))?;
    audit::record(tx, permit, format!("task {}", task.uuid))?;
    Ok(unclaimed)
}

/// Whether somebody asked the task to end, and it has not yet.
pub fn is_canceling(tx: &ReadTx<'_>, id: TaskId) -> Result<bool> {
    let state = tx
        .prepare_cached("SELECT state = 'canceling' FROM task WHERE id = :id")?
        .query_row(named_params! {":id": id}, |row| row.get(0))
        .optional()?;
    Ok(state.unwrap_or(false))
}

/// What was being canceled when the process before ended: nobody is at it any more, so it can be ended.
pub fn half_canceled(tx: &ReadTx<'_>, since: Timestamp) -> Result<Vec<TaskId>> {
    let sql = "SELECT id FROM task WHERE state = 'canceling' AND finished_at IS NULL AND started_at < :since";
    let mut statement = tx.prepare_cached(sql)?;
    let ids = statement.query_map(named_params! {":since": since}, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Whether there is anything to claim: a look that keeps nobody from writing.
pub fn is_any_waiting(tx: &ReadTx<'_>, lane: Lane) -> Result<bool> {
    let sql = concat!(
        "SELECT EXISTS (SELECT 1 FROM task t WHERE t.state = 'waiting' AND ",
        in_lane!(),
        " AND ",
        is_free!(),
        ")"
    );
    let values = named_params! {":errand": lane == Lane::Errands};
    Ok(tx
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))?)
}

/// What the one who asked is told of an error nobody foresaw; the cause is in the log under `correlation_id`.
pub fn describe(error: &Error, correlation_id: &str) -> TaskError {
    let description = match error {
        Error::Internal(_) => {
            format!("Internal error; the server's log has the cause under {correlation_id}.")
        }
        Error::StorageFull => {
            "No space is left on the server. Free some and publish again.".to_owned()
        }
        other => other.to_string(),
    };
    TaskError {
        code: None,
        description,
    }
}
