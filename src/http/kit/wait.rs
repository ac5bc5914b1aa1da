//! Waiting for a task for a moment, so that a client finds quick work done when it first looks.

use std::time::Duration;

use crate::domain::tasks;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;
use crate::state::App;

/// Returns when the task has ended, or `limit` has passed: whichever is first.
pub async fn until_finished(app: &App, task: TaskId, limit: Duration) -> Result<()> {
    let mut finished = app.finished.subscribe();
    let ended = async {
        loop {
            finished.borrow_and_update();
            if app
                .read(move |tx| tasks::queries::is_finished(tx, task))
                .await?
            {
                return Ok(());
            }
            if finished.changed().await.is_err() {
                return Ok(()); // the server is going down
            }
        }
    };
    tokio::time::timeout(limit, ended).await.unwrap_or(Ok(()))
}
