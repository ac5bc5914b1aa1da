//! `check`: what a publish would say about files, before anybody publishes them.
//!
//! Reads and never writes: with no hub there is none afterwards either. Start reading at [`run`].

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Arg;
use clap::ArgMatches;
use clap::Command;
use clap::value_parser;

use crate::archive::collection::Reading;
use crate::archive::docs::fragments::Library;
use crate::archive::limits::Limits;
use crate::archive::report::Level;
use crate::cli::beside;
use crate::cli::complain;
use crate::cli::say;
use crate::config as settings;
use crate::config::Config;
use crate::db::Db;
use crate::domain::collections::documentation::HubLibrary;
use crate::domain::imports::check;
use crate::domain::imports::check::Findings;
use crate::kernel::clock::Clock;
use crate::kernel::name::ArtifactName;
use crate::serve;

/// The status of a wrong command line, as clap has it: 1 is said of files only.
const USAGE: u8 = 2;
/// Kinds that are words for many already, or names of folders.
const UNCOUNTED: [&str; 3] = ["doc_fragments", "module_utils", "patterns"];
/// Kinds that people do not call plugins.
const NO_PLUGINS: [&str; 3] = ["module", "playbook", "role"];

/// The command `check`.
pub(super) fn command() -> Command {
    let file = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .num_args(1..)
        .value_parser(value_parser!(PathBuf))
        .help("A collection as ansible-galaxy collection build makes it: namespace-name-version.tar.gz");
    let format = beside::option("format", "FORMAT", "How the findings are written")
        .value_parser(["human", "json"])
        .default_value("human");
    Command::new("check")
        .about("Tell what a publish would say about files; the exit status is 1 if one would be refused")
        .args([file, format, beside::switch("verbose", "Tell also what was done")])
        .args(settings::args(&settings::CHECKING))
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let config = match Config::load(matches) {
        Ok(config) => config,
        Err(error) => {
            complain("error", &error.to_string());
            return Ok(ExitCode::from(USAGE));
        }
    };
    let hub = hub(&config);
    let hub = hub.as_ref().map(HubLibrary);
    let checker = Checker {
        max_size: config.storage.max_upload_size,
        limits: serve::limits(&config),
        library: hub.as_ref().map_or(&(), |hub| hub),
    };
    let files = matches.get_many::<PathBuf>("file").unwrap_or_default();
    let findings = files.map(|file| checker.check(file));
    let mut all_ok = true;
    if matches
        .get_one::<String>("format")
        .is_some_and(|format| format == "json")
    {
        let findings: Vec<Findings> = findings.collect();
        say(&[serde_json::to_string_pretty(&findings)?])?;
        all_ok = findings.iter().all(|one| one.ok);
    } else {
        for one in findings {
            say(&told(&one, matches.get_flag("verbose")))?;
            all_ok &= one.ok;
        }
    }
    Ok(match all_ok {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// The hub whose documentation fragments are known, if there is one. Without it every file can still be judged.
fn hub(config: &Config) -> Option<Db> {
    serve::look_into_database(config, Clock::System).unwrap_or_else(|error| {
        let data = config.storage.data.display();
        complain(
            "warning",
            &format!("the documentation fragments in {data} are not known: {error:#}"),
        );
        None
    })
}

struct Checker<'a> {
    max_size: u64,
    limits: Limits,
    library: &'a dyn Library,
}

impl Checker<'_> {
    fn check(&self, path: &Path) -> Findings {
        let file = path.display().to_string();
        let base = path.file_name().unwrap_or_default().to_string_lossy();
        let name = match ArtifactName::parse(&base) {
            Ok(name) => name,
            Err(error) => return Findings::refused(&file, None, error),
        };
        let refused = |error: String| Findings::refused(&file, Some(&name), error);
        let unreadable = |error| refused(format!("The file cannot be read: {error}"));
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let mut bytes = match opened {
            Ok((size, _)) if size > self.max_size => return refused(self.too_large()),
            Ok((_, bytes)) => bytes,
            Err(error) => return unreadable(error),
        };
        let reading = Reading {
            expected: &name,
            limits: &self.limits,
            library: self.library,
        };
        check::check(&file, &mut bytes, reading, &|| false).unwrap_or_else(unreadable)
    }

    fn too_large(&self) -> String {
        let limit = self.max_size;
        format!(
            "The file is larger than {limit} bytes, the limit of the server for one upload (max_upload_size)"
        )
    }
}

/// The findings for people: a heading, what should be mended, and what would come of it.
fn told(findings: &Findings, is_verbose: bool) -> Vec<String> {
    let mut lines = vec![shown(&findings.file)];
    let said = findings
        .messages
        .iter()
        .map(|line| (line.level, &line.message));
    let refused = findings.error.iter().map(|error| (Level::Error, error));
    lines.extend(
        said.chain(refused)
            .filter(|(level, _)| is_verbose || *level != Level::Info)
            .map(|(level, text)| format!("  {:<8} {}", level.as_str(), shown(text))),
    );
    lines.push(format!("  {}", verdict(findings)));
    lines
}

/// `acme.tools 1.0.0: 12 modules, 2 roles; 1 warning; may be published`
fn verdict(findings: &Findings) -> String {
    let title = match (&findings.namespace, &findings.name, &findings.version) {
        (Some(namespace), Some(name), Some(version)) => format!("{namespace}.{name} {version}: "),
        _ => String::new(),
    };
    let mut parts = Vec::new();
    if findings.ok {
        parts.push(contents(findings));
    }
    let warnings = findings.messages.iter();
    let warnings = warnings.filter(|line| line.level == Level::Warning).count();
    if warnings > 0 {
        parts.push(counted(warnings, "warning"));
    }
    let end = match findings.ok {
        true => "may be published",
        false => "would be refused",
    };
    parts.push(end.to_owned());
    format!("{title}{}", parts.join("; "))
}

fn contents(findings: &Findings) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &findings.contents {
        *counts.entry(line.content_type).or_default() += 1;
    }
    let counted = |(kind, count): (&str, usize)| {
        let word = kind.rsplit('/').next().unwrap_or(kind);
        match word {
            word if UNCOUNTED.contains(&word) => format!("{count} {word}"),
            word if NO_PLUGINS.contains(&word) => counted(count, word),
            word => counted(count, &format!("{word} plugin")),
        }
    };
    match counts.is_empty() {
        true => "no plugins, no roles".to_owned(),
        false => counts
            .into_iter()
            .map(counted)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn counted(count: usize, word: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {word}{ending}")
}

/// Text as it may stand on a terminal: what comes out of a file must not move the cursor.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\n           "),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::archive::docs::ContentLine;
    use crate::domain::imports::check::Line;

    fn findings(kinds: &[&'static str], messages: &[(Level, &str)]) -> Findings {
        let name = ArtifactName::parse("acme-tools-1.0.0.tar.gz").unwrap();
        let content = |content_type: &&'static str| ContentLine {
            name: "x".to_owned(),
            content_type,
            description: None,
        };
        let line = |(level, message): &(Level, &str)| Line {
            level: *level,
            message: (*message).to_owned(),
        };
        Findings {
            ok: true,
            error: None,
            contents: kinds.iter().map(content).collect(),
            messages: messages.iter().map(line).collect(),
            ..Findings::refused("f", Some(&name), "")
        }
    }

    #[test]
    fn the_last_line_tells_what_is_in_it_and_what_becomes_of_it() {
        let kinds = [
            "module",
            "role",
            "module",
            "filter",
            "eda/plugins/event_source",
            "doc_fragments",
        ];
        assert_eq!(
            verdict(&findings(
                &kinds,
                &[(Level::Warning, "w"), (Level::Info, "i")]
            )),
            "acme.tools 1.0.0: 1 doc_fragments, 1 event_source plugin, 1 filter plugin, 2 modules, 1 role; 1 warning; \
             may be published"
        );
        let empty = "acme.tools 1.0.0: no plugins, no roles; may be published";
        assert_eq!(verdict(&findings(&[], &[])), empty);
        let refused = Findings::refused("notes.txt", None, "no artifact");
        assert_eq!(verdict(&refused), "would be refused");
    }

    #[test]
    fn what_was_done_is_told_to_those_who_ask() {
        let findings = findings(
            &[],
            &[(Level::Info, "read"), (Level::Warning, "odd\u{1b}[2J\nx")],
        );
        let brief = told(&findings, false);
        assert_eq!(brief[1], "  WARNING  odd\\u{1b}[2J\n           x");
        assert_eq!((brief.len(), told(&findings, true).len()), (3, 4));
    }
}
