//! `export-config`: what a hub is, as a file that `apply` reads.

use std::process::ExitCode;

use clap::ArgMatches;
use clap::Command;

use crate::cli::apply::FORMATS;
use crate::cli::apply::from_json;
use crate::cli::apply::to_yaml;
use crate::cli::beside;
use crate::cli::complain;
use crate::cli::say;
use crate::config::Config;
use crate::domain::apply::document::Document;
use crate::domain::apply::document::SECTIONS;
use crate::domain::apply::export;
use crate::kernel::clock::Clock;
use crate::serve;

/// The command `export-config`.
pub(in crate::cli) fn command() -> Command {
    let about =
        "Print what the hub is as a document that apply reads; secrets are hashes and digests";
    let format = beside::option("format", "FORMAT", "What the document is written in")
        .value_parser(FORMATS)
        .default_value("yaml");
    let sections = beside::option("sections", "SECTIONS", "Only these, separated by commas")
        .value_delimiter(',')
        .value_parser(SECTIONS);
    beside::command("export-config", about).args([format, sections])
}

pub(in crate::cli) fn run(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let config = Config::load(matches)?;
    let looked = serve::look_into_database(&config, Clock::System)?;
    let db = looked.map_or_else(|| serve::join_database(&config, Clock::System), Ok)?;
    let exported = db.read(export::export)?;
    let sections: Vec<&String> = matches.get_many("sections").unwrap_or_default().collect();
    let (mut document, mut left_out) = (exported.document, exported.left_out);
    if !sections.is_empty() {
        let is_wanted = |name: &str| sections.iter().any(|section| *section == name);
        keep(&mut document, is_wanted);
        if !is_wanted("remotes") {
            left_out.clear();
        }
    }
    let format = matches.get_one::<String>("format").map(String::as_str);
    let json = serde_json::to_string_pretty(&document)?;
    let text = match format {
        Some("json") => json,
        Some("toml") => toml::to_string_pretty(&document)?,
        _ => {
            let node = from_json::read(&json)
                .map_err(|trouble| anyhow::anyhow!("writing YAML: {}", trouble.message))?;
            to_yaml::write(&node)
        }
    };
    for (remote, secrets) in left_out {
        let secrets = secrets.join(", ");
        complain(
            "note",
            &format!(
                "not written, because only the secret itself would do: {secrets} of remote {remote}"
            ),
        );
    }
    say(&[text.trim_end_matches('\n').to_owned()])?;
    Ok(ExitCode::SUCCESS)
}

fn keep(document: &mut Document, is_wanted: impl Fn(&str) -> bool) {
    fn section<T>(name: &str, section: &mut Option<T>, is_wanted: &impl Fn(&str) -> bool) {
        if !is_wanted(name) {
            *section = None;
        }
    }
    section("roles", &mut document.roles, &is_wanted);
    section("groups", &mut document.groups, &is_wanted);
    section("users", &mut document.users, &is_wanted);
    section("namespaces", &mut document.namespaces, &is_wanted);
    section("remotes", &mut document.remotes, &is_wanted);
    section("repositories", &mut document.repositories, &is_wanted);
    section("distributions", &mut document.distributions, &is_wanted);
}
