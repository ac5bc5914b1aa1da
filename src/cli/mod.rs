//! Command line: arguments become one call.
//!
//! Scripts rely on the forms of `serve --data DIR --listen ADDRESS` and `token create --user NAME --data DIR`.
//! Start reading at [`run`].

mod admin;
mod check;
mod config;
mod serve;
mod tables;

use std::ffi::OsString;
use std::io;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Arg;
use clap::ArgAction;
use clap::ArgMatches;
use clap::Command;
use clap::value_parser;

use crate::config as settings;

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
            complain("error", &format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    if let Some(("check", matches)) = matches.subcommand() {
        return check::run(matches);
    }
    match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches),
        Some(("config", matches)) => config::run(matches),
        Some(("user", matches)) => admin::user(matches),
        Some(("token", matches)) => admin::token(matches),
        Some(("namespace", matches)) => admin::namespace(matches),
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

fn command() -> Command {
    let all = || settings::args(&settings::ALL);
    let show = Command::new("show").about("Print each setting, its value and where that came from");
    Command::new("pocket-galaxy")
        .about("A private Ansible Galaxy in one binary; without a command it serves")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .subcommand(Command::new("serve").about("Run the hub").args(all()))
        .subcommand(group("config", "See the settings").subcommand(show.args(all())))
        .subcommand(check())
        .subcommand(user())
        .subcommand(token())
        .subcommand(namespace())
        .subcommand(Command::new("routes").about("Print every route, its action and its handler"))
        .subcommand(Command::new("policy").about("Print what each action asks of its caller"))
        .subcommand(Command::new("version").about("Print the version"))
}

fn check() -> Command {
    let file = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .num_args(1..)
        .value_parser(value_parser!(PathBuf))
        .help("A collection as ansible-galaxy collection build makes it: namespace-name-version.tar.gz");
    let format = Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(["human", "json"])
        .default_value("human")
        .help("How the findings are written");
    let verbose = Arg::new("verbose")
        .long("verbose")
        .action(ArgAction::SetTrue)
        .help("Tell also what was done");
    Command::new("check")
        .about("Tell what a publish would say about files; the exit status is 1 if one would be refused")
        .args([file, format, verbose])
        .args(settings::args(&settings::CHECKING))
}

fn user() -> Command {
    let superuser = Arg::new("superuser")
        .long("superuser")
        .action(ArgAction::SetTrue);
    let create = beside("create", "Add a user and print the password made for it")
        .arg(name("The name to sign in with"))
        .arg(password())
        .arg(superuser.help("Let the user do everything"))
        .arg(
            many("role", "ROLE")
                .help("A role to hold everywhere, such as galaxy.collection_publisher"),
        );
    let password = beside("password", "Give a user another password and print it")
        .arg(name("The user's name"))
        .arg(password());
    let must = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).required(true)
    };
    let about = "Have a person whom the single sign-on provider vouches for mean this user";
    let link = beside("link", about)
        .arg(name("The user's name"))
        .arg(must("issuer", "URL").help("The provider, as oidc_issuer names it"))
        .arg(must("subject", "TEXT").help("What the provider calls the person: the claim sub"));
    let about = "End that, and take from the user what the provider gave";
    let unlink = beside("unlink", about).arg(name("The user's name"));
    group("user", "Manage accounts, also while the hub runs")
        .subcommand(create)
        .subcommand(password)
        .subcommand(link)
        .subcommand(unlink)
        .subcommand(beside("list", "Print all users"))
}

fn token() -> Command {
    let user = || {
        Arg::new("user")
            .long("user")
            .value_name("NAME")
            .required(true)
            .help("The user's name")
    };
    let create = "Make a token and print it, alone, on standard output; other tokens stay good";
    group("token", "Manage API tokens, also while the hub runs")
        .subcommand(beside("create", create).arg(user()))
        .subcommand(beside("revoke", "End all tokens of a user").arg(user()))
}

fn namespace() -> Command {
    let create = beside("create", "Add a namespace")
        .arg(name("The namespace"))
        .arg(many("owner", "USER").help("A user who may publish into it and change it"));
    group("namespace", "Manage namespaces, also while the hub runs").subcommand(create)
}

/// A command that only has commands below it.
fn group(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).subcommand_required(true)
}

/// A command that works on a data directory beside the hub.
fn beside(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .args(settings::args(&settings::LOCATION))
}

fn name(help: &'static str) -> Arg {
    Arg::new("name")
        .value_name("NAME")
        .required(true)
        .help(help)
}

fn many(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .action(ArgAction::Append)
}

fn password() -> Arg {
    Arg::new("password-stdin")
        .long("password-stdin")
        .action(ArgAction::SetTrue)
        .help("Read the password from standard input instead of making one up")
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
            "pocket-galaxy user create NAME --role galaxy.collection_publisher --data DIR",
            "pocket-galaxy namespace create acme --owner ana --data DIR",
            "pocket-galaxy user link ana --issuer=https://sso.example.org --subject=42 --data DIR",
            "pocket-galaxy config show",
            "pocket-galaxy check a.tar.gz b.tar.gz --format json",
        ] {
            assert!(
                command().try_get_matches_from(line.split(' ')).is_ok(),
                "{line}"
            );
        }
    }
}
