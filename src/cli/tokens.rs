//! API tokens, made, shown and ended beside the hub.

use std::time::Duration;

use anyhow::Context;
use clap::ArgMatches;

use crate::cli::admin;
use crate::cli::say;
use crate::config::Config;
use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::domain::accounts::tokens;
use crate::domain::accounts::tokens::NewToken;
use crate::domain::accounts::users;
use crate::domain::accounts::users::User;
use crate::domain::audit;
use crate::domain::audit::Actor;
use crate::domain::audit::Entry;
use crate::domain::audit::Outcome;
use crate::domain::repositories::reach;
use crate::domain::repositories::reach::Wanted;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::page::Window;
use crate::policy::action::Action;
use crate::policy::reach::Reach;

/// What tokens made here are called when nobody says.
const NAME: &str = "command line";
/// All of them.
const ALL: Window = Window {
    offset: 0,
    limit: u64::MAX,
};

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (config, db) = admin::open(matches)?;
    let username: &String = matches.get_one("user").context("--user is missing")?;
    let user = db
        .read(|tx| users::get(tx, username))
        .map_err(|error| admin::no_user(error, username))?;
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
        note(tx, Action::TokenIssue, object, wanted.to_string())?;
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
            note(tx, Action::TokenRevoke, object, String::new())?;
        }
        Ok(count)
    })?;
    match (count, name) {
        (0, Some(name)) => anyhow::bail!(
            "{user} has no token named {name}; see: pocket-galaxy token list --user {user}",
            user = user.username
        ),
        (1, Some(_)) => Ok("1 token ended".to_owned()),
        _ => Ok(format!("{count} tokens ended")),
    }
}

fn note(tx: &WriteTx<'_>, action: Action, object: String, detail: String) -> Result<()> {
    audit::write(
        tx,
        &Entry {
            actor: Actor::command_line(),
            action: format!("{action:?}"),
            object,
            outcome: Outcome::Done,
            detail,
        },
    )
}

/// A number with a unit: `90m`, `12h`, `30d`, `8w`.
pub(super) fn lifetime(text: &str) -> anyhow::Result<Duration> {
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
pub(super) fn reach(text: &str) -> anyhow::Result<Wanted> {
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
