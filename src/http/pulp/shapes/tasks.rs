//! A task with everything that is known of it.

use serde::Serialize;
use uuid::Uuid;

use crate::domain::tasks::Task;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::task_error::ErrorDetail;
use crate::kernel::clock::Timestamp;

/// **PulpTask** of contract 03 §3.2.
///
/// Tasks here reserve nothing, so nothing blocks them; they have no children, groups, reports or results, and
/// the threads that run them have no name that the API knows.
#[derive(Debug, Serialize)]
pub struct PulpTask {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    state: &'static str,
    name: String,
    logging_cid: String,
    created_by: Option<String>,
    unblocked_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    error: Option<ErrorDetail>,
    worker: Option<String>,
    parent_task: Option<String>,
    child_tasks: [String; 0],
    task_group: Option<String>,
    progress_reports: [(); 0],
    created_resources: Vec<String>,
    reserved_resources_record: [String; 0],
    result: Option<()>,
}

impl PulpTask {
    /// The task and the collection version it added, if it did, linked below the root of the request.
    pub fn new(task: Task, created: Option<Uuid>, mount: &Mount) -> Self {
        let created = created.map(|version| href::collection_version(mount, version));
        Self {
            pulp_href: href::pulp_task(mount, task.uuid),
            prn: format!("prn:core.task:{}", task.uuid),
            pulp_created: task.created_at,
            pulp_last_updated: task.updated_at,
            state: task.state.as_str(),
            name: task.name,
            logging_cid: task.correlation_id,
            created_by: task.created_by.map(|user| href::user(mount, user)),
            unblocked_at: task.created_at,
            started_at: task.started_at,
            finished_at: task.finished_at,
            error: task.error.map(ErrorDetail::from),
            worker: None,
            parent_task: None,
            child_tasks: [],
            task_group: None,
            progress_reports: [],
            created_resources: created.into_iter().collect(),
            reserved_resources_record: [],
            result: None,
        }
    }
}
