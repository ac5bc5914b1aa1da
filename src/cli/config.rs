//! `config show`: each setting, its value and where that came from.

use clap::ArgMatches;

use crate::cli::say;
use crate::config::Config;

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let config = Config::load(matches)?;
    let lines: Vec<String> = config.shown().iter().map(ToString::to_string).collect();
    say(&lines)
}
