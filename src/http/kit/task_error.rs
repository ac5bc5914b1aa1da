//! Why a task failed, as every family shows it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::tasks::TaskError;
use crate::domain::tasks::results::Progress;

/// `error` of a failed task. `traceback` is always null: a stack is of no use to the client.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    description: String,
    traceback: Option<String>,
}

impl From<TaskError> for ErrorDetail {
    fn from(error: TaskError) -> Self {
        Self {
            error_code: error.code,
            description: error.description,
            traceback: None,
        }
    }
}

/// How far a part of a task has come, as both families show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressReport {
    message: String,
    code: String,
    state: String,
    total: Option<i64>,
    done: i64,
    suffix: Option<String>,
}

impl From<Progress> for ProgressReport {
    fn from(progress: Progress) -> Self {
        Self {
            message: progress.message,
            code: progress.code,
            state: progress.state,
            total: progress.total,
            done: progress.done,
            suffix: progress.suffix,
        }
    }
}
