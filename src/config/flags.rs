//! The command line's part: one flag for each row of the table.
//!
//! Flags carry no defaults and look at no environment of their own, as clap would read it
//! for every command line built in a test. [`Layers`](crate::config::layers::Layers) does both.

use clap::Arg;
use clap::builder::ValueParser;

use crate::config::kind::Form;
use crate::config::setting::Row;

/// The flags for `rows`: [`ALL`](crate::config::ALL) for a command that serves or shows the
/// settings, [`LOCATION`](crate::config::LOCATION) for one that only needs the data.
/// Beside each flag, `--help` tells its environment variable and its default.
pub fn args(rows: &[Row]) -> Vec<Arg> {
    rows.iter().map(arg).collect()
}

fn arg(row: &Row) -> Arg {
    let arg = Arg::new(row.key)
        .long(row.flag())
        .value_name(row.placeholder)
        .value_parser(ValueParser::string())
        .help_heading(row.section)
        .help(help(row));
    if row.form == Form::Switch {
        // The equals sign is required, or a switch would swallow the word that follows it.
        arg.num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
    } else {
        arg
    }
}

fn help(row: &Row) -> String {
    let mut help = format!("{} [env: {}]", row.meaning, row.variable.name());
    if let Some(default) = row.default.described() {
        help.push_str(&format!(" [default: {default}]"));
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    use clap::Command;

    use crate::config::settings::ALL;

    #[test]
    fn the_help_names_flag_variable_and_default_of_every_setting() {
        let mut command = Command::new("serve").args(args(&ALL));
        command.clone().debug_assert();
        let help = command.render_long_help().to_string();
        for row in &ALL {
            let flag = help.find(&format!("--{}", row.flag())).unwrap();
            let variable = format!("[env: {}]", row.variable.name());
            assert!(help[flag..].contains(&variable), "{variable}");
            if let Some(default) = row.default.described() {
                let default = format!("{variable} [default: {default}]");
                assert!(help.contains(&default), "{default}");
            }
        }
    }

    #[test]
    fn a_switch_does_not_swallow_the_next_word() {
        let command = Command::new("serve").args(args(&ALL));
        let line = ["serve", "--require-content-approval", "no"];
        assert!(command.try_get_matches_from(line).is_err());
    }
}
