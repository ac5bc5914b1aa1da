//! Command line: arguments become one call.
//!
//! Scripts rely on the forms of `serve --data DIR --listen ADDRESS` and `token create --user NAME --data DIR`.
//! Start reading at [`run`].

mod admin;
mod apply;
mod audit;
mod check;
mod config;
mod roles;
mod serve;
mod tables;
mod tokens;

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
use crate::domain::apply::document::SECTIONS;

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
    match matches.subcommand() {
        Some(("check", matches)) => return check::run(matches),
        Some(("audit", matches)) => return audit::run(matches),
        Some(("apply", matches)) => return apply::run(matches),
        Some(("export-config", matches)) => return apply::export(matches),
        Some(("serve", matches)) => serve::run(matches),
        Some(("config", matches)) => config::run(matches),
        Some(("user", matches)) => admin::user(matches),
        Some(("group", matches)) => admin::group(matches),
        Some(("token", matches)) => tokens::run(matches),
        Some(("role", matches)) => roles::run(matches),
        Some(("namespace", matches)) => admin::namespace(matches),
        Some(("links", matches)) => admin::links(matches),
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
        .subcommand(groups())
        .subcommand(token())
        .subcommand(roles::command())
        .subcommand(namespace())
        .subcommand(audit())
        .subcommand(links())
        .subcommand(apply())
        .subcommand(export())
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
        .subcommand(
            beside(
                "deactivate",
                "Let a user in no more; ends their tokens and sessions",
            )
            .arg(name("The user's name")),
        )
        .subcommand(beside("activate", "Let a user in again").arg(name("The user's name")))
        .subcommand(
            beside("delete", "Delete a user with their tokens and roles")
                .arg(name("The user's name")),
        )
}

fn groups() -> Command {
    let user = || {
        Arg::new("user")
            .value_name("USER")
            .required(true)
            .help("The user's name")
    };
    let named = |command, about| beside(command, about).arg(name("The group"));
    group("group", "Manage groups, also while the hub runs")
        .subcommand(named("create", "Add a group"))
        .subcommand(named("delete", "Delete a group with its roles"))
        .subcommand(named("add", "Put a user into a group").arg(user()))
        .subcommand(named("remove", "Take a user out of a group").arg(user()))
        .subcommand(beside("list", "Print all groups and who is in them"))
}

fn token() -> Command {
    let user = || {
        Arg::new("user")
            .long("user")
            .value_name("NAME")
            .required(true)
            .help("The user's name")
    };
    let given = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).num_args(1)
    };
    let create = beside(
        "create",
        "Make a token and print it, alone, on standard output; other tokens stay good",
    )
    .arg(user())
    .arg(given("name", "NAME").help("What to call it; the user has no other of that name"))
    .arg(
        given("expires-in", "TIME")
            .value_parser(tokens::lifetime)
            .help(
                "When it ends: 90m, 12h, 30d or 8w from now; without this, when the settings say",
            ),
    )
    .arg(
        given("reach", "REACH")
            .value_parser(tokens::reach)
            .default_value("full")
            .help("What it is for: full, read, publish:NAMESPACE or repository:NAME"),
    );
    let revoke = beside("revoke", "End a token of a user, or all of them")
        .arg(user())
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .help("The token's name; without it, all end"),
        );
    group("token", "Manage API tokens, also while the hub runs")
        .subcommand(create)
        .subcommand(
            beside(
                "list",
                "Print a user's tokens: name, reach, made, last used, end",
            )
            .arg(user()),
        )
        .subcommand(revoke)
}

fn namespace() -> Command {
    let create = beside("create", "Add a namespace")
        .arg(name("The namespace"))
        .arg(many("owner", "USER").help("A user who may publish into it and change it"));
    group("namespace", "Manage namespaces, also while the hub runs").subcommand(create)
}

fn links() -> Command {
    let revoke = beside(
        "revoke",
        "End every download link that is out there, by replacing the key that signs them",
    );
    group("links", "Manage download links, also while the hub runs").subcommand(revoke)
}

fn audit() -> Command {
    let verify = beside(
        "verify",
        "Check that no row was changed or taken out; status 1 if one was",
    )
    .arg(
        Arg::new("digest")
            .long("digest")
            .value_name("SHA256")
            .help("A digest that verify printed earlier: checks that its row is still there"),
    );
    let export = beside("export", "Print the rows, one JSON object a line").arg(
        Arg::new("since")
            .long("since")
            .value_name("TIME")
            .help("Only rows from this moment on, such as 2026-03-01T12:34:56Z"),
    );
    group("audit", "See who did what, also while the hub runs")
        .subcommand(verify)
        .subcommand(export)
}

fn apply() -> Command {
    let file = Arg::new("file")
        .value_name("FILE")
        .required_unless_present("schema")
        .value_parser(value_parser!(PathBuf))
        .help("A document in YAML, TOML or JSON; - reads standard input");
    let switch = |name: &'static str, help: &'static str| {
        let switch = Arg::new(name).long(name);
        switch.action(ArgAction::SetTrue).help(help)
    };
    let format = Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(apply::FORMATS)
        .help("What the document is written in, if its name does not tell");
    let about =
        "Make users, groups, roles, namespaces, repositories and remotes as a document says";
    beside("apply", about)
        .arg(file)
        .arg(format)
        .arg(switch("plan", "Print what would change, and change nothing"))
        .arg(
            switch("exit-code", "With --plan: the exit status is 2 if something would change")
                .requires("plan"),
        )
        .arg(switch(
            "prune",
            "Also remove what the sections of the document do not name, and what the lists in it do not",
        ))
        .arg(switch("schema", "Print the JSON Schema of documents").exclusive(true))
}

fn export() -> Command {
    let format = Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(apply::FORMATS)
        .default_value("yaml")
        .help("What the document is written in");
    let sections = Arg::new("sections")
        .long("sections")
        .value_name("SECTIONS")
        .value_delimiter(',')
        .value_parser(SECTIONS)
        .help("Only these, separated by commas");
    let about =
        "Print what the hub is as a document that apply reads; secrets are hashes and digests";
    beside("export-config", about).args([format, sections])
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
