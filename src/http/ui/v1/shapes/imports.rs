//! Imports, in a list and with their log.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::imports::listing::ImportLine;
use crate::domain::imports::queries::Import;
use crate::http::kit::task_error::ErrorDetail;
use crate::kernel::clock::Timestamp;

/// **ImportItem** of contract 04 §4.3.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportItem {
    id: Uuid,
    state: &'static str,
    namespace: String,
    name: String,
    version: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
}

impl From<ImportLine> for ImportItem {
    fn from(line: ImportLine) -> Self {
        Self {
            id: line.task.uuid,
            state: line.task.state.as_str(),
            namespace: line.namespace,
            name: line.name,
            version: line.version,
            created_at: line.task.created_at,
            updated_at: line.task.updated_at,
            started_at: line.task.started_at,
            finished_at: line.task.finished_at,
        }
    }
}

/// The same with its log (contract 04, UIM-2).
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPage {
    #[serde(flatten)]
    item: ImportItem,
    error: Option<ErrorDetail>,
    messages: Vec<Message>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Message {
    time: f64,
    level: String,
    message: String,
}

impl ImportPage {
    /// An import and its log.
    pub fn new((line, import): (ImportLine, Import)) -> Self {
        let messages = import.messages.into_iter().map(|line| Message {
            time: line.time.as_seconds(),
            level: line.level,
            message: line.message,
        });
        Self {
            item: ImportItem::from(line),
            error: import.task.error.map(ErrorDetail::from),
            messages: messages.collect(),
        }
    }
}
