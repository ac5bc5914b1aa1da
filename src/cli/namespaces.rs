//! `namespace`: namespaces, and who owns them.

use clap::Arg;
use clap::ArgAction;
use clap::ArgMatches;
use clap::Command;

use crate::cli::beside;
use crate::cli::beside::name;
use crate::cli::beside::open;
use crate::cli::beside::text;
use crate::cli::say;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::domain::namespaces::OWNER;
use crate::domain::namespaces::create;
use crate::domain::namespaces::create::NewNamespace;
use crate::kernel::error::Result;
use crate::policy::action::Action;

/// The commands below `namespace`.
pub(super) fn command() -> Command {
    let owner = Arg::new("owner")
        .long("owner")
        .value_name("USER")
        .action(ArgAction::Append)
        .help("A user who may publish into it and change it");
    let create = beside::command("create", "Add a namespace")
        .arg(name("The namespace"))
        .arg(owner);
    beside::group("namespace", "Manage namespaces, also while the hub runs").subcommand(create)
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<()> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let (_, db) = open(matches)?;
    let owners: Vec<&String> = matches.get_many("owner").unwrap_or_default().collect();
    let lines = db.write(|tx| add(tx, text(matches, "name"), &owners))?;
    say(&lines)
}

fn add(tx: &WriteTx<'_>, name: &str, owners: &[&String]) -> Result<Vec<String>> {
    let mut new = NewNamespace {
        name: name.to_owned(),
        ..NewNamespace::default()
    };
    for owner in owners {
        let holder = Holder::User(users::get(tx, owner)?.id);
        new.owners.push((holder, OWNER.to_owned()));
    }
    create::create(tx, &new)?;
    let owners = owners.iter().map(|owner| format!("owner {owner}"));
    let detail = owners.collect::<Vec<_>>().join(", ");
    let action = Action::NamespaceCreate.name();
    audit::record_by_command_line(tx, action, format!("namespace {name}"), detail)?;
    Ok(vec![format!("namespace {name} is created")])
}
