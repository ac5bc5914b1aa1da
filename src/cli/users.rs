//! `user`: accounts, and the people of other servers who mean them.

use std::io;
use std::io::BufRead;

use anyhow::Context;
use clap::Arg;
use clap::ArgAction;
use clap::ArgMatches;
use clap::Command;

use crate::cli::beside;
use crate::cli::beside::name;
use crate::cli::beside::open;
use crate::cli::beside::text;
use crate::cli::roles;
use crate::cli::say;
use crate::config::Config;
use crate::config::single_sign_on::Issuer;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::passwords;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::passwords::rules;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::signing_in::identities;
use crate::domain::accounts::users;
use crate::domain::accounts::users::User;
use crate::domain::accounts::users::edit;
use crate::domain::accounts::users::profiles;
use crate::domain::accounts::users::profiles::Profile;
use crate::domain::audit;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::serve;

/// The commands below `user`.
pub(super) fn command() -> Command {
    let named = |command, about| beside::command(command, about).arg(name("The user's name"));
    let stdin = || {
        beside::switch(
            "password-stdin",
            "Read the password from standard input instead of making one up",
        )
    };
    let create = beside::command("create", "Add a user and print the password made for it")
        .arg(name("The name to sign in with"))
        .arg(stdin())
        .arg(beside::switch("superuser", "Let the user do everything"))
        .arg(
            Arg::new("role")
                .long("role")
                .value_name("ROLE")
                .action(ArgAction::Append)
                .help("A role to hold everywhere, such as galaxy.collection_publisher"),
        );
    let password = named("password", "Give a user another password and print it").arg(stdin());
    let about = "Have a person whom the single sign-on provider vouches for mean this user";
    let issuer = beside::option("issuer", "URL", "The provider, as oidc_issuer names it");
    let about_subject = "What the provider calls the person: the claim sub";
    let subject = beside::option("subject", "TEXT", about_subject);
    let link = named("link", about)
        .arg(issuer.required(true))
        .arg(subject.required(true));
    let about = "End that, and take from the user what the provider gave";
    let unlink = named("unlink", about);
    let about = "Let a user in no more; ends their tokens and sessions";
    let deactivate = named("deactivate", about);
    beside::group("user", "Manage accounts, also while the hub runs")
        .subcommand(beside::command("list", "Print all users"))
        .subcommand(create)
        .subcommand(password)
        .subcommand(deactivate)
        .subcommand(named("activate", "Let a user in again"))
        .subcommand(named("delete", "Delete a user with their tokens and roles"))
        .subcommand(link)
        .subcommand(unlink)
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (config, db) = open(matches)?;
    let name = text(matches, "name");
    let lines = match command {
        "create" => create(matches, &config, &db)?,
        "password" => set_password(matches, &config, &db)?,
        "activate" => db.write(|tx| set_active(tx, name, true))?,
        "deactivate" => db.write(|tx| set_active(tx, name, false))?,
        "delete" => db.write(|tx| delete(tx, name))?,
        "link" => link(matches, &db)?,
        "unlink" => db.write(|tx| unlink(tx, name))?,
        _ => db.read(users::all)?.into_iter().map(line).collect(),
    };
    say(&lines)
}

fn line(user: User) -> String {
    let kind = match user.is_superuser {
        true => "superuser",
        false => "user",
    };
    let state = if user.is_active { "active" } else { "inactive" };
    format!("{}\t{kind}\t{state}", user.username)
}

fn create(matches: &ArgMatches, config: &Config, db: &Db) -> anyhow::Result<Vec<String>> {
    let name = text(matches, "name");
    let is_superuser = matches.get_flag("superuser");
    let given: Vec<&str> = (matches.get_many::<String>("role").unwrap_or_default())
        .map(String::as_str)
        .collect();
    db.read(|tx| given.iter().try_for_each(|role| roles::check(tx, role)))?;
    let (password, shown) = password(matches, config)?;
    db.write(|tx| {
        let id = users::create(tx, name, &password, is_superuser)?;
        for role in &given {
            assignments::assign(tx, Holder::User(id), role, None)?;
        }
        let superuser: &[&str] = if is_superuser { &["superuser"] } else { &[] };
        let detail = [superuser, &given].concat().join(", ");
        record(tx, Action::UserCreate, name, &detail)
    })?;
    Ok(shown)
}

fn set_password(matches: &ArgMatches, config: &Config, db: &Db) -> anyhow::Result<Vec<String>> {
    let user = db.read(|tx| users::get(tx, text(matches, "name")))?;
    let (password, shown) = password(matches, config)?;
    db.write(|tx| {
        users::set_password(tx, user.id, &password)?;
        record(tx, Action::UserUpdate, &user.username, "password")
    })?;
    Ok(shown)
}

fn set_active(tx: &WriteTx<'_>, name: &str, is_active: bool) -> Result<Vec<String>> {
    let user = profile(tx, name)?;
    let state = if is_active { "active" } else { "inactive" };
    if user.is_active == is_active {
        return Ok(vec![format!("user {name} was {state} already")]);
    }
    edit::set_active(tx, &user, is_active)?;
    record(tx, Action::UserUpdate, name, state)?;
    Ok(vec![format!("user {name} is {state} now")])
}

fn delete(tx: &WriteTx<'_>, name: &str) -> Result<Vec<String>> {
    edit::remove(tx, &profile(tx, name)?)?;
    record(tx, Action::UserDelete, name, "")?;
    Ok(vec![format!("user {name} is deleted")])
}

/// Has an identity of another server mean a user.
fn link(matches: &ArgMatches, db: &Db) -> anyhow::Result<Vec<String>> {
    let (name, subject) = (text(matches, "name"), text(matches, "subject"));
    let issuer = Issuer::parse(text(matches, "issuer"));
    let issuer = issuer.context("--issuer must be the provider's URL")?;
    anyhow::ensure!(!subject.is_empty(), "--subject is empty");
    let before = db.write(|tx| {
        let user = users::get(tx, name)?;
        let before = identities::find(tx, issuer.as_str(), subject)?;
        let before = before.map(|before| before.username);
        if before.as_deref() != Some(name) {
            identities::link(tx, user.id, issuer.as_str(), subject)?;
            let detail = format!("linked to {subject} of {issuer}");
            record(tx, Action::UserUpdate, name, &detail)?;
        }
        Ok(before)
    })?;
    Ok(vec![match before {
        Some(before) if before == name => {
            format!("user {name} was linked to {subject} of {issuer} already")
        }
        Some(before) => {
            format!("user {name} is linked to {subject} of {issuer} now; user {before} was before")
        }
        None => format!("user {name} is linked to {subject} of {issuer} now"),
    }])
}

fn unlink(tx: &WriteTx<'_>, name: &str) -> Result<Vec<String>> {
    let user = users::get(tx, name)?;
    if identities::unlink(tx, user.id)? == 0 {
        return Ok(vec![format!("user {name} was linked to nobody")]);
    }
    let detail = "no longer linked to other servers";
    record(tx, Action::UserUpdate, name, detail)?;
    Ok(vec![format!("user {name} is {detail}")])
}

fn profile(tx: &ReadTx<'_>, name: &str) -> Result<Profile> {
    profiles::get(tx, users::get(tx, name)?.id)
}

fn record(tx: &WriteTx<'_>, action: Action, name: &str, detail: &str) -> Result<()> {
    audit::record_by_command_line(tx, action.name(), format!("user {name}"), detail)
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
    rules::check(given, config.access.minimum_password_length)?;
    Ok((PasswordHash::with(given, &cost)?, Vec::new()))
}
