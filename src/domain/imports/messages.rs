//! The log of an import, for the person who published.

use std::time::Duration;
use std::time::Instant;

use rusqlite::named_params;

use crate::archive::report::Level;
use crate::archive::report::Report;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::tasks::queue;
use crate::kernel::clock::Clock;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;

/// One line of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// When it was written.
    pub time: Timestamp,
    /// `INFO`, `WARNING`, `ERROR` or `DEBUG`.
    pub level: String,
    /// The text.
    pub message: String,
}

/// How often an import that runs shows what it has said so far, and asks whether anybody still waits for it.
///
/// Most imports are over before: they pay for one transaction only.
const PULSE: Duration = Duration::from_millis(300);

/// The log of an import that runs.
pub struct Log<'a> {
    db: &'a Db,
    clock: &'a Clock,
    task: TaskId,
    lines: Vec<(Timestamp, Level, String)>,
    /// How many of the lines are in the database.
    shown: usize,
    pulse: Instant,
    is_canceled: bool,
}

impl<'a> Log<'a> {
    /// An empty log.
    pub fn new(db: &'a Db, clock: &'a Clock, task: TaskId) -> Self {
        Self {
            db,
            clock,
            task,
            lines: Vec::new(),
            shown: 0,
            pulse: Instant::now() + PULSE,
            is_canceled: false,
        }
    }

    /// Adds to the database what is not there yet. What an interrupted run of the import said goes: this is another.
    pub fn write(&self, tx: &WriteTx<'_>) -> Result<()> {
        if self.shown == 0 {
            tx.prepare_cached("DELETE FROM import_message WHERE task_id = :task")?
                .execute(named_params! {":task": self.task})?;
        }
        let mut statement = tx.prepare_cached(ADD)?;
        for (position, (time, level, message)) in self.lines.iter().enumerate().skip(self.shown) {
            statement.execute(named_params! {
                ":task": self.task, ":position": position, ":time": time,
                ":level": level.as_str(), ":message": message,
            })?;
        }
        Ok(())
    }

    fn beat(&mut self) {
        if Instant::now() < self.pulse {
            return;
        }
        let task = self.task;
        let is_canceled = match self.shown < self.lines.len() {
            true => self.db.write(|tx| {
                self.write(tx)?;
                queue::is_canceling(tx, task)
            }),
            false => self.db.read(|tx| queue::is_canceling(tx, task)),
        };
        match is_canceled {
            Ok(is_canceled) => {
                self.is_canceled = is_canceled;
                self.shown = self.lines.len();
            }
            // The import goes on: all that is lost is that nobody sees it do so.
            Err(error) => tracing::warn!("showing how far an import has come: {error}"),
        }
        self.pulse = Instant::now() + PULSE;
    }
}

impl Report for Log<'_> {
    fn say(&mut self, level: Level, message: String) {
        self.lines.push((self.clock.now(), level, message));
        self.beat();
    }

    fn is_canceled(&mut self) -> bool {
        self.beat();
        self.is_canceled
    }
}

const ADD: &str = "
    INSERT INTO import_message (task_id, position, time, level, message)
    VALUES (:task, :position, :time, :level, :message)";

const ADD_LAST: &str = "
    INSERT INTO import_message (task_id, position, time, level, message)
    SELECT :task, (SELECT coalesce(max(position) + 1, 0) FROM import_message WHERE task_id = :task),
           :now, :level, :message
      FROM collection_import WHERE task_id = :task";

/// Adds the last line to a log in which nobody writes any more. Tasks that are no imports have none.
pub fn close(tx: &WriteTx<'_>, task: TaskId, level: Level, message: &str) -> Result<()> {
    tx.prepare_cached(ADD_LAST)?.execute(named_params! {
        ":task": task, ":now": tx.now, ":level": level.as_str(), ":message": message,
    })?;
    Ok(())
}

const SINCE: &str = "
    SELECT time, level, message FROM import_message
     WHERE task_id = :task AND time > :since ORDER BY position";

/// The lines written after `since`, in order.
pub fn since(tx: &ReadTx<'_>, task: TaskId, since: Timestamp) -> Result<Vec<Message>> {
    let mut statement = tx.prepare_cached(SINCE)?;
    let lines = statement.query_map(named_params! {":task": task, ":since": since}, |row| {
        Ok(Message {
            time: row.get(0)?,
            level: row.get(1)?,
            message: row.get(2)?,
        })
    })?;
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}
