//! The log of an import, for the person who published.

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Clock;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;

/// How loud a message is. `ansible-galaxy` prints the last two at any verbosity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What was done.
    Info,
    /// What should be mended.
    Warning,
    /// What made the import fail.
    Error,
}

impl Level {
    /// The word every API and the database use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

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

/// A log that is being written.
#[derive(Debug)]
pub struct Log<'c> {
    clock: &'c Clock,
    lines: Vec<(Timestamp, Level, String)>,
}

impl<'c> Log<'c> {
    /// An empty log.
    pub fn new(clock: &'c Clock) -> Self {
        Self {
            clock,
            lines: Vec::new(),
        }
    }

    /// Adds a line.
    pub fn add(&mut self, level: Level, message: impl Into<String>) {
        self.lines.push((self.clock.now(), level, message.into()));
    }
}

const ADD: &str = "
    INSERT INTO import_message (task_id, position, time, level, message)
    SELECT :task, coalesce(max(position) + 1, 0), :time, :level, :message
      FROM import_message WHERE task_id = :task";

/// Appends the log to what the import has said before.
pub fn append(tx: &WriteTx<'_>, task: TaskId, log: &Log<'_>) -> Result<()> {
    let mut statement = tx.prepare_cached(ADD)?;
    for (time, level, message) in &log.lines {
        statement.execute(named_params! {
            ":task": task, ":time": time, ":level": level.as_str(), ":message": message,
        })?;
    }
    Ok(())
}

/// Forgets what an interrupted run of the import said: it starts over.
pub fn clear(tx: &WriteTx<'_>, task: TaskId) -> Result<()> {
    tx.prepare_cached("DELETE FROM import_message WHERE task_id = :task")?
        .execute(named_params! {":task": task})?;
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
