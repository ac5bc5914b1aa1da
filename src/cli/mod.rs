//! Command line: arguments become one call.
//!
//! Scripts rely on the forms of `serve --data DIR --listen ADDRESS` and `token create --user NAME --data DIR`.
//! Start reading at [`run`].

mod apply;
mod audit;
mod beside;
mod check;
mod config;
mod groups;
mod links;
mod namespaces;
mod roles;
mod serve;
mod tables;
mod tokens;
mod users;

use std::ffi::OsString;
use std::io;
use std::io::Write;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::Command;

/// Parses the arguments of this process and does what they say. No arguments mean `serve`.
pub fn run() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.len() == 1 {
        arguments.push("serve".into());
    }
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => error.exit(),
    };
    match dispatch(&matches) {
        Ok(status) => status,
        Err(error) => {
            complain("error", &beside::told(&error));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    match matches.subcommand() {
        Some(("check", matches)) => return check::run(matches),
        Some(("audit", matches)) => return audit::run(matches),
        Some(("apply", matches)) => return apply::run(matches),
        Some(("export-config", matches)) => return apply::export(matches),
        Some(("serve", matches)) => serve::run(matches),
        Some(("config", matches)) => config::run(matches),
        Some(("user", matches)) => users::run(matches),
        Some(("group", matches)) => groups::run(matches),
        Some(("token", matches)) => tokens::run(matches),
        Some(("role", matches)) => roles::run(matches),
        Some(("namespace", matches)) => namespaces::run(matches),
        Some(("links", matches)) => links::run(matches),
        Some(("routes", _)) => tables::routes(),
        Some(("policy", _)) => tables::policy(),
        _ => say(&[format!("pocket-galaxy {}", env!("CARGO_PKG_VERSION"))]),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a line to standard error. If even that is gone, the exit status still tells.
fn complain(kind: &str, text: &str) {
    let _told = writeln!(io::stderr(), "{kind}: {text}");
}

/// Writes lines to standard output.
fn say(lines: &[String]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        match writeln!(out, "{line}") {
            // The reader of a pipe has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            result => result?,
        }
    }
    Ok(())
}

/// A number and what it counts: `1 token`, `2 tokens`.
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn command() -> Command {
    let plain = |name: &'static str, about: &'static str| Command::new(name).about(about);
    Command::new("pocket-galaxy")
        .about("A private Ansible Galaxy in one binary; without a command it serves")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .subcommand(serve::command())
        .subcommand(config::command())
        .subcommand(users::command())
        .subcommand(groups::command())
        .subcommand(roles::command())
        .subcommand(tokens::command())
        .subcommand(namespaces::command())
        .subcommand(apply::command())
        .subcommand(apply::export_command())
        .subcommand(check::command())
        .subcommand(audit::command())
        .subcommand(links::command())
        .subcommand(plain(
            "routes",
            "Print every route, its action and its handler",
        ))
        .subcommand(plain("policy", "Print what each action asks of its caller"))
        .subcommand(plain("version", "Print the version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn the_forms_that_scripts_rely_on_are_accepted() {
        for line in [
            "pocket-galaxy serve --data DIR --listen 127.0.0.1:8001",
            "pocket-galaxy token create --user NAME --data DIR",
            "pocket-galaxy token create --user NAME --name ci --expires-in 30d --reach publish:acme",
            "pocket-galaxy token list --user NAME",
            "pocket-galaxy token revoke --user NAME",
            "pocket-galaxy token revoke --user NAME ci",
            "pocket-galaxy user create NAME --role galaxy.collection_publisher --data DIR",
            "pocket-galaxy user deactivate NAME --data DIR",
            "pocket-galaxy group add NAME USER --data DIR",
            "pocket-galaxy namespace create acme --owner ana --data DIR",
            "pocket-galaxy role assign galaxy.auditor --user ana --data DIR",
            "pocket-galaxy role unassign galaxy.auditor --group crew --namespace acme",
            "pocket-galaxy user link ana --issuer=https://sso.example.org --subject=42 --data DIR",
            "pocket-galaxy config show",
            "pocket-galaxy apply hub.yaml --plan --exit-code --prune --data DIR",
            "pocket-galaxy apply --schema",
            "pocket-galaxy export-config --format toml --sections users,groups --data DIR",
            "pocket-galaxy check a.tar.gz b.tar.gz --format json",
        ] {
            assert!(
                command().try_get_matches_from(line.split(' ')).is_ok(),
                "{line}"
            );
        }
    }
}
