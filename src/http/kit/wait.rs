//! Waiting for a task for a moment, so that a client finds quick work done when it first looks.

use std::time::Duration;

use crate::domain::tasks;
use crate::kernel::ids::TaskId;
use crate::state::App;

/// Returns when the task has ended, or `limit` has passed: whichever is first.
///
/// An error of the server counts as time that has passed: the task is on disk, and its answer must not depend on this.
pub async fn until_finished(app: &App, task: TaskId, limit: Duration) {
    let mut finished = app.finished.subscribe();
    let ended = async {
        loop {
            finished.borrow_and_update();
            let is_finished = app
                .read(move |tx| tasks::queries::is_finished(tx, task))
                .await;
            if !matches!(is_finished, Ok(false)) || finished.changed().await.is_err() {
                return;
            }
        }
    };
    let _in_time = tokio::time::timeout(limit, ended).await;
}
