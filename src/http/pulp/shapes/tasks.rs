//! A task with everything that is known of it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::accounts::roles::objects::Key;
use crate::domain::accounts::roles::objects::Named;
use crate::domain::tasks::Task;
use crate::domain::tasks::details::Details;
use crate::domain::tasks::locks::Lock;
use crate::domain::tasks::results::Made;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::task_error::ErrorDetail;
use crate::http::kit::task_error::ProgressReport;
use crate::kernel::clock::Timestamp;

/// **PulpTask** of contract 03 §3.2. The threads that run tasks have no name that the API knows, and there are neither
/// groups nor results.
#[derive(Debug, Serialize, ToSchema)]
pub struct PulpTask {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    state: &'static str,
    name: String,
    logging_cid: String,
    created_by: Option<String>,
    unblocked_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    error: Option<ErrorDetail>,
    worker: Option<String>,
    parent_task: Option<String>,
    child_tasks: Vec<String>,
    task_group: Option<String>,
    progress_reports: Vec<ProgressReport>,
    created_resources: Vec<String>,
    reserved_resources_record: Vec<String>,
    #[schema(value_type = Value)]
    result: Option<()>,
}

/// What stands for something that a task made and that is gone.
const UNAVAILABLE: &str = "<unavailable>";

impl PulpTask {
    /// The task and what is known of it, linked below the root of the request.
    pub fn new((task, details): (Task, Details), mount: &Mount) -> Self {
        let made = |made: Option<Made>| {
            made.map_or(UNAVAILABLE.to_owned(), |made| {
                href::content::made(mount, made)
            })
        };
        let task_path = |uuid: Uuid| href::pulp_task(mount, uuid);
        Self {
            pulp_href: task_path(task.uuid),
            prn: format!("prn:core.task:{}", task.uuid),
            pulp_created: task.created_at,
            pulp_last_updated: task.updated_at,
            state: task.state.as_str(),
            name: task.name,
            logging_cid: task.correlation_id,
            created_by: task.created_by.map(|user| href::user(mount, user)),
            // What needs nothing is never blocked.
            unblocked_at: if details.locks.is_empty() {
                Some(task.created_at)
            } else {
                task.started_at
            },
            started_at: task.started_at,
            finished_at: task.finished_at,
            error: task.error.map(ErrorDetail::from),
            worker: None,
            parent_task: details.parent.map(task_path),
            child_tasks: details.children.into_iter().map(task_path).collect(),
            task_group: None,
            progress_reports: details
                .progress
                .into_iter()
                .map(ProgressReport::from)
                .collect(),
            created_resources: details.made.into_iter().map(made).collect(),
            reserved_resources_record: details.locks.into_iter().map(reserved).collect(),
            result: None,
        }
    }
}

fn reserved(lock: Lock) -> String {
    let prn = href::object::prn(Named {
        kind: lock.kind,
        key: Key::Uuid(lock.uuid),
    });
    match lock.is_shared {
        true => format!("shared:{prn}"),
        false => prn,
    }
}
