//! `config show`: each setting, its value and where that came from.

use clap::ArgMatches;
use clap::Command;

use crate::cli::beside;
use crate::cli::say;
use crate::config as settings;
use crate::config::Config;

/// The commands below `config`.
pub(super) fn command() -> Command {
    let about = "Print each setting, its value and where that came from";
    let show = Command::new("show").about(about);
    beside::group("config", "See the settings")
        .subcommand(show.args(settings::args(&settings::ALL)))
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let config = Config::load(matches)?;
    let lines: Vec<String> = config.shown().iter().map(ToString::to_string).collect();
    say(&lines)
}
