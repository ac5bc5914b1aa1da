//! What one part of the process tells the others after a commit.

use crate::kernel::digest::Digest;
use crate::kernel::ids::TaskId;

/// Something that happened and is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A task waits for a worker.
    TaskWaiting,
    /// A task has reached its last state.
    TaskFinished(TaskId),
    /// Nothing promises these bytes any more.
    ArtifactForgotten(Digest),
}
