//! Roles beside the hub, running or not: which there are, and giving and taking them.

use anyhow::Context;
use clap::Arg;
use clap::ArgGroup;
use clap::ArgMatches;
use clap::Command;

use crate::cli::admin::open;
use crate::cli::beside;
use crate::cli::group;
use crate::cli::name;
use crate::cli::say;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::assignments;
use crate::domain::accounts::assignments::Holder;
use crate::domain::accounts::groups;
use crate::domain::accounts::objects;
use crate::domain::accounts::role_list;
use crate::domain::accounts::role_list::RoleFilter;
use crate::domain::accounts::role_list::RoleOrder;
use crate::domain::accounts::roles;
use crate::domain::accounts::roles::Role;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::domain::audit::Actor;
use crate::domain::audit::Entry;
use crate::domain::audit::Outcome;
use crate::domain::namespaces;
use crate::domain::repositories;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::page::Window;
use crate::policy::action::Action;
use crate::policy::object::Object;

/// The commands below `role`.
pub(super) fn command() -> Command {
    let change = |command, about| {
        beside(command, about)
            .arg(name("The role, such as galaxy.collection_publisher"))
            .arg(option("user", "Who holds it"))
            .arg(option("group", "The group whose members hold it"))
            .group(
                ArgGroup::new("holder")
                    .args(["user", "group"])
                    .required(true),
            )
            .arg(option("namespace", "Only on this namespace"))
            .arg(option("repository", "Only on this repository"))
            .group(ArgGroup::new("object").args(["namespace", "repository"]))
    };
    group("role", "See, give and take roles, also while the hub runs")
        .subcommand(beside("list", "Print all roles"))
        .subcommand(beside("show", "Print what a role lets its holders do").arg(name("The role")))
        .subcommand(change(
            "assign",
            "Give somebody a role, on one object or everywhere",
        ))
        .subcommand(change("unassign", "Take a role from somebody"))
}

fn option(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("NAME").help(help)
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    match command {
        "list" => {
            let line = |role: Role| {
                let kind = if role.is_locked { "shipped" } else { "custom" };
                format!(
                    "{}\t{kind}\t{} permissions",
                    role.name,
                    role.permissions.len()
                )
            };
            let all = db.read(|tx| found(tx, Vec::new()))?;
            say(&all.into_iter().map(line).collect::<Vec<_>>())
        }
        "show" => {
            let wanted = matches
                .get_one::<String>("name")
                .context("NAME is missing")?;
            let role = db
                .read(|tx| found(tx, vec![TextFilter::Is(wanted.clone())]))?
                .pop();
            let role = role.with_context(|| no_role(wanted))?;
            let lines = role.permissions.names().into_iter().map(str::to_owned);
            say(&role
                .description
                .into_iter()
                .chain(lines)
                .collect::<Vec<_>>())
        }
        "assign" => change(matches, &db, true),
        _ => change(matches, &db, false),
    }
}

fn found(tx: &ReadTx<'_>, name: Vec<TextFilter>) -> Result<Vec<Role>> {
    let filter = RoleFilter {
        name,
        order: RoleOrder::Name,
        ..RoleFilter::default()
    };
    let everything = Window {
        offset: 0,
        limit: u64::MAX,
    };
    Ok(role_list::list(tx, &filter, everything)?.items)
}

fn no_role(name: &str) -> String {
    format!("there is no role {name}; pocket-galaxy role list prints those there are")
}

/// Gives or takes. Doing it twice is doing it once.
fn change(matches: &ArgMatches, db: &Db, gives: bool) -> anyhow::Result<()> {
    let text = |option: &str| matches.get_one::<String>(option).map(String::as_str);
    let role = text("name").context("NAME is missing")?;
    let told = db.write(|tx| {
        let holder = holder(tx, text("user"), text("group"))?;
        let object = object(tx, text("namespace"), text("repository"))?;
        let is_new = match gives {
            true => give(tx, holder, role, object)?,
            false => assignments::unassign(tx, holder, role, object)?,
        };
        let who = format!("{} {}", holder.noun(), holder.name(tx)?);
        let label = object
            .map(|object| objects::label(tx, object))
            .transpose()?;
        if is_new {
            let entry = entry((holder, object, gives), role, &who, label.as_deref());
            audit::write(tx, &entry)?;
        }
        let place = label.map_or("everywhere".to_owned(), |label| format!("on {label}"));
        Ok(match (gives, is_new) {
            (true, true) => format!("{who} holds {role} {place} now"),
            (true, false) => format!("{who} holds {role} {place} already"),
            (false, true) => format!("{who} does not hold {role} {place} any more"),
            (false, false) => format!("{who} did not hold {role} {place}"),
        })
    });
    match told {
        Ok(told) => say(&[told]),
        Err(Error::NotFound(noun)) => anyhow::bail!("there is no {}", missing(&noun)),
        Err(error) => Err(error.into()),
    }
}

fn missing(noun: &Noun) -> String {
    let listed = match noun {
        Noun::User(_) => "; pocket-galaxy user list prints those there are",
        _ => "",
    };
    format!("{noun}{listed}")
}

/// Unlike the API, this gives any shipped role everywhere to a user too: so does `user create --role`.
fn give(tx: &WriteTx<'_>, holder: Holder, role: &str, object: Option<Object>) -> Result<bool> {
    if let (Some(object), Some(id)) = (object, roles::find(tx, role)?) {
        let (kind, _) = object.columns();
        let refusal = format!("the role {role} carries no permission for a {kind}");
        assignments::check_fits(tx, id, object, refusal)?;
    }
    let before = assignments::holds(tx, holder, role, object)?;
    assignments::assign(tx, holder, role, object)?;
    Ok(!before)
}

fn holder(tx: &ReadTx<'_>, user: Option<&str>, group: Option<&str>) -> Result<Holder> {
    match (user, group.unwrap_or_default()) {
        (Some(user), _) => Ok(Holder::User(users::get(tx, user)?.id)),
        (None, group) => groups::find(tx, group)?
            .map(Holder::Group)
            .ok_or_else(|| Error::NotFound(Noun::Group(group.to_owned()))),
    }
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

/// In the words of the API, so that one search of the audit trail finds what was done by both.
fn entry(
    (holder, object, gives): (Holder, Option<Object>, bool),
    role: &str,
    who: &str,
    label: Option<&str>,
) -> Entry {
    let action = match (holder, object, gives) {
        (_, Some(Object::Namespace(_)), true) => Action::NamespaceRoleAdd,
        (_, Some(Object::Namespace(_)), false) => Action::NamespaceRoleRemove,
        (_, Some(_), true) => Action::RepositoryRoleAdd,
        (_, Some(_), false) => Action::RepositoryRoleRemove,
        (Holder::User(_), None, true) => Action::UserRoleAdd,
        (Holder::User(_), None, false) => Action::UserRoleRemove,
        (Holder::Group(_), None, true) => Action::GroupRoleAdd,
        (Holder::Group(_), None, false) => Action::GroupRoleRemove,
    };
    Entry {
        actor: Actor::command_line(),
        action: format!("{action:?}"),
        object: label.unwrap_or(who).to_owned(),
        outcome: Outcome::Done,
        detail: match label {
            Some(_) => format!("role {role}: {who}"),
            None => format!("role {role} everywhere"),
        },
    }
}
