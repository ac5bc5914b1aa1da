//! What the reading of an artifact says while it goes on, and how it is told to stop.

use serde::Serialize;
use serde::Serializer;

/// How loud a line is. `ansible-galaxy` prints the last two at any verbosity.
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

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Whoever follows the reading of an artifact.
pub trait Report {
    /// Hears a line for the person who publishes.
    fn say(&mut self, level: Level, message: String);

    /// Whether nobody waits for the result any more. Asked often, so it should be cheap.
    fn is_canceled(&mut self) -> bool {
        false
    }
}

/// Nobody follows.
impl Report for () {
    fn say(&mut self, _level: Level, _message: String) {}
}

impl dyn Report + '_ {
    pub(super) fn info(&mut self, message: impl Into<String>) {
        self.say(Level::Info, message.into());
    }

    pub(super) fn warn(&mut self, message: impl Into<String>) {
        self.say(Level::Warning, message.into());
    }
}
