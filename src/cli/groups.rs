//! `group`: groups, and who is in them.

use clap::ArgMatches;
use clap::Command;

use crate::cli::beside;
use crate::cli::beside::ALL;
use crate::cli::beside::argument;
use crate::cli::beside::name;
use crate::cli::beside::open;
use crate::cli::beside::text;
use crate::cli::say;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::Group;
use crate::domain::accounts::groups::GroupFilter;
use crate::domain::accounts::groups::GroupOrder;
use crate::domain::accounts::groups::members;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::kernel::error::Result;
use crate::policy::action::Action;

/// The commands below `group`.
pub(super) fn command() -> Command {
    let named = |command, about| beside::command(command, about).arg(name("The group"));
    let user = || argument("user", "USER", "The user's name");
    beside::group("group", "Manage groups, also while the hub runs")
        .subcommand(beside::command(
            "list",
            "Print all groups and who is in them",
        ))
        .subcommand(named("create", "Add a group"))
        .subcommand(named("delete", "Delete a group with its roles"))
        .subcommand(named("add", "Put a user into a group").arg(user()))
        .subcommand(named("remove", "Take a user out of a group").arg(user()))
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    let (group, user) = (text(matches, "name"), || text(matches, "user"));
    let lines = match command {
        "create" => db.write(|tx| create(tx, group))?,
        "delete" => db.write(|tx| delete(tx, group))?,
        "add" => db.write(|tx| add(tx, group, user()))?,
        "remove" => db.write(|tx| remove(tx, group, user()))?,
        _ => db.read(list)?,
    };
    say(&lines)
}

fn create(tx: &WriteTx<'_>, name: &str) -> Result<Vec<String>> {
    groups::create(tx, name)?;
    record(tx, Action::GroupCreate, name, "")?;
    Ok(vec![format!("group {name} is created")])
}

fn delete(tx: &WriteTx<'_>, name: &str) -> Result<Vec<String>> {
    groups::remove(tx, groups::named(tx, name)?)?;
    record(tx, Action::GroupDelete, name, "")?;
    Ok(vec![format!("group {name} is deleted")])
}

fn add(tx: &WriteTx<'_>, group: &str, user: &str) -> Result<Vec<String>> {
    let changed = members::insert(tx, groups::named(tx, group)?, users::get(tx, user)?.id)?;
    if !changed {
        return Ok(vec![format!("user {user} was in group {group} already")]);
    }
    record(tx, Action::GroupMemberAdd, group, &format!("user {user}"))?;
    Ok(vec![format!("user {user} is in group {group} now")])
}

fn remove(tx: &WriteTx<'_>, group: &str, user: &str) -> Result<Vec<String>> {
    let changed = members::take_out(tx, groups::named(tx, group)?, users::get(tx, user)?.id)?;
    if !changed {
        return Ok(vec![format!("user {user} was not in group {group}")]);
    }
    let detail = format!("user {user}");
    record(tx, Action::GroupMemberRemove, group, &detail)?;
    Ok(vec![format!(
        "user {user} is not in group {group} any more"
    )])
}

/// Each group with the names of its members.
fn list(tx: &ReadTx<'_>) -> Result<Vec<String>> {
    let filter = GroupFilter {
        order: GroupOrder::Name,
        ..GroupFilter::default()
    };
    let line = |group: Group| -> Result<String> {
        let members = members::list(tx, group.id, ALL)?.items;
        let names: Vec<String> = members.into_iter().map(|member| member.username).collect();
        Ok(format!("{}\t{}", group.name, names.join(",")))
    };
    let groups = groups::list(tx, &filter, ALL)?.items;
    groups.into_iter().map(line).collect()
}

fn record(tx: &WriteTx<'_>, action: Action, name: &str, detail: &str) -> Result<()> {
    audit::record_by_command_line(tx, action.name(), format!("group {name}"), detail)
}
