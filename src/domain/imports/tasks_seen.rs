//! Tasks as callers may see them: all tasks are visible, but not what they tell of a repository that is not.

use std::collections::HashMap;

use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::tasks;
use crate::domain::tasks::Task;
use crate::domain::tasks::details;
use crate::domain::tasks::details::Details;
use crate::domain::tasks::queries::TaskFilter;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;

/// What is told of a failure in a repository that the caller may not see.
const HIDDEN: &str = "The reason is told to those who may see the repository.";

const REPOSITORIES: &str = "
    SELECT i.task_id, r.id, ifnull(r.private, 1)
      FROM collection_import i
      JOIN json_each(?1) wanted ON i.task_id = wanted.value
      LEFT JOIN repository r ON r.id = i.repository_id
     UNION ALL
    SELECT l.task_id, r.id, r.private
      FROM task_lock l
      JOIN json_each(?1) wanted ON l.task_id = wanted.value
      JOIN repository r ON r.uuid = l.uuid
     WHERE l.kind = 'repository'";

/// A repository that a task is about, if it is still there, and whether it is private. Of one that is gone nobody
/// knows whether it was.
type About = (Option<RepositoryId>, bool);

/// What each of `tasks` is about, by the id of the task: one query, however many there are.
fn repositories(tx: &ReadTx<'_>, tasks: &[Task]) -> Result<HashMap<i64, Vec<About>>> {
    let ids: Vec<i64> = tasks.iter().map(|task| task.id.0).collect();
    let mut statement = tx.prepare_cached(REPOSITORIES)?;
    let mut rows = statement.query([serde_json::json!(ids).to_string()])?;
    let mut found: HashMap<i64, Vec<About>> = HashMap::new();
    while let Some(row) = rows.next()? {
        found
            .entry(row.get(0)?)
            .or_default()
            .push((row.get(1)?, row.get(2)?));
    }
    Ok(found)
}

/// Whether the caller may know what a task is about. Whoever started it may, and whoever sees the repositories, but
/// neither by a token for another one.
fn may_know(permit: &Permit, task: &Task, about: &[About]) -> bool {
    let account = permit.viewer().account();
    let is_own = account.is_some_and(|account| task.created_by == Some(account.id));
    about.iter().all(|(repository, is_private)| {
        // 0 is no repository: who sees all of them sees what was in one that is gone.
        let repository = repository.unwrap_or(RepositoryId(0));
        permit.sees(repository, *is_private && !is_own).is_ok()
    })
}

/// Whether the caller may know what a task is about.
pub(super) fn is_open(tx: &ReadTx<'_>, permit: &Permit, task: &Task) -> Result<bool> {
    let about = repositories(tx, std::slice::from_ref(task))?;
    Ok(may_know(
        permit,
        task,
        about.get(&task.id.0).map_or(&[], Vec::as_slice),
    ))
}

/// The task called `uuid` and what is known of it, as far as the caller may know it.
pub fn find(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<(Task, Details)> {
    let task = tasks::queries::find(tx, uuid)?;
    // As many as were given.
    let found = with_details(tx, permit, vec![task])?.pop();
    found.ok_or_else(|| anyhow::anyhow!("a task has no details").into())
}

/// The tasks that pass `filter`, as [`find`] gives each.
pub fn list(
    tx: &ReadTx<'_>,
    permit: &Permit,
    filter: &TaskFilter,
    window: Window,
) -> Result<Page<(Task, Details)>> {
    let page = tasks::queries::list(tx, filter, window)?;
    Ok(Page {
        total: page.total,
        items: with_details(tx, permit, page.items)?,
    })
}

fn with_details(
    tx: &ReadTx<'_>,
    permit: &Permit,
    tasks: Vec<Task>,
) -> Result<Vec<(Task, Details)>> {
    let about = repositories(tx, &tasks)?;
    let details = details::of(tx, &tasks)?;
    let seen = |(mut task, mut details): (Task, Details)| {
        if !may_know(
            permit,
            &task,
            about.get(&task.id.0).map_or(&[], Vec::as_slice),
        ) {
            if let Some(error) = &mut task.error {
                HIDDEN.clone_into(&mut error.description);
            }
            details.made.clear();
        }
        (task, details)
    };
    Ok(tasks.into_iter().zip(details).map(seen).collect())
}
