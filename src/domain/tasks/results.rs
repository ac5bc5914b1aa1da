//! What tasks made, and how far they have come.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;

/// Something that a task made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A version of the repository with this UUID, by its number.
    RepositoryVersion(Uuid, i64),
    /// A distribution.
    Distribution(Uuid),
    /// A collection version.
    CollectionVersion(Uuid),
}

impl Made {
    pub(super) const fn columns(self) -> (&'static str, Uuid, Option<i64>) {
        match self {
            Self::RepositoryVersion(repository, number) => {
                ("repository_version", repository, Some(number))
            }
            Self::Distribution(uuid) => ("distribution", uuid, None),
            Self::CollectionVersion(uuid) => ("collection_version", uuid, None),
        }
    }

    pub(super) fn from_columns(kind: &str, uuid: Uuid, number: Option<i64>) -> Option<Self> {
        match (kind, number) {
            ("repository_version", Some(number)) => Some(Self::RepositoryVersion(uuid, number)),
            ("distribution", None) => Some(Self::Distribution(uuid)),
            ("collection_version", None) => Some(Self::CollectionVersion(uuid)),
            _ => None,
        }
    }
}

const NOTE: &str = "
    INSERT INTO task_result (task_id, position, kind, uuid, number)
    SELECT :task, count(*), :kind, :uuid, :number FROM task_result WHERE task_id = :task";

/// Notes that a task made something, in the transaction that makes it.
pub fn note(tx: &WriteTx<'_>, task: TaskId, made: Made) -> Result<()> {
    let (kind, uuid, number) = made.columns();
    tx.prepare_cached(NOTE)?.execute(
        named_params! {":task": task, ":kind": kind, ":uuid": uuid.to_string(), ":number": number},
    )?;
    Ok(())
}

/// A part of a task's work, and how much of it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What clients know the part by: `clean-up.content`.
    pub code: String,
    /// What people know it by.
    pub message: String,
    /// How far it has come: a word of [`super::State`].
    pub state: String,
    /// How much there is to do, if that is known.
    pub total: Option<i64>,
    /// How much is done.
    pub done: i64,
    /// More for people.
    pub suffix: Option<String>,
}

const REPORT: &str = "
    INSERT INTO task_progress (task_id, code, message, state, total, done)
    VALUES (:task, :code, :message, 'completed', :done, :done)
    ON CONFLICT (task_id, code) DO UPDATE SET total = total + :done, done = done + :done";

/// Notes that `done` more steps of a part are done, all there are.
pub fn report(
    tx: &WriteTx<'_>,
    task: TaskId,
    (code, message): (&str, &str),
    done: usize,
) -> Result<()> {
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    tx.prepare_cached(REPORT)?.execute(
        named_params! {":task": task, ":code": code, ":message": message, ":done": done},
    )?;
    Ok(())
}
