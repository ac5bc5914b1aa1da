//! API tokens, made, shown and ended beside the hub.

use std::time::Duration;

use anyhow::Context;
use clap::Arg;
use clap::ArgMatches;
use clap::Command;

use crate::cli::beside;
use crate::cli::beside::ALL;
use crate::cli::beside::open;
use crate::cli::beside::text;
use crate::cli::counted;
use crate::cli::say;
use crate::config::Config;
use crate::db::Db;
use crate::domain::accounts::tokens;
use crate::domain::accounts::tokens::NewToken;
use crate::domain::accounts::users;
use crate::domain::accounts::users::User;
use crate::domain::audit;
use crate::domain::repositories::reach;
use crate::domain::repositories::reach::Wanted;
use crate::kernel::clock::Timestamp;
use crate::policy::action::Action;
use crate::policy::reach::Reach;

/// What tokens made here are called when nobody says.
const NAME: &str = "command line";

/// The commands below `token`.
pub(super) fn command() -> Command {
    let user = || beside::option("user", "NAME", "The user's name").required(true);
    let about = "Make a token and print it, alone, on standard output; other tokens stay good";
    let called = "What to call it; the user has no other of that name";
    let ends = "When it ends: 90m, 12h, 30d or 8w from now; without this, when the settings say";
    let reaches = "What it is for: full, read, publish:NAMESPACE or repository:NAME";
    let create = beside::command("create", about)
        .arg(user())
        .arg(beside::option("name", "NAME", called))
        .arg(beside::option("expires-in", "TIME", ends).value_parser(lifetime))
        .arg(
            beside::option("reach", "REACH", reaches)
                .value_parser(reach)
                .default_value("full"),
        );
    let about = "Print a user's tokens: name, reach, made, last used, end";
    let list = beside::command("list", about).arg(user());
    let name = Arg::new("name")
        .value_name("NAME")
        .help("The token's name; without it, all end");
    let revoke = beside::command("revoke", "End a token of a user, or all of them")
        .arg(user())
        .arg(name);
    beside::group("token", "Manage API tokens, also while the hub runs")
        .subcommand(list)
        .subcommand(create)
        .subcommand(revoke)
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (config, db) = open(matches)?;
    let user = db.read(|tx| users::get(tx, text(matches, "user")))?;
    let lines = match command {
        "create" => vec![create(matches, &db, &user)?],
        "list" => list(&config, &db, &user)?,
        _ => vec![revoke(matches, &db, &user)?],
    };
    say(&lines)
}

fn create(matches: &ArgMatches, db: &Db, user: &User) -> anyhow::Result<String> {
    let wanted = matches
        .get_one::<Wanted>("reach")
        .cloned()
        .unwrap_or(Wanted::Full);
    let lifetime = matches.get_one::<Duration>("expires-in");
    let name = matches.get_one::<String>("name");
    let text = db.write(|tx| {
        let new = NewToken {
            name: match name {
                Some(name) => name.clone(),
                None => tokens::free_name(tx, user.id, NAME)?,
            },
            expires_at: lifetime.map(|lifetime| tx.now.after(*lifetime)),
            reach: reach::resolve(tx, &wanted, None)?,
        };
        let (_, text) = tokens::issue(tx, user.id, &new)?;
        let object = format!("token {} of {}", new.name, user.username);
        let detail = format!("reach {wanted}");
        audit::record_by_command_line(tx, Action::TokenIssue.name(), object, detail)?;
        Ok(text)
    });
    Ok(text?)
}

fn list(config: &Config, db: &Db, user: &User) -> anyhow::Result<Vec<String>> {
    let found = db.read(|tx| tokens::list(tx, user.id, ALL))?;
    let lifetime = config.access.token_expiration;
    let moment = |moment: Option<Timestamp>| moment.map_or("-".to_owned(), |m| m.to_string());
    let line = |token: tokens::Listed| {
        let target = token.target.unwrap_or_default();
        let reach = match token.reach {
            Reach::Full => Wanted::Full,
            Reach::Read => Wanted::Read,
            Reach::Publish(_) => Wanted::Publish(target),
            Reach::Repository(_) => Wanted::Repository(target),
        };
        let end = tokens::end_of(token.created_at, token.expires_at, lifetime);
        format!(
            "{}\t{reach}\t{}\t{}\t{}",
            token.name,
            token.created_at,
            moment(token.used_at),
            moment(end)
        )
    };
    Ok(found.items.into_iter().map(line).collect())
}

fn revoke(matches: &ArgMatches, db: &Db, user: &User) -> anyhow::Result<String> {
    let name = matches.get_one::<String>("name");
    let count = db.write(|tx| {
        let count = match name {
            Some(name) => tokens::revoke(tx, user.id, name)?,
            None => tokens::revoke_all(tx, user.id)?,
        };
        if count > 0 {
            let object = match name {
                Some(name) => format!("token {name} of {}", user.username),
                None => format!("tokens of {}", user.username),
            };
            audit::record_by_command_line(tx, Action::TokenRevoke.name(), object, "")?;
        }
        Ok(count)
    })?;
    match (count, name) {
        (0, Some(name)) => anyhow::bail!(
            "{user} has no token named {name}; see: pocket-galaxy token list --user {user}",
            user = user.username
        ),
        _ => Ok(format!("{} ended", counted(count, "token"))),
    }
}

/// A number with a unit: `90m`, `12h`, `30d`, `8w`.
fn lifetime(text: &str) -> anyhow::Result<Duration> {
    let expected = "a number with a unit, such as 90m, 12h, 30d or 8w";
    let number = text.strip_suffix(|c: char| c.is_ascii_alphabetic());
    let seconds: u64 = match text.as_bytes().last() {
        Some(b's') => 1,
        Some(b'm') => 60,
        Some(b'h') => 3600,
        Some(b'd') => 86_400,
        Some(b'w') => 7 * 86_400,
        _ => anyhow::bail!(expected),
    };
    // 32 bits of seconds are 136 years, and cannot overflow a timestamp.
    let number = number.and_then(|number| number.parse::<u32>().ok());
    let whole = number
        .and_then(|number| u64::from(number).checked_mul(seconds))
        .filter(|seconds| (1..=u64::from(u32::MAX)).contains(seconds));
    whole.map(Duration::from_secs).context(expected)
}

/// A reach by its names.
fn reach(text: &str) -> anyhow::Result<Wanted> {
    Wanted::parse(text).context("one of full, read, publish:NAMESPACE and repository:NAME")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_with_a_unit() {
        assert_eq!(lifetime("30d").unwrap().as_secs(), 30 * 86_400);
        assert_eq!(lifetime("90m").unwrap().as_secs(), 5400);
        for text in [
            "",
            "d",
            "30",
            "0d",
            "-1d",
            "1.5h",
            "3 d",
            "1y",
            "9999999999w",
            "4294967295w",
        ] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }
}
