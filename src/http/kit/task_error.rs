//! Why a task failed, as every family shows it.

use serde::Serialize;

use crate::domain::tasks::TaskError;

/// `error` of a failed task. `traceback` is always null: a stack is of no use to the client.
#[derive(Debug, Serialize)]
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
