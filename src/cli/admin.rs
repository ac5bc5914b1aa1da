//! Administration beside the hub, running or not: users, tokens, namespaces.

use std::io;
use std::io::BufRead;

use anyhow::Context;
use clap::ArgMatches;

use crate::cli::say;
use crate::config::Config;
use crate::config::single_sign_on::Issuer;
use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::domain::accounts::assignments;
use crate::domain::accounts::assignments::Holder;
use crate::domain::accounts::identities;
use crate::domain::accounts::passwords;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::roles;
use crate::domain::accounts::tokens;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::domain::audit::Actor;
use crate::domain::audit::Entry;
use crate::domain::audit::Outcome;
use crate::domain::namespaces::create;
use crate::domain::namespaces::create::NewNamespace;
use crate::kernel::clock::Clock;
use crate::kernel::error::Error;
use crate::policy::action::Action;
use crate::serve;

/// The role `namespace create --owner` gives.
const OWNER: &str = "galaxy.collection_namespace_owner";
/// The name of tokens made here, which the API's one-token endpoint leaves alone.
const TOKEN_NAME: &str = "command line";

pub(super) fn user(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (config, db) = open(matches)?;
    match command {
        "create" => create_user(matches, &config, &db),
        "password" => {
            let user = db.read(|tx| users::get(tx, name(matches)))?;
            let (password, shown) = password(matches, &config)?;
            db.write(|tx| users::set_password(tx, user.id, &password))?;
            say(&shown)
        }
        "link" => {
            let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
            link(&db, name(matches), &text("issuer"), &text("subject"))
        }
        "unlink" => {
            let count = db.write(|tx| {
                let user = users::get(tx, name(matches))?;
                let count = identities::unlink(tx, user.id)?;
                note(tx, &user.username, "no longer linked to other servers")?;
                Ok(count)
            });
            let count = count.map_err(|error| no_user(error, name(matches)))?;
            say(&[format!("{count} links ended")])
        }
        _ => {
            let line = |user: users::User| {
                let kind = if user.is_superuser {
                    "superuser"
                } else {
                    "user"
                };
                let state = if user.is_active { "active" } else { "inactive" };
                format!("{}\t{kind}\t{state}", user.username)
            };
            say(&db
                .read(users::all)?
                .into_iter()
                .map(line)
                .collect::<Vec<_>>())
        }
    }
}

/// Has an identity of another server mean a user.
fn link(db: &Db, username: &str, issuer: &str, subject: &str) -> anyhow::Result<()> {
    let issuer = Issuer::parse(issuer).context("--issuer must be the provider's URL")?;
    anyhow::ensure!(!subject.is_empty(), "--subject is empty");
    let before = db.write(|tx| {
        let user = users::get(tx, username)?;
        let before = identities::find(tx, issuer.as_str(), subject)?;
        identities::link(tx, user.id, issuer.as_str(), subject)?;
        note(tx, username, &format!("linked to {subject} of {issuer}"))?;
        Ok(before)
    });
    let before = before.map_err(|error| no_user(error, username))?;
    say(&match before.filter(|before| before.username != username) {
        Some(before) => vec![format!("it was linked to {} before", before.username)],
        None => Vec::new(),
    })
}

fn note(tx: &WriteTx<'_>, username: &str, detail: &str) -> Result<(), Error> {
    let entry = Entry {
        actor: Actor::command_line(),
        action: format!("{:?}", Action::UserUpdate),
        object: format!("user {username}"),
        outcome: Outcome::Done,
        detail: detail.to_owned(),
    };
    audit::write(tx, &entry)
}

fn create_user(matches: &ArgMatches, config: &Config, db: &Db) -> anyhow::Result<()> {
    let given: Vec<&String> = matches.get_many("role").unwrap_or_default().collect();
    let known = db.read(roles::names)?;
    if let Some(unknown) = given.iter().find(|role| !known.contains(role)) {
        anyhow::bail!(
            "there is no role {unknown}; the roles are {}",
            known.join(", ")
        );
    }
    let (password, shown) = password(matches, config)?;
    db.write(|tx| {
        let id = users::create(tx, name(matches), &password, matches.get_flag("superuser"))?;
        given
            .iter()
            .try_for_each(|role| assignments::assign(tx, Holder::User(id), role, None))
    })?;
    say(&shown)
}

pub(super) fn token(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    let username: &String = matches.get_one("user").context("--user is missing")?;
    let line = db.write(|tx| {
        let user = users::get(tx, username)?;
        match command {
            "create" => tokens::create(tx, user.id, TOKEN_NAME),
            _ => tokens::revoke_all(tx, user.id).map(|count| format!("{count} tokens ended")),
        }
    });
    say(&[line.map_err(|error| no_user(error, username))?])
}

pub(super) fn namespace(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    let owners: Vec<&String> = matches.get_many("owner").unwrap_or_default().collect();
    db.write(|tx| {
        let mut new = NewNamespace {
            name: name(matches).to_owned(),
            ..NewNamespace::default()
        };
        for owner in owners {
            new.owners
                .push((Holder::User(users::get(tx, owner)?.id), OWNER.to_owned()));
        }
        create::create(tx, &new)
    })?;
    Ok(())
}

fn open(matches: &ArgMatches) -> anyhow::Result<(Config, Db)> {
    let config = Config::load(matches)?;
    let db = serve::join_database(&config, Clock::System)?;
    Ok((config, db))
}

fn name(matches: &ArgMatches) -> &str {
    matches
        .get_one::<String>("name")
        .map(String::as_str)
        .unwrap_or_default()
}

/// The password to set, and what to print of it: one that was made up is shown, one that was given is not.
fn password(matches: &ArgMatches, config: &Config) -> anyhow::Result<(PasswordHash, Vec<String>)> {
    if !matches.get_flag("password-stdin") {
        let made_up = passwords::generate()?;
        return Ok((PasswordHash::new(&made_up)?, vec![made_up]));
    }
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    let given = line.trim_end_matches(['\r', '\n']);
    passwords::check_rule(given, config.access.minimum_password_length)?;
    Ok((PasswordHash::new(given)?, Vec::new()))
}

fn no_user(error: Error, username: &str) -> anyhow::Error {
    match error {
        Error::NotFound(_) => anyhow::anyhow!(
            "there is no user {username} in this data directory; pocket-galaxy user list shows who is, \
             and the first start of the hub creates admin"
        ),
        other => other.into(),
    }
}
