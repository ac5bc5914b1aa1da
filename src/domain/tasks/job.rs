//! What there is to do.

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::ids::CollectionId;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;

/// The payload of a task. Carries kernel ids and texts only, so that tasks need no later noun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Check the uploaded file that the import row of this task names, and publish it.
    ImportCollection,
    /// Check a signature of a version, and put it into the repository.
    AddSignature {
        /// Where.
        repository: RepositoryId,
        /// Of which version.
        version: VersionId,
        /// In ASCII armour.
        signature: String,
    },
    /// Nothing is left to do: the request that asked has done it.
    Done,
    /// Fetch the logo of a namespace from where its owners say it is.
    FetchAvatar {
        /// Of which.
        namespace: NamespaceId,
    },
    /// Put versions into other repositories, with what the source says about them.
    Transfer {
        /// Which.
        versions: Vec<VersionId>,
        /// Where they are.
        from: RepositoryId,
        /// Where they go.
        to: Vec<RepositoryId>,
        /// Whether they leave where they were.
        leave: bool,
    },
    /// Make a new version of a repository.
    Modify {
        /// Which.
        repository: RepositoryId,
        /// Begin with what this version of this repository holds, not with its own newest.
        base: Option<(RepositoryId, i64)>,
        /// Take this out, or all of it.
        remove: Removal,
        /// Put this in.
        add: Vec<i64>,
    },
    /// Say that a collection should not be used any more, or that it may.
    Deprecate {
        /// Where that is said.
        repository: RepositoryId,
        /// Of which.
        collection: CollectionId,
        /// What.
        deprecated: bool,
    },
    /// Delete versions from every repository.
    Delete {
        /// Which.
        versions: Vec<VersionId>,
    },
    /// Delete a repository, with what only it holds.
    DeleteRepository {
        /// Which.
        repository: RepositoryId,
    },
    /// Forget a version of a repository that is not its newest.
    DeleteVersion {
        /// Which.
        repository: RepositoryId,
        /// Its number.
        number: i64,
    },
    /// Forget tasks that have ended.
    Purge {
        /// Only those that ended before this time, in microseconds since the epoch.
        finished_before: i64,
        /// Only those that ended in one of these states.
        states: Vec<String>,
    },
}

/// Who takes a task up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// The workers.
    Work,
    /// The one that asks other servers, so that nobody waits for work because some server is slow.
    Errands,
}

/// What is taken out of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// Everything.
    All,
    /// These contents.
    These(Vec<i64>),
}

impl Job {
    /// The label of the job in metrics and logs.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::ImportCollection => "import_collection",
            Self::AddSignature { .. } => "add_signature",
            Self::Done => "done",
            Self::FetchAvatar { .. } => "fetch_avatar",
            Self::Transfer { .. } => "transfer",
            Self::Modify { .. } => "modify",
            Self::Deprecate { .. } => "deprecate",
            Self::Delete { .. } => "delete",
            Self::DeleteRepository { .. } => "delete_repository",
            Self::DeleteVersion { .. } => "delete_version",
            Self::Purge { .. } => "purge",
        }
    }
}
