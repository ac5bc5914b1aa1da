//! `apply` and `export-config`: what a hub is to be, as a file.
//!
//! `apply` reads a file of any of three formats into values with lines, those into the document, and hands it to the
//! domain. `export-config` goes the other way. Start reading at [`run`].

mod decode;
mod export;
mod from_json;
mod from_toml;
mod from_yaml;
mod node;
mod secrets;
mod to_yaml;

pub(super) use export::command as export_command;
pub(super) use export::run as export;

use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Arg;
use clap::ArgMatches;
use clap::Command;
use clap::value_parser;

use crate::cli::apply::node::Node;
use crate::cli::apply::node::Trouble;
use crate::cli::beside;
use crate::cli::complain;
use crate::cli::say;
use crate::config::Config;
use crate::domain::apply;
use crate::domain::apply::Difference;
use crate::domain::apply::Fault;
use crate::domain::apply::Refusal;
use crate::domain::apply::Wishes;
use crate::domain::apply::document;
use crate::domain::apply::document::Document;
use crate::kernel::clock::Clock;
use crate::serve;

/// Longest document, in bytes.
const LIMIT: u64 = 16 * 1024 * 1024;
/// The status of `--plan --exit-code` when there is something to do.
const CHANGES: u8 = 2;
/// The formats there are.
const FORMATS: [&str; 3] = ["yaml", "toml", "json"];

/// The command `apply`.
pub(super) fn command() -> Command {
    let file = Arg::new("file")
        .value_name("FILE")
        .required_unless_present("schema")
        .value_parser(value_parser!(PathBuf))
        .help("A document in YAML, TOML or JSON; - reads standard input");
    let format = "What the document is written in, if its name does not tell";
    let exit_code = "With --plan: the exit status is 2 if something would change";
    let prune = "Also remove what the sections of the document do not name, and what the lists in it do not";
    let schema = "Print the JSON Schema of documents";
    let about =
        "Make users, groups, roles, namespaces, repositories and remotes as a document says";
    beside::command("apply", about)
        .arg(file)
        .arg(beside::option("format", "FORMAT", format).value_parser(FORMATS))
        .arg(beside::switch(
            "plan",
            "Print what would change, and change nothing",
        ))
        .arg(beside::switch("exit-code", exit_code).requires("plan"))
        .arg(beside::switch("prune", prune))
        .arg(beside::switch("schema", schema).exclusive(true))
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    if matches.get_flag("schema") {
        say(&[serde_json::to_string_pretty(&document::schema())?])?;
        return Ok(ExitCode::SUCCESS);
    }
    let file: &PathBuf = matches.get_one("file").context("FILE is missing")?;
    let config = Config::load(matches)?;
    let mut document = match read(file, matches.get_one::<String>("format"))? {
        Ok(document) => document,
        Err(faults) => return Ok(refuse(file, &faults)),
    };
    let faults = secrets::fetch(&mut document, file);
    if !faults.is_empty() {
        return Ok(refuse(file, &faults));
    }
    let wishes = Wishes {
        prune: matches.get_flag("prune"),
        minimum_password_length: config.access.minimum_password_length,
        cost: serve::cost(&config)?,
        base_paths: vec![
            config.publishing.default_base_path.clone(),
            config.publishing.staging_base_path.clone(),
        ],
    };
    let is_plan = matches.get_flag("plan");
    let outcome = match is_plan {
        true => {
            let looked = serve::look_into_database(&config, Clock::System)?;
            // Where there is no hub, joining it says what to do.
            let db = looked.map_or_else(|| serve::join_database(&config, Clock::System), Ok)?;
            apply::plan(&db, &document, &wishes)
        }
        false => {
            let db = serve::join_database(&config, Clock::System)?;
            apply::apply(&db, &document, &wishes)
        }
    };
    match outcome {
        Ok(difference) => {
            tell(&difference, is_plan)?;
            let is_told = is_plan && matches.get_flag("exit-code") && !difference.is_empty();
            Ok(ExitCode::from(if is_told { CHANGES } else { 0 }))
        }
        Err(Refusal::Faults(faults)) => Ok(refuse(file, &faults)),
        Err(Refusal::Broken(error)) => Err(error.into()),
    }
}

fn tell(difference: &Difference, is_plan: bool) -> anyhow::Result<()> {
    say(&difference.lines)?;
    say(&[match (difference.is_empty(), is_plan) {
        (true, _) => "Nothing to do: everything is as declared.".to_owned(),
        (false, true) => format!("Planned: {difference}. Nothing was changed."),
        (false, false) => format!("Done: {difference}."),
    }])
}

/// Says everything that is wrong, each where it is.
fn refuse(file: &Path, faults: &[Fault]) -> ExitCode {
    let file = file.display();
    for Fault { line, message } in faults {
        match line {
            0 => complain(&file.to_string(), message),
            line => complain(&format!("{file}:{line}"), message),
        }
    }
    complain("error", "nothing was changed");
    ExitCode::FAILURE
}

/// The document in a file, or everything that keeps it from being one.
fn read(file: &Path, format: Option<&String>) -> anyhow::Result<Result<Document, Vec<Fault>>> {
    let shown = file.display();
    let ending = file.extension().and_then(|ending| ending.to_str());
    let reader: fn(&str) -> Result<Node, Trouble> = match format.map(String::as_str).or(ending) {
        Some("yaml" | "yml") => from_yaml::read,
        Some("toml") => from_toml::read,
        Some("json") => from_json::read,
        _ => anyhow::bail!(
            "the name of {shown} does not end in .yaml, .yml, .toml or .json; say what it is with --format"
        ),
    };
    let text = text_of(file).with_context(|| format!("cannot read {shown}"))?;
    anyhow::ensure!(
        text.len() as u64 <= LIMIT,
        "{shown} is larger than {LIMIT} bytes"
    );
    let text = match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = sound.iter().filter(|byte| **byte == b'\n').count() + 1;
            let message = "this is not UTF-8".to_owned();
            return Ok(Err(vec![Fault { line, message }]));
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let read = reader(text).map_err(|Trouble { line, message }| vec![Fault { line, message }]);
    Ok(read.and_then(|node| {
        match node.value {
            // A file with nothing but comments.
            node::Value::Nothing => Ok(Document::default()),
            _ => decode::decode(&node),
        }
    }))
}

fn text_of(file: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    match file.as_os_str() == "-" {
        true => io::stdin().lock().take(LIMIT + 1).read_to_end(&mut text)?,
        false => File::open(file)?.take(LIMIT + 1).read_to_end(&mut text)?,
    };
    Ok(text)
}
