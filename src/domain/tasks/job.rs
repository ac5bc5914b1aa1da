//! What there is to do.

use serde::Deserialize;
use serde::Serialize;

/// The payload of a task. Carries kernel ids only, so that tasks need no later noun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Check the uploaded file that the import row of this task names, and publish it.
    ImportCollection,
}

impl Job {
    /// The label of the job in metrics and logs.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::ImportCollection => "import_collection",
        }
    }
}
