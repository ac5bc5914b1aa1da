//! `links`: the download links that are out there.

use clap::ArgMatches;
use clap::Command;

use crate::cli::beside;
use crate::cli::beside::open;
use crate::cli::say;
use crate::domain::accounts::instance;
use crate::domain::audit;

/// The commands below `links`.
pub(super) fn command() -> Command {
    let about = "End every download link that is out there, by replacing the key that signs them";
    beside::group("links", "Manage download links, also while the hub runs")
        .subcommand(beside::command("revoke", about))
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    db.write(|tx| {
        instance::replace_signing_key(tx)?;
        audit::record_by_command_line(tx, "LinksRevoke", "the key of download links", "")
    })?;
    say(&["all download links end".to_owned()])
}
