//! What is known of tasks beside their row, for any number of them at once.

use std::collections::HashMap;

use rusqlite::Row;
use uuid::Uuid;

use crate::db::row::uuid;
use crate::db::tx::ReadTx;
use crate::domain::tasks::Task;
use crate::domain::tasks::locks::Lock;
use crate::domain::tasks::results::Made;
use crate::domain::tasks::results::Progress;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;
use crate::policy::object::Object;

/// What is known of a task beside its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// What it needs, or needed.
    pub locks: Vec<Lock>,
    /// What it made; `None` stands for what is gone.
    pub made: Vec<Option<Made>>,
    /// How far its parts have come.
    pub progress: Vec<Progress>,
    /// The task that started it.
    pub parent: Option<Uuid>,
    /// The tasks that it started, oldest first.
    pub children: Vec<Uuid>,
}

const LOCKS: &str = "
    SELECT l.task_id, l.kind, l.uuid, l.is_shared
      FROM task_lock l JOIN json_each(?) wanted ON l.task_id = wanted.value
     ORDER BY l.task_id, l.position";

const MADE: &str = "
    SELECT m.task_id, m.kind, m.uuid, m.number,
           CASE m.kind
             WHEN 'distribution' THEN EXISTS (SELECT 1 FROM distribution WHERE uuid = m.uuid)
             WHEN 'collection_version' THEN EXISTS (SELECT 1 FROM content WHERE uuid = m.uuid)
             ELSE EXISTS (SELECT 1 FROM repository r JOIN repository_version v ON v.repository_id = r.id
                           WHERE r.uuid = m.uuid AND v.number = m.number)
           END AS is_there
      FROM task_result m JOIN json_each(?) wanted ON m.task_id = wanted.value
     ORDER BY m.task_id, m.position";

const PROGRESS: &str = "
    SELECT p.task_id, p.code, p.message, p.state, p.total, p.done, p.suffix
      FROM task_progress p JOIN json_each(?) wanted ON p.task_id = wanted.value
     ORDER BY p.task_id, p.code DESC";

const PARENTS: &str = "
    SELECT t.id, parent.uuid
      FROM task t JOIN json_each(?) wanted ON t.id = wanted.value JOIN task parent ON parent.id = t.parent_id";

const CHILDREN: &str = "
    SELECT t.parent_id, t.uuid
      FROM task t JOIN json_each(?) wanted ON t.parent_id = wanted.value
     ORDER BY t.id";

/// The details of each of `tasks`, in their order: five queries, however many there are.
pub fn of(tx: &ReadTx<'_>, tasks: &[Task]) -> Result<Vec<Details>> {
    let ids: Vec<i64> = tasks.iter().map(|task| task.id.0).collect();
    let ids = serde_json::json!(ids).to_string();
    let mut found: HashMap<i64, Details> = HashMap::new();
    let mut each = |sql: &str, read: fn(&mut Details, &Row<'_>) -> rusqlite::Result<()>| {
        let mut statement = tx.prepare_cached(sql)?;
        let mut rows = statement.query([&ids])?;
        while let Some(row) = rows.next()? {
            read(found.entry(row.get(0)?).or_default(), row)?;
        }
        Ok::<_, rusqlite::Error>(())
    };
    each(LOCKS, |details, row| {
        let kind: String = row.get("kind")?;
        // Only the kind counts, so any number does.
        if let Some(object) = Object::from_columns(&kind, 0) {
            let lock = Lock {
                kind: object.kind(),
                uuid: uuid(row, "uuid")?,
                is_shared: row.get("is_shared")?,
            };
            details.locks.push(lock);
        }
        Ok(())
    })?;
    each(MADE, |details, row| {
        let kind: String = row.get("kind")?;
        let made = Made::from_columns(&kind, uuid(row, "uuid")?, row.get("number")?);
        let is_there: bool = row.get("is_there")?;
        details.made.push(made.filter(|_| is_there));
        Ok(())
    })?;
    each(PROGRESS, |details, row| {
        details.progress.push(Progress {
            code: row.get("code")?,
            message: row.get("message")?,
            state: row.get("state")?,
            total: row.get("total")?,
            done: row.get("done")?,
            suffix: row.get("suffix")?,
        });
        Ok(())
    })?;
    each(PARENTS, |details, row| {
        details.parent = Some(uuid(row, "uuid")?);
        Ok(())
    })?;
    each(CHILDREN, |details, row| {
        details.children.push(uuid(row, "uuid")?);
        Ok(())
    })?;
    let details = |TaskId(id): TaskId| found.remove(&id).unwrap_or_default();
    Ok(tasks.iter().map(|task| task.id).map(details).collect())
}
