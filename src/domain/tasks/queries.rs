//! Reading tasks.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::tasks::State;
use crate::domain::tasks::Task;
use crate::domain::tasks::TaskError;
use crate::domain::tasks::results::Made;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::Expression;
use crate::kernel::filter::SortKey;
use crate::kernel::ids::TaskId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;

const COLUMNS: &str = "id, uuid, name, state, error_code, error_description, correlation_id, created_by, \
                       created_at, updated_at, started_at, finished_at";

/// A task in a row that has its columns by their names.
pub fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
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

/// The fields that a list of tasks can be narrowed and sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskField {
    /// The UUID.
    Uuid,
    /// The name.
    Name,
    /// How far it has come.
    State,
    /// The request that asked for it.
    Correlation,
    /// When it was asked for.
    Created,
    /// When its row changed.
    Updated,
    /// When a worker took it up.
    Started,
    /// When it ended.
    Finished,
    /// The UUID of the task that started it.
    Parent,
}

impl TaskField {
    const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Name => "name",
            Self::State => "state",
            Self::Correlation => "correlation_id",
            Self::Created => "created_at",
            Self::Updated => "updated_at",
            Self::Started => "started_at",
            Self::Finished => "finished_at",
            Self::Parent => {
                "(SELECT parent.uuid FROM task parent WHERE parent.id = task.parent_id)"
            }
        }
    }
}

/// What a list of tasks can be narrowed to.
#[derive(Debug, Default)]
pub struct TaskFilter {
    /// Conditions on the fields.
    pub fields: Expression<TaskField>,
    /// Only those that started this one.
    pub child: Option<Uuid>,
    /// Only those that made this.
    pub made: Option<Made>,
    /// Only those that need one of these things, or needed it.
    pub locks: Vec<LockFilter>,
    /// Only those that are like this; there are none.
    pub nothing: bool,
    /// How to sort; newest first if there is nothing.
    pub order: Vec<SortKey<TaskField>>,
}

/// One of these things is needed, in one way or in any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFilter {
    /// The things.
    pub uuids: Vec<Uuid>,
    /// Whether others may share it.
    pub is_shared: Option<bool>,
}

const CHILD: &str = "id = (SELECT child.parent_id FROM task child WHERE child.uuid = ?)";

const MADE: &str =
    "id IN (SELECT task_id FROM task_result WHERE kind = ? AND uuid = ? AND number IS ?)";

const LOCKS: &str = "id IN (
    SELECT task_id FROM task_lock
     WHERE uuid IN (SELECT value FROM json_each(?)) AND is_shared = ifnull(?, is_shared))";

/// Tasks that pass `filter`.
pub fn list(tx: &ReadTx<'_>, filter: &TaskFilter, window: Window) -> Result<Page<Task>> {
    let mut select = Select::new(COLUMNS, "task")
        .matching(&filter.fields, TaskField::column)
        .filter_some(CHILD, filter.child.map(|uuid| uuid.to_string()))
        .filter_some("FALSE AND ?", filter.nothing.then_some(true));
    if let Some((kind, uuid, number)) = filter.made.map(Made::columns) {
        let values: Vec<Box<dyn ToSql>> =
            vec![Box::new(kind), Box::new(uuid.to_string()), Box::new(number)];
        select = select.filter_with(MADE, values);
    }
    for lock in &filter.locks {
        let uuids = serde_json::json!(lock.uuids).to_string();
        let values: Vec<Box<dyn ToSql>> = vec![Box::new(uuids), Box::new(lock.is_shared)];
        select = select.filter_with(LOCKS, values);
    }
    select
        .sort_by(&filter.order, TaskField::column, "id DESC")
        .page(tx, window, read)
}
