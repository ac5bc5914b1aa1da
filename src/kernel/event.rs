//! What one part of the process tells the others after a commit.

use crate::kernel::ids::TaskId;

/// Something that happened and is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A task waits for a worker.
    TaskWaiting,
    /// A task has reached its last state.
    TaskFinished(TaskId),
}
