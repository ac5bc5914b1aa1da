//! An import and its log.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::imports::queries::Import;
use crate::http::kit::task_error::ErrorDetail;
use crate::kernel::clock::Timestamp;

/// **Import** of contract 02 §2.5.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportDetail {
    id: Uuid,
    state: &'static str,
    created_at: Timestamp,
    updated_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    error: Option<ErrorDetail>,
    messages: Vec<ImportMessage>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ImportMessage {
    message: String,
    level: String,
    time: f64,
}

impl From<Import> for ImportDetail {
    fn from(Import { task, messages }: Import) -> Self {
        Self {
            id: task.uuid,
            state: task.state.as_str(),
            created_at: task.created_at,
            updated_at: task.updated_at,
            started_at: task.started_at,
            finished_at: task.finished_at,
            error: task.error.map(ErrorDetail::from),
            messages: messages
                .into_iter()
                .map(|line| ImportMessage {
                    message: line.message,
                    level: line.level,
                    time: line.time.as_seconds(),
                })
                .collect(),
        }
    }
}
