//! Where a value came from, for `config show` and for messages.

use std::fmt;
use std::path::PathBuf;

use crate::config::setting::Row;

/// The layer that decided a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    Flag,
    /// The environment variable of this name.
    Environment(String),
    /// A line of the settings file, counted from 1.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// Nobody: the default holds.
    Default,
}

impl Source {
    /// The place where somebody would change the value of `row`, to begin a message with.
    pub(super) fn place(&self, row: &Row) -> String {
        match self {
            Self::Flag => format!("--{}", row.flag()),
            Self::Environment(name) => name.clone(),
            Self::File { .. } => format!("`{}` in {self}", row.key),
            Self::Default => format!("the default of `{}`", row.key),
        }
    }
}

/// `flag`, `environment GALAXY_LISTEN`, `/etc/galaxy.toml, line 3` or `default`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One setting as `config show` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The key in the settings file.
    pub key: &'static str,
    /// The value, secrets masked; `None` when it is unset.
    pub value: Option<String>,
    /// Who decided it.
    pub source: Source,
}

/// `listen = 127.0.0.1:8000 (default)`.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.as_deref().unwrap_or("unset");
        write!(f, "{} = {value} ({})", self.key, self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_setting_tells_its_value_and_its_source() {
        let mut shown = Shown {
            key: "listen",
            value: Some("127.0.0.1:1".to_owned()),
            source: Source::Environment("GALAXY_LISTEN".to_owned()),
        };
        let text = "listen = 127.0.0.1:1 (environment GALAXY_LISTEN)";
        assert_eq!(shown.to_string(), text);
        shown.value = None;
        shown.source = Source::Default;
        assert_eq!(shown.to_string(), "listen = unset (default)");
    }
}
