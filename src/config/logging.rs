//! What is logged, and in which shape.

use std::fmt;

use crate::config::failure::ConfigError;
use crate::config::kind::Form;
use crate::config::kind::Kind;
use crate::config::layers::Layers;
use crate::config::settings;

/// The log.
#[derive(Debug, Clone)]
pub struct Logging {
    /// A level, or a list such as `info,pocket_galaxy::http=debug`: the usual filter syntax.
    pub level: String,
    /// The shape of a line.
    pub format: LogFormat,
}

impl Logging {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            level: layers.read(&settings::LOG_LEVEL)?,
            format: layers.read(&settings::LOG_FORMAT)?,
        })
    }
}

/// The shape of a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// [`Human`](Self::Human) on a terminal, [`Json`](Self::Json) elsewhere.
    Auto,
    /// For eyes.
    Human,
    /// One JSON object for each event.
    Json,
}

impl LogFormat {
    fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Human, Self::Json]
            .into_iter()
            .find(|format| text.eq_ignore_ascii_case(format.as_str()))
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Human => "human",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One of the three shapes.
pub(super) const FORMAT: Kind<LogFormat> = Kind {
    placeholder: "FORMAT",
    expected: "auto, human or json",
    form: Form::Text,
    read: LogFormat::parse,
    show: LogFormat::to_string,
};

/// A level, or levels for targets.
pub(super) const FILTER: Kind<String> = Kind {
    placeholder: "LEVEL",
    expected: "error, warn, info, debug, trace, or a list such as info,pocket_galaxy::http=debug",
    form: Form::Text,
    read: filter,
    show: String::clone,
};

/// Spaces are dropped; every part must end in a level, so that a typing error is not taken
/// for the name of a target and silently hides the log.
fn filter(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_directive = |part: &&str| match part.rsplit_once('=') {
        Some((target, level)) => !target.is_empty() && is_level(level),
        None => is_level(part),
    };
    parts.iter().all(is_directive).then(|| parts.join(","))
}

fn is_level(text: &str) -> bool {
    ["off", "error", "warn", "info", "debug", "trace"]
        .iter()
        .any(|level| text.eq_ignore_ascii_case(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_level_or_levels_for_targets() {
        assert_eq!(filter("info").as_deref(), Some("info"));
        assert_eq!(filter("DEBUG").as_deref(), Some("DEBUG"));
        let list = filter("warn, pocket_galaxy::http=trace");
        assert_eq!(list.as_deref(), Some("warn,pocket_galaxy::http=trace"));
        for text in ["", "verbose", "info,", "=debug", "http=loud", "warning"] {
            assert_eq!(filter(text), None, "{text}");
        }
    }

    #[test]
    fn a_format_is_one_of_three() {
        assert_eq!(LogFormat::parse("JSON"), Some(LogFormat::Json));
        assert_eq!(LogFormat::parse("xml"), None);
    }
}
