//! Old tasks are forgotten when the server starts, and once a day.

use std::time::Duration;

use crate::domain::tasks::purge;
use crate::kernel::clock::Timestamp;
use crate::state::App;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// After an error of this server, such as a full disk.
const LATER: Duration = Duration::from_secs(60);

/// When there is something to forget again.
pub(super) struct OldTasks {
    due: Timestamp,
}

impl OldTasks {
    /// Due at once.
    pub(super) const fn new() -> Self {
        Self {
            due: Timestamp(i64::MIN),
        }
    }

    /// Forgets some tasks that are old enough, if it is time to. One batch at each call, so that neither who writes
    /// nor the tasks that wait are kept for long.
    pub(super) fn forget_some(&mut self, app: &App) {
        let now = app.clock.now();
        let Some(protection) = app.config.publishing.task_protection else {
            return;
        };
        if now < self.due {
            return;
        }
        let before = now.before(protection);
        match app.db.write(|tx| purge::forget_some(tx, before)) {
            Ok(true) => {} // the next turn goes on
            Ok(false) => self.due = now.after(DAY),
            Err(error) => {
                tracing::error!("forgetting old tasks: {error}");
                self.due = now.after(LATER);
            }
        }
    }
}
