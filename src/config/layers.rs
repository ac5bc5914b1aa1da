//! Precedence: flag, environment, file, default; the first that speaks decides.
//!
//! Start reading at [`Layers::read`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgMatches;

use crate::config::FILE_NAME;
use crate::config::failure::ConfigError;
use crate::config::file::File;
use crate::config::setting::Row;
use crate::config::setting::Setting;
use crate::config::settings::ALL;
use crate::config::settings::CONFIG;
use crate::config::settings::DATA;
use crate::config::source::Shown;
use crate::config::source::Source;

/// The four layers, and a record of what was read from them.
pub(super) struct Layers<'a> {
    flags: Option<&'a ArgMatches>,
    environment: &'a dyn Fn(&str) -> Option<OsString>,
    file: Option<File>,
    shown: Vec<Shown>,
}

impl<'a> Layers<'a> {
    /// Finds and reads the settings file: the one that flag or environment names, which must
    /// exist, or else the one in the data directory, which may be missing.
    pub(super) fn open(
        flags: Option<&'a ArgMatches>,
        environment: &'a dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let mut layers = Self {
            flags,
            environment,
            file: None,
            shown: Vec::with_capacity(ALL.len()),
        };
        let (named, source) = layers.resolve(&CONFIG)?;
        layers.file = match named {
            Some(path) => Some(File::named(path)?),
            None => {
                let (data, _) = layers.resolve(&DATA)?;
                File::found(data.join(FILE_NAME))?
            }
        };
        layers.record(&CONFIG, &layers.file_path(), source);
        Ok(layers)
    }

    /// Nothing but defaults.
    pub(super) fn defaults() -> Self {
        let mut layers = Self {
            flags: None,
            environment: &|_| None,
            file: None,
            shown: Vec::with_capacity(ALL.len()),
        };
        layers.record(&CONFIG, &None, Source::Default);
        layers
    }

    /// The value of a setting, from the first layer that has one.
    pub(super) fn read<T>(&mut self, setting: &Setting<T>) -> Result<T, ConfigError> {
        let (value, source) = self.resolve(setting)?;
        self.record(setting, &value, source);
        Ok(value)
    }

    /// The settings file, if there is one.
    pub(super) fn file_path(&self) -> Option<PathBuf> {
        self.file.as_ref().map(|file| file.path().to_owned())
    }

    /// What was read, in the order of the table.
    pub(super) fn into_shown(mut self) -> Vec<Shown> {
        self.shown
            .sort_by_key(|shown| ALL.iter().position(|row| row.key == shown.key));
        self.shown
    }

    fn record<T>(&mut self, setting: &Setting<T>, value: &T, source: Source) {
        let text = (setting.kind.show)(value);
        self.shown.push(Shown {
            key: setting.key,
            value: (!text.is_empty()).then_some(text),
            source,
        });
    }

    fn resolve<T>(&self, setting: &Setting<T>) -> Result<(T, Source), ConfigError> {
        let row = setting.row();
        let (text, source) = self.text(&row)?;
        // Spaces around a value are never meant, except in a password.
        let trimmed = if row.is_secret() { &text } else { text.trim() };
        match (setting.kind.read)(trimmed) {
            Some(value) => Ok((value, source)),
            None => Err(ConfigError::Value {
                place: source.place(&row),
                value: quoted(&row, trimmed),
                expected: setting.kind.expected,
            }),
        }
    }

    fn text(&self, row: &Row) -> Result<(String, Source), ConfigError> {
        if let Some(text) = self.flag(row) {
            return Ok((text.to_owned(), Source::Flag));
        }
        for name in row.variable.spellings() {
            if let Some(text) = self.variable(row, &name)? {
                return Ok((text, Source::Environment(name)));
            }
        }
        if let Some((text, source)) = self.file.as_ref().and_then(|file| file.get(row.key)) {
            return Ok((text.to_owned(), source));
        }
        Ok((row.default.text(), Source::Default))
    }

    fn flag(&self, row: &Row) -> Option<&'a str> {
        // An error says that this command does not carry the flag.
        let given = self.flags?.try_get_one::<String>(row.key).ok()?;
        given.map(String::as_str)
    }

    /// An empty variable counts as unset: compose files and unit files cannot leave one out.
    fn variable(&self, row: &Row, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(value) = (self.environment)(name) else {
            return Ok(None);
        };
        let Ok(text) = value.into_string() else {
            return Err(ConfigError::Value {
                place: name.to_owned(),
                value: "the value".to_owned(),
                expected: "UTF-8 text",
            });
        };
        let trimmed = if row.is_secret() { &text } else { text.trim() };
        let bare = unquoted(trimmed);
        Ok((!bare.trim().is_empty()).then(|| bare.to_owned()))
    }
}

/// Takes off one pair of quotes: Galaxy NG reads its environment as TOML, where they are
/// usual, and `docker run --env-file` passes them on.
fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

/// A value for a message: in quotes, cut to a length that fits a line, and never a secret.
fn quoted(row: &Row, text: &str) -> String {
    const LONGEST: usize = 100;
    if row.is_secret() {
        "the value".to_owned()
    } else if text.chars().count() > LONGEST {
        let start: String = text.chars().take(LONGEST).collect();
        format!("{start:?}…")
    } else {
        format!("{text:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::config::settings::ADMIN_PASSWORD;

    #[test]
    fn one_pair_of_quotes_is_taken_off() {
        assert_eq!(unquoted("\"true\""), "true");
        assert_eq!(unquoted("''true''"), "'true'");
        assert_eq!(unquoted("\"true'"), "\"true'");
        assert_eq!(unquoted("\""), "\"");
    }

    #[test]
    fn a_message_quotes_a_value_shortly_and_no_secret() {
        assert_eq!(quoted(&DATA.row(), "a\nb"), "\"a\\nb\"");
        assert!(quoted(&DATA.row(), &"x".repeat(5000)).len() < 120);
        assert_eq!(quoted(&ADMIN_PASSWORD.row(), "hunter"), "the value");
    }
}
