//! Tasks: work that outlives its request. Rows and rules; `worker` executes.
//!
//! A task is enqueued in the transaction that causes it, so neither exists without the other.
//! What is quick is done in that transaction too, unless something it needs is locked. Start reading at
//! [`queue::enqueue`], [`queue::begin`] and [`queue::claim`]; [`purge`] forgets what ended long ago.

pub mod details;
pub mod job;
pub mod locks;
pub mod purge;
pub mod queries;
pub mod queue;
pub mod results;

use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::ids::TaskId;
use crate::kernel::ids::UserId;

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has taken it up.
    Waiting,
    /// A worker is at it.
    Running,
    /// Done.
    Completed,
    /// Ended with an error.
    Failed,
    /// Ended on request.
    Canceled,
    /// Asked to end, and has not yet.
    Canceling,
    /// Ended because there was nothing to do.
    Skipped,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::Waiting,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
        Self::Canceling,
        Self::Skipped,
    ];

    /// The word every API and the database use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Canceling => "canceling",
            Self::Skipped => "skipped",
        }
    }

    /// The state with that name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|state| state.as_str() == word)
    }
}

/// Why a task failed, for the one who asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskError {
    /// A stable code, for the few errors that have one.
    pub code: Option<String>,
    /// What is wrong and what to do about it.
    pub description: String,
}

/// One task as the APIs show it.
#[derive(Debug, Clone)]
pub struct Task {
    /// The row.
    pub id: TaskId,
    /// The name the APIs know it by.
    pub uuid: Uuid,
    /// The reference's name for this kind of work.
    pub name: String,
    /// How far it has come.
    pub state: State,
    /// Why it failed.
    pub error: Option<TaskError>,
    /// The request that asked for it, as the log knows it.
    pub correlation_id: String,
    /// Who asked for it, unless that account is gone.
    pub created_by: Option<UserId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its row changed last.
    pub updated_at: Timestamp,
    /// When a worker took it up.
    pub started_at: Option<Timestamp>,
    /// When it reached its last state.
    pub finished_at: Option<Timestamp>,
}
