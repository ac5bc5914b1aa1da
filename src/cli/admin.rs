//! Administration beside the hub, running or not: users, groups, namespaces, download links.

use std::io;
use std::io::BufRead;

use anyhow::Context;
use clap::ArgMatches;

use crate::cli::say;
use crate::config::Config;
use crate::config::single_sign_on::Issuer;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::assignments;
use crate::domain::accounts::assignments::Holder;
use crate::domain::accounts::edit;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::Group;
use crate::domain::accounts::groups::GroupFilter;
use crate::domain::accounts::groups::GroupOrder;
use crate::domain::accounts::identities;
use crate::domain::accounts::instance;
use crate::domain::accounts::members;
use crate::domain::accounts::password_rules;
use crate::domain::accounts::passwords;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::profiles;
use crate::domain::accounts::profiles::Profile;
use crate::domain::accounts::roles;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::domain::audit::Actor;
use crate::domain::audit::Entry;
use crate::domain::audit::Outcome;
use crate::domain::namespaces::create;
use crate::domain::namespaces::create::NewNamespace;
use crate::kernel::clock::Clock;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::page::Window;
use crate::policy::action::Action;
use crate::serve;

/// The role `namespace create --owner` gives.
const OWNER: &str = "galaxy.collection_namespace_owner";

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
            db.write(|tx| {
                users::set_password(tx, user.id, &password)?;
                record(tx, Action::UserUpdate, "user", &user.username, "password")
            })?;
            say(&shown)
        }
        "delete" => Ok(db.write(|tx| {
            let user = profile(tx, name(matches))?;
            edit::remove(tx, &user)?;
            record(tx, Action::UserDelete, "user", &user.username, "")
        })?),
        "activate" | "deactivate" => Ok(db.write(|tx| {
            let user = profile(tx, name(matches))?;
            let is_active = command == "activate";
            edit::set_active(tx, &user, is_active)?;
            let detail = if is_active {
                "activated"
            } else {
                "deactivated"
            };
            record(tx, Action::UserUpdate, "user", &user.username, detail)
        })?),
        "link" => {
            let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
            link(&db, name(matches), &text("issuer"), &text("subject"))
        }
        "unlink" => {
            let count = db.write(|tx| {
                let user = users::get(tx, name(matches))?;
                let count = identities::unlink(tx, user.id)?;
                record(
                    tx,
                    Action::UserUpdate,
                    "user",
                    &user.username,
                    "no longer linked to other servers",
                )?;
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
        record(
            tx,
            Action::UserUpdate,
            "user",
            username,
            &format!("linked to {subject} of {issuer}"),
        )?;
        Ok(before)
    });
    let before = before.map_err(|error| no_user(error, username))?;
    say(&match before.filter(|before| before.username != username) {
        Some(before) => vec![format!("it was linked to {} before", before.username)],
        None => Vec::new(),
    })
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
            .try_for_each(|role| assignments::assign(tx, Holder::User(id), role, None))?;
        let roles: Vec<&str> = given.iter().map(|role| role.as_str()).collect();
        let detail = match matches.get_flag("superuser") {
            true => [&["superuser"], roles.as_slice()].concat(),
            false => roles,
        };
        record(
            tx,
            Action::UserCreate,
            "user",
            name(matches),
            &detail.join(", "),
        )
    })?;
    say(&shown)
}

fn profile(tx: &ReadTx<'_>, name: &str) -> Result<Profile> {
    profiles::get(tx, users::get(tx, name)?.id)
}

/// Writes down what was done here. Whoever can run this program on the data directory may do it.
fn record(tx: &WriteTx<'_>, action: Action, noun: &str, name: &str, detail: &str) -> Result<()> {
    audit::write(
        tx,
        &Entry {
            actor: Actor::command_line(),
            action: format!("{action:?}"),
            object: format!("{noun} {name}"),
            outcome: Outcome::Done,
            detail: detail.to_owned(),
        },
    )
}

pub(super) fn group(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    if command == "list" {
        return say(&db.read(list_groups)?);
    }
    let name = name(matches);
    db.write(|tx| change_group(tx, command, name, matches))?;
    Ok(())
}

fn change_group(tx: &WriteTx<'_>, command: &str, name: &str, matches: &ArgMatches) -> Result<()> {
    match command {
        "create" => {
            groups::create(tx, name)?;
            record(tx, Action::GroupCreate, "group", name, "")
        }
        "delete" => {
            groups::remove(tx, groups::named(tx, name)?)?;
            record(tx, Action::GroupDelete, "group", name, "")
        }
        _ => {
            let group = groups::named(tx, name)?;
            let username: &String = matches.get_one("user").context("the user is missing")?;
            let user = users::get(tx, username)?.id;
            let (changed, action) = match command {
                "add" => (members::insert(tx, group, user)?, Action::GroupMemberAdd),
                _ => (
                    members::take_out(tx, group, user)?,
                    Action::GroupMemberRemove,
                ),
            };
            if changed {
                record(tx, action, "group", name, &format!("user {username}"))?;
            }
            Ok(())
        }
    }
}

/// Each group with the names of its members.
fn list_groups(tx: &ReadTx<'_>) -> Result<Vec<String>> {
    let all = Window {
        offset: 0,
        limit: u64::MAX,
    };
    let filter = GroupFilter {
        order: GroupOrder::Name,
        ..GroupFilter::default()
    };
    let line = |group: Group| -> Result<String> {
        let members = members::list(tx, group.id, all)?.items;
        let names: Vec<String> = members.into_iter().map(|member| member.username).collect();
        Ok(format!("{}\t{}", group.name, names.join(",")))
    };
    let groups = groups::list(tx, &filter, all)?.items;
    groups.into_iter().map(line).collect()
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

pub(super) fn links(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    db.write(|tx| {
        instance::replace_signing_key(tx)?;
        audit::write(
            tx,
            &Entry {
                actor: Actor::command_line(),
                action: "LinksRevoke".to_owned(),
                object: "the key of download links".to_owned(),
                outcome: Outcome::Done,
                detail: String::new(),
            },
        )
    })?;
    Ok(())
}

pub(super) fn open(matches: &ArgMatches) -> anyhow::Result<(Config, Db)> {
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
    let cost = serve::cost(config)?;
    if !matches.get_flag("password-stdin") {
        let made_up = passwords::generate()?;
        return Ok((PasswordHash::with(&made_up, &cost)?, vec![made_up]));
    }
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    let given = line.trim_end_matches(['\r', '\n']);
    password_rules::check(given, config.access.minimum_password_length)?;
    Ok((PasswordHash::with(given, &cost)?, Vec::new()))
}

pub(super) fn no_user(error: Error, username: &str) -> anyhow::Error {
    match error {
        Error::NotFound(_) => anyhow::anyhow!(
            "there is no user {username} in this data directory; pocket-galaxy user list shows who is, \
             and the first start of the hub creates admin"
        ),
        other => other.into(),
    }
}
