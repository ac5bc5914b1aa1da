//! Roles beside the hub, running or not: which there are, and giving and taking them.

use clap::ArgGroup;
use clap::ArgMatches;
use clap::Command;

use crate::cli::beside;
use crate::cli::beside::ALL;
use crate::cli::beside::name;
use crate::cli::beside::open;
use crate::cli::beside::text;
use crate::cli::counted;
use crate::cli::say;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::roles;
use crate::domain::accounts::roles::Role;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::listing;
use crate::domain::accounts::roles::listing::RoleFilter;
use crate::domain::accounts::roles::listing::RoleOrder;
use crate::domain::accounts::roles::objects;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::domain::namespaces;
use crate::domain::repositories;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::policy::object::Object;

/// The commands below `role`.
pub(super) fn command() -> Command {
    let change = |command, about| {
        beside::command(command, about)
            .arg(name("The role, such as galaxy.collection_publisher"))
            .arg(beside::option("user", "NAME", "Who holds it"))
            .arg(beside::option(
                "group",
                "NAME",
                "The group whose members hold it",
            ))
            .group(
                ArgGroup::new("holder")
                    .args(["user", "group"])
                    .required(true),
            )
            .arg(beside::option(
                "namespace",
                "NAME",
                "Only on this namespace",
            ))
            .arg(beside::option(
                "repository",
                "NAME",
                "Only on this repository",
            ))
            .group(ArgGroup::new("object").args(["namespace", "repository"]))
    };
    beside::group("role", "See, give and take roles, also while the hub runs")
        .subcommand(beside::command("list", "Print all roles"))
        .subcommand(
            beside::command("show", "Print what a role lets its holders do").arg(name("The role")),
        )
        .subcommand(change(
            "assign",
            "Give somebody a role, on one object or everywhere",
        ))
        .subcommand(change("unassign", "Take a role from somebody"))
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    let lines = match command {
        "assign" => db.write(|tx| change(tx, matches, true))?,
        "unassign" => db.write(|tx| change(tx, matches, false))?,
        "show" => db.read(|tx| show(tx, text(matches, "name")))?,
        _ => db.read(list)?,
    };
    say(&lines)
}

fn list(tx: &ReadTx<'_>) -> Result<Vec<String>> {
    let line = |role: Role| {
        let kind = if role.is_locked { "shipped" } else { "custom" };
        let count = role.permissions.len();
        format!(
            "{}\t{kind}\t{}",
            role.name,
            counted(count as usize, "permission")
        )
    };
    Ok(found(tx, Vec::new())?.into_iter().map(line).collect())
}

fn show(tx: &ReadTx<'_>, name: &str) -> Result<Vec<String>> {
    let role = found(tx, vec![TextFilter::Is(name.to_owned())])?.pop();
    let role = role.ok_or_else(|| missing(name))?;
    let lines = role.permissions.names().into_iter().map(str::to_owned);
    Ok(role.description.into_iter().chain(lines).collect())
}

fn found(tx: &ReadTx<'_>, name: Vec<TextFilter>) -> Result<Vec<Role>> {
    let filter = RoleFilter {
        name,
        order: RoleOrder::Name,
        ..RoleFilter::default()
    };
    Ok(listing::list(tx, &filter, ALL)?.items)
}

/// Fails if there is no role of this name.
pub(super) fn check(tx: &ReadTx<'_>, name: &str) -> Result<()> {
    roles::find(tx, name)?
        .map(|_role| ())
        .ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Error {
    Error::NotFound(Noun::Role(name.to_owned()))
}

/// Gives or takes. Doing it twice is doing it once.
fn change(tx: &WriteTx<'_>, matches: &ArgMatches, gives: bool) -> Result<Vec<String>> {
    let option = |id: &str| matches.get_one::<String>(id).map(String::as_str);
    let role = text(matches, "name");
    check(tx, role)?;
    let holder = holder(tx, option("user"), option("group"))?;
    let object = object(tx, option("namespace"), option("repository"))?;
    let is_new = match gives {
        true => assignments::give(tx, holder, role, object)?,
        false => assignments::unassign(tx, holder, role, object)?,
    };
    let who = format!("{} {}", holder.noun(), holder.name(tx)?);
    let place = objects::place(tx, object)?;
    if is_new {
        let (action, detail) = (holder.action(gives).name(), format!("role {role} {place}"));
        audit::record_by_command_line(tx, action, &who, detail)?;
    }
    Ok(vec![match (gives, is_new) {
        (true, true) => format!("{who} holds {role} {place} now"),
        (true, false) => format!("{who} held {role} {place} already"),
        (false, true) => format!("{who} does not hold {role} {place} any more"),
        (false, false) => format!("{who} did not hold {role} {place}"),
    }])
}

fn holder(tx: &ReadTx<'_>, user: Option<&str>, group: Option<&str>) -> Result<Holder> {
    Ok(match user {
        Some(user) => Holder::User(users::get(tx, user)?.id),
        None => Holder::Group(groups::named(tx, group.unwrap_or_default())?),
    })
}

fn object(
    tx: &ReadTx<'_>,
    namespace: Option<&str>,
    repository: Option<&str>,
) -> Result<Option<Object>> {
    if let Some(name) = namespace {
        let found = namespaces::queries::find_id(tx, name)?;
        let id = found.ok_or_else(|| Error::NotFound(Noun::Namespace(name.to_owned())))?;
        return Ok(Some(Object::Namespace(id)));
    }
    let Some(name) = repository else {
        return Ok(None);
    };
    let found = repositories::queries::find_id(tx, name)?;
    let id = found.ok_or_else(|| Error::NotFound(Noun::Repository(name.to_owned())))?;
    Ok(Some(Object::Repository(id)))
}
