//! Checking a file before it is published: what its import would say, with nothing kept of it.
//!
//! The findings are written as they stand here, by the command line and by the API: one shape for scripts that
//! move from the one to the other. Start reading at [`check`].

use std::io;
use std::io::Read;
use std::io::Seek;

use serde::Serialize;

use crate::archive::collection::Collection;
use crate::archive::collection::Reading;
use crate::archive::docs::ContentLine;
use crate::archive::limits::Limits;
use crate::archive::rejection::Rejection;
use crate::archive::report::Level;
use crate::archive::report::Report;
use crate::content;
use crate::content::staging::Staged;
use crate::db::Db;
use crate::domain::collections::documentation::HubLibrary;
use crate::domain::imports::run;
use crate::kernel::error::Result;
use crate::kernel::name::ArtifactName;

/// What is to be said about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// The file, as whoever has it calls it.
    pub file: String,
    /// The namespace in the file name; `None` where the file name is no artifact's.
    pub namespace: Option<String>,
    /// The name of the collection in the file name, likewise.
    pub name: Option<String>,
    /// The version in the file name, likewise.
    pub version: Option<String>,
    /// Whether an import would succeed.
    pub ok: bool,
    /// The sentence it would fail with.
    pub error: Option<String>,
    /// The releases of ansible-core it runs on; `None` if it is refused.
    pub requires_ansible: Option<String>,
    /// What is in it; nothing if it is refused.
    pub contents: Vec<ContentLine>,
    /// The log that the import would have.
    pub messages: Vec<Line>,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// How loud it is.
    pub level: Level,
    /// The text.
    pub message: String,
}

impl Findings {
    /// The findings about a file that is not even read; `name` is what its file name says.
    pub fn refused(file: &str, name: Option<&ArtifactName>, error: impl ToString) -> Self {
        Self {
            file: file.to_owned(),
            namespace: name.map(|name| name.namespace.clone()),
            name: name.map(|name| name.name.clone()),
            version: name.map(|name| name.version.as_str().to_owned()),
            ok: false,
            error: Some(error.to_string()),
            requires_ansible: None,
            contents: Vec::new(),
            messages: Vec::new(),
        }
    }

    fn accepted(file: &str, name: &ArtifactName, collection: Collection) -> Self {
        Self {
            ok: true,
            error: None,
            requires_ansible: Some(collection.requires_ansible),
            contents: collection.docs.contents,
            ..Self::refused(file, Some(name), "")
        }
    }
}

/// Reads `bytes` as an import would, and collects what that says. `file` is what they are called.
///
/// Ends early once `is_given_up`. Fails only when the bytes cannot be read.
pub fn check(
    file: &str,
    bytes: &mut (impl Read + Seek),
    reading: Reading<'_>,
    is_given_up: &dyn Fn() -> bool,
) -> io::Result<Findings> {
    let mut lines = Lines {
        said: Vec::new(),
        is_given_up,
    };
    let findings = match run::examine(bytes, reading, &mut lines) {
        Ok(collection) => Findings::accepted(file, reading.expected, collection),
        Err(Rejection::Io(error)) => return Err(error),
        Err(rejection) => Findings::refused(file, Some(reading.expected), rejection),
    };
    Ok(Findings {
        messages: lines.said,
        ..findings
    })
}

/// [`check`]s an upload beside the collections of the hub, and drops it.
pub fn check_upload(
    (db, limits): (&Db, &Limits),
    name: &ArtifactName,
    mut staged: Staged,
    is_given_up: &dyn Fn() -> bool,
) -> Result<Findings> {
    let reading = Reading {
        expected: name,
        limits,
        library: &HubLibrary(db),
    };
    check(&name.to_string(), staged.file(), reading, is_given_up).map_err(content::storage)
}

/// A log in memory.
struct Lines<'a> {
    said: Vec<Line>,
    is_given_up: &'a dyn Fn() -> bool,
}

impl Report for Lines<'_> {
    fn say(&mut self, level: Level, message: String) {
        self.said.push(Line { level, message });
    }

    fn is_canceled(&mut self) -> bool {
        (self.is_given_up)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::sample;
    use crate::archive::sample::Sample;
    use serde_json::json;
    use std::io::Cursor;

    const FILE: &str = "acme-tools-1.0.0.tar.gz";

    fn checked(sample: &Sample, is_given_up: bool) -> Findings {
        let reading = Reading {
            expected: &ArtifactName::parse(FILE).unwrap(),
            limits: &Limits::default(),
            library: &(),
        };
        let mut bytes = Cursor::new(sample::gzip(&sample.tar()));
        check(FILE, &mut bytes, reading, &|| is_given_up).unwrap()
    }

    #[test]
    fn findings_are_written_in_one_shape() {
        let sample = Sample::new()
            .with_directory("plugins/modules")
            .with_file("plugins/modules/m.py", b"x = 1\n");
        let written = serde_json::to_value(checked(&sample, false)).unwrap();
        let messages = written["messages"].as_array().unwrap();
        assert_eq!(messages[0]["level"], "INFO");
        let warned = messages.iter().any(|line| line["level"] == "WARNING");
        assert!(warned, "{messages:?}");
        let expected = json!({
            "file": FILE, "namespace": "acme", "name": "tools", "version": "1.0.0", "ok": true, "error": null,
            "requires_ansible": ">=2.15.0",
            "contents": [{"name": "m", "content_type": "module", "description": null}],
            "messages": messages,
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn a_refused_file_keeps_what_was_said_before_the_refusal() {
        let mut sample = Sample::new();
        sample.info["readme"] = json!("NOPE.md");
        let findings = checked(&sample, false);
        assert!(!findings.ok && findings.contents.is_empty());
        assert_eq!(findings.error.unwrap(), "Could not find file NOPE.md");
        assert_eq!(findings.requires_ansible, None);
        let first = &findings.messages[0].message;
        assert!(first.starts_with("Importing with galaxy-importer"));
    }

    #[test]
    fn whoever_gives_up_costs_no_more_time() {
        let findings = checked(&Sample::new(), true);
        assert_eq!(findings.error.unwrap(), "canceled");
        assert_eq!(findings.messages.len(), 1);
    }

    #[test]
    fn what_is_no_artifact_has_no_name() {
        let findings = Findings::refused("notes.txt", None, "no artifact");
        let written = serde_json::to_value(&findings).unwrap();
        assert_eq!(
            (&written["name"], &written["ok"]),
            (&json!(null), &json!(false))
        );
        assert_eq!(written["error"], "no artifact");
    }
}
