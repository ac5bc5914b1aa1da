//! A task, in a list and by itself.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::tasks::Task;
use crate::domain::tasks::details::Details;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::task_error::ErrorDetail;
use crate::http::kit::task_error::ProgressReport;
use crate::kernel::clock::Timestamp;

/// **TaskSummary** of contract 02 §2.5.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskSummary {
    pulp_id: Uuid,
    name: String,
    state: &'static str,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    href: String,
}

impl TaskSummary {
    /// The task, linked below the root of the request.
    pub fn new(task: Task, mount: &Mount) -> Self {
        Self {
            href: href::task(mount, task.uuid),
            pulp_id: task.uuid,
            name: task.name,
            state: task.state.as_str(),
            started_at: task.started_at,
            finished_at: task.finished_at,
        }
    }
}

/// **GalaxyTask** of contract 02 §2.5.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskDetail {
    pulp_id: Uuid,
    name: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    finished_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    state: &'static str,
    error: Option<ErrorDetail>,
    parent_task: Option<Uuid>,
    child_tasks: Vec<Uuid>,
    progress_reports: Vec<ProgressReport>,
}

impl From<(Task, Details)> for TaskDetail {
    fn from((task, details): (Task, Details)) -> Self {
        Self {
            pulp_id: task.uuid,
            name: task.name,
            created_at: task.created_at,
            updated_at: task.updated_at,
            finished_at: task.finished_at,
            started_at: task.started_at,
            state: task.state.as_str(),
            error: task.error.map(ErrorDetail::from),
            parent_task: details.parent,
            child_tasks: details.children,
            progress_reports: details
                .progress
                .into_iter()
                .map(ProgressReport::from)
                .collect(),
        }
    }
}
