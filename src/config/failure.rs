//! What can be wrong with the settings, said so that it can be put right.

use std::io;
use std::path::PathBuf;

/// Why the settings cannot be used. The text names the place and what belongs there, and
/// never contains the value of a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The settings file cannot be opened or read.
    #[error("cannot read the settings file {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The settings file is longer than any settings file.
    #[error("the settings file {} is larger than {limit} bytes; is it the right file?", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The settings file is not TOML.
    #[error("{}, line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// The settings file holds a key that is none.
    #[error("unknown setting `{key}` in {}, line {line}; {advice}", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The key, cut short when it is very long.
        key: String,
        /// The nearest key, or how to find one.
        advice: String,
    },
    /// The settings file holds a key that has no place there.
    #[error("`{key}` cannot be set in {}, line {line}: {advice}", path.display())]
    Misplaced {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The key.
        key: &'static str,
        /// Where to set it instead.
        advice: &'static str,
    },
    /// A value of the settings file has the wrong TOML type.
    #[error("{place}: expected {expected}; found {found}")]
    WrongType {
        /// Where it was written.
        place: String,
        /// The form it should have.
        expected: &'static str,
        /// The type it has.
        found: String,
    },
    /// A switch is on that does nothing unless another one is.
    #[error("`{setting}` does nothing without `{without}`: switch both on, or the first one off")]
    Pointless {
        /// The one that is on.
        setting: &'static str,
        /// The one that is off.
        without: &'static str,
    },
    /// A value cannot be understood.
    #[error("{place}: {value} is not {expected}")]
    Value {
        /// Where it was written.
        place: String,
        /// The value in quotes, or words that stand for it.
        value: String,
        /// What it should be, with an example.
        expected: &'static str,
    },
}
