//! Reading tasks.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::tasks::State;
use crate::domain::tasks::Task;
use crate::domain::tasks::TaskError;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

const COLUMNS: &str = "id, uuid, name, state, error_code, error_description, correlation_id, created_by, \
                       created_at, updated_at, started_at, finished_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
    let state: String = row.get("state")?;
    let description: Option<String> = row.get("error_description")?;
    let code = row.get("error_code")?;
    Ok(Task {
        id: row.get("id")?,
        uuid: row.get::<_, String>("uuid")?.parse().unwrap_or_default(),
        name: row.get("name")?,
        // The CHECK of the column lets no other word in.
        state: State::parse(&state).unwrap_or(State::Failed),
        error: description.map(|description| TaskError { code, description }),
        correlation_id: row.get("correlation_id")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
    })
}

/// The task called `uuid`.
pub fn find(tx: &ReadTx<'_>, uuid: Uuid) -> Result<Task> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM task WHERE uuid = :uuid"))?
        .query_row(named_params! {":uuid": uuid.to_string()}, read)
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Task(uuid.to_string())))
}

/// Whether the task has reached its last state. A task that is gone has.
pub fn is_finished(tx: &ReadTx<'_>, id: TaskId) -> Result<bool> {
    let finished = tx
        .prepare_cached("SELECT finished_at IS NOT NULL FROM task WHERE id = :id")?
        .query_row(named_params! {":id": id}, |row| row.get(0))
        .optional()?;
    Ok(finished.unwrap_or(true))
}

/// What a list of tasks can be narrowed to.
#[derive(Debug, Default)]
pub struct TaskFilter {
    /// Only tasks in this state.
    pub state: Option<State>,
    /// Only tasks of this exact name.
    pub name: Option<String>,
    /// How to sort.
    pub order: TaskOrder,
}

/// The orders a list of tasks can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum TaskOrder {
    /// Newest first.
    #[default]
    NewestFirst,
    /// Oldest first.
    OldestFirst,
}

impl TaskOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::NewestFirst => "id DESC",
            Self::OldestFirst => "id",
        }
    }
}

/// Tasks that pass `filter`.
pub fn list(tx: &ReadTx<'_>, filter: &TaskFilter, window: Window) -> Result<Page<Task>> {
    Select::new(COLUMNS, "task")
        .filter_some("state = ?", filter.state.map(State::as_str))
        .filter_some("name = ?", filter.name.as_deref())
        .order_by(filter.order.sql())
        .page(tx, window, read)
}
