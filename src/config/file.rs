//! The settings file: TOML with one `key = value` for each setting, no sections.
//!
//! Unknown keys and wrong types are refused when the file is opened, even where a flag would
//! outrank them. Start reading at [`File::named`].

use std::collections::HashMap;
use std::fs;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::failure::ConfigError;
use crate::config::kind::Form;
use crate::config::setting::Row;
use crate::config::settings::ALL;
use crate::config::settings::CONFIG;
use crate::config::settings::DATA;
use crate::config::source::Source;

/// Longest settings file, in bytes: a few hundred lines need a hundredth of it.
const LIMIT: u64 = 1024 * 1024;

/// Longest key that is compared with the known ones, in bytes: the comparison is quadratic.
const KEY_MAX: usize = 100;

/// How alike a key must be to be offered, between 0 and 1.
const ALIKE: f64 = 0.6;

/// A settings file that was read.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    written: HashMap<&'static str, Written>,
}

#[derive(Debug)]
struct Written {
    text: String,
    line: usize,
}

impl File {
    /// Reads the file that somebody named.
    pub(super) fn named(path: PathBuf) -> Result<Self, ConfigError> {
        let text = read(&path).map_err(|cause| unreadable(&path, cause))?;
        Self::parse(path, text, false)
    }

    /// Reads the file of the data directory, if it is there.
    pub(super) fn found(path: PathBuf) -> Result<Option<Self>, ConfigError> {
        match read(&path) {
            Ok(text) => Self::parse(path, text, true).map(Some),
            Err(cause) if is_missing(&cause) => Ok(None),
            Err(cause) => Err(unreadable(&path, cause)),
        }
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is written for `key`, as text, and where.
    pub(super) fn get(&self, key: &str) -> Option<(&str, Source)> {
        let written = self.written.get(key)?;
        let source = Source::File {
            path: self.path.clone(),
            line: written.line,
        };
        Some((&written.text, source))
    }

    fn parse(path: PathBuf, text: String, found: bool) -> Result<Self, ConfigError> {
        if text.len() as u64 > LIMIT {
            return Err(ConfigError::TooLarge { path, limit: LIMIT });
        }
        let table = DeTable::parse(&text).map_err(|error| ConfigError::Syntax {
            line: line_of(&text, error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
            path: path.clone(),
        })?;
        let mut written = HashMap::new();
        for (key, value) in table.into_inner() {
            let line = line_of(&text, key.span().start);
            let row = known(&path, line, key.get_ref(), value.get_ref())?;
            if let Some(advice) = misplaced(row, found) {
                let key = row.key;
                return Err(ConfigError::Misplaced {
                    path,
                    line,
                    key,
                    advice,
                });
            }
            let text = plain(&path, line, row, value.get_ref())?;
            written.insert(row.key, Written { text, line });
        }
        Ok(Self { path, written })
    }
}

/// At most one byte more than the limit, so that a wrong path costs no memory.
fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let mut file = fs::File::open(path)?.take(LIMIT + 1);
    file.read_to_string(&mut text)?;
    Ok(text)
}

fn unreadable(path: &Path, cause: io::Error) -> ConfigError {
    let path = path.to_owned();
    ConfigError::Unreadable { path, cause }
}

/// A data directory that is a file is no matter of the settings; whoever opens it will say so.
fn is_missing(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.bytes().take(offset);
    before.filter(|byte| *byte == b'\n').count() + 1
}

fn known(
    path: &Path,
    line: usize,
    key: &str,
    value: &DeValue<'_>,
) -> Result<&'static Row, ConfigError> {
    if let Some(row) = ALL.iter().find(|row| row.key == key) {
        return Ok(row);
    }
    let advice = match nearest(key) {
        Some(near) => format!("did you mean `{near}`?"),
        None if value.is_table() => "write the settings one by one, without [sections]".to_owned(),
        None => "`pocket-galaxy config show` lists the known ones".to_owned(),
    };
    Err(ConfigError::Unknown {
        path: path.to_owned(),
        line,
        key: key.chars().take(KEY_MAX).collect(),
        advice,
    })
}

/// The known key somebody may have meant; the name of its variable leads there, too.
fn nearest(key: &str) -> Option<&'static str> {
    if key.len() > KEY_MAX {
        return None;
    }
    let variable = key.to_ascii_uppercase();
    let exact = ALL
        .iter()
        .find(|row| row.variable.spellings().contains(&variable));
    if let Some(row) = exact {
        return Some(row.key);
    }
    let key = key.to_ascii_lowercase();
    ALL.iter()
        .map(|row| {
            (
                strsim::normalized_damerau_levenshtein(&key, row.key),
                row.key,
            )
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, near)| near)
}

/// Where to set `row` instead, when it has no place in this file.
fn misplaced(row: &Row, found: bool) -> Option<&'static str> {
    if row.key == CONFIG.key {
        Some("this is the settings file; name another with --config or GALAXY_CONFIG")
    } else if row.key == DATA.key && found {
        Some(
            "the file was found in the data directory; give --data or GALAXY_DATA, \
             or name the file with --config",
        )
    } else {
        None
    }
}

/// Brings a TOML value to the text that flag and environment would use.
fn plain(path: &Path, line: usize, row: &Row, value: &DeValue<'_>) -> Result<String, ConfigError> {
    let text = match (row.form, value) {
        (Form::Text | Form::Secret | Form::Size | Form::List, DeValue::String(text)) => {
            Some(text.to_string())
        }
        (Form::Switch, DeValue::Boolean(switch)) => Some(switch.to_string()),
        (Form::Number | Form::Size, DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(|number| number.to_string())
        }
        (Form::List, DeValue::Array(items)) => {
            let texts: Option<Vec<&str>> =
                items.iter().map(|item| item.get_ref().as_str()).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    };
    text.ok_or_else(|| {
        let path = path.to_owned();
        ConfigError::WrongType {
            place: Source::File { path, line }.place(row),
            expected: row.form.described(),
            found: with_article(value.type_str()),
        }
    })
}

fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<File, ConfigError> {
        File::parse(PathBuf::from("galaxy.toml"), text.to_owned(), true)
    }

    fn written(text: &str, key: &str) -> String {
        parse(text).unwrap().get(key).unwrap().0.to_owned()
    }

    #[test]
    fn every_form_comes_out_as_the_text_a_flag_would_have() {
        assert_eq!(written("workers = 4", "workers"), "4");
        assert_eq!(
            written("max_upload_size = 0x400", "max_upload_size"),
            "1024"
        );
        assert_eq!(written("max_upload_size = '1 K'", "max_upload_size"), "1 K");
        let text = "auto_create_namespaces = false";
        assert_eq!(written(text, "auto_create_namespaces"), "false");
        let text = "trusted_proxies = [\"10.0.0.1\", \"::1\"]";
        assert_eq!(written(text, "trusted_proxies"), "10.0.0.1,::1");
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        for text in [
            "listen = 8000",
            "listen = [\"127.0.0.1:8000\"]",
            "workers = 2.5",
            "workers = 99999999999999999999",
            "auto_create_namespaces = \"true\"",
            "trusted_proxies = [10]",
            "log_level = 2026-03-01",
            "data.path = \"here\"",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_typing_error_finds_the_nearest_key() {
        assert_eq!(nearest("lisen"), Some("listen"));
        assert_eq!(nearest("max-upload-size"), Some("max_upload_size"));
        assert_eq!(nearest("pulp_content_origin"), Some("content_origin"));
        assert_eq!(nearest("Workers"), Some("workers"));
        assert_eq!(nearest("zzz"), None);
        assert_eq!(nearest(""), None);
        assert_eq!(nearest(&"listen".repeat(10_000)), None);
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_with_its_line() {
        let message = parse("workers = 1\nworkers = 2").unwrap_err().to_string();
        assert!(message.starts_with("galaxy.toml, line 2: "), "{message}");
    }

    #[test]
    fn a_file_of_any_length_costs_bounded_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.toml");
        fs::write(&path, "#".repeat(3 * LIMIT as usize)).unwrap();
        assert_eq!(read(&path).unwrap().len() as u64, LIMIT + 1);
        let error = File::named(path).unwrap_err();
        assert!(matches!(error, ConfigError::TooLarge { .. }));
    }
}
