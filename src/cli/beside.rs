//! What commands that work on a data directory beside the hub have in common.

use clap::Arg;
use clap::ArgAction;
use clap::ArgMatches;
use clap::Command;

use crate::config as settings;
use crate::config::Config;
use crate::db;
use crate::db::Db;
use crate::kernel::clock::Clock;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::page::Window;
use crate::serve;

/// All there are, for lists that are printed whole.
pub(super) const ALL: Window = Window {
    offset: 0,
    limit: u64::MAX,
};

/// A command that only has commands below it.
pub(super) fn group(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).subcommand_required(true)
}

/// A command that works on a data directory.
pub(super) fn command(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .args(settings::args(&settings::LOCATION))
}

/// The name that the command is about.
pub(super) fn name(help: &'static str) -> Arg {
    argument("name", "NAME", help)
}

/// Something that must be given, by its place.
pub(super) fn argument(id: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).value_name(value).required(true).help(help)
}

/// An option with a value.
pub(super) fn option(id: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).value_name(value).help(help)
}

/// An option without one.
pub(super) fn switch(id: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).action(ArgAction::SetTrue).help(help)
}

/// What was given for an argument; nothing if nothing was, or if the command has no such argument.
pub(super) fn text<'m>(matches: &'m ArgMatches, id: &str) -> &'m str {
    let given = matches.try_get_one::<String>(id).unwrap_or_default();
    given.map(String::as_str).unwrap_or_default()
}

/// The settings and the database of the hub, running or not.
pub(super) fn open(matches: &ArgMatches) -> anyhow::Result<(Config, Db)> {
    let config = Config::load(matches)?;
    let db = serve::join_database(&config, Clock::System)?;
    Ok((config, db))
}

/// What went wrong, for somebody in a shell rather than for a client of the API.
pub(super) fn told(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Error>() {
        Some(Error::NotFound(noun)) => {
            let listed = match noun {
                Noun::User(_) => "; pocket-galaxy user list prints those there are",
                Noun::Group(_) => "; pocket-galaxy group list prints those there are",
                Noun::Role(_) => "; pocket-galaxy role list prints those there are",
                _ => "",
            };
            format!("there is no {noun}{listed}")
        }
        Some(Error::Invalid(faults)) => {
            let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
            messages.join(" ")
        }
        Some(Error::Internal(cause)) if db::is_locked(cause) => {
            "another program keeps the database busy; nothing was changed, try again".to_owned()
        }
        _ => format!("{error:#}"),
    }
}
