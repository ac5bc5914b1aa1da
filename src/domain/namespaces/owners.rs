//! Owners as requests name them, and as rows know them.

use crate::db::tx::ReadTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::roles;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::users;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::policy::object::Kind;

/// Somebody a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A group, by its id or its name.
    Group {
        /// The id, if one was given.
        id: Option<i64>,
        /// The name, if one was given.
        name: Option<String>,
    },
    /// A user, by its id or its name.
    User {
        /// The id, if one was given.
        id: Option<i64>,
        /// The name, if one was given.
        username: Option<String>,
    },
}

/// The roles a request wants somebody to hold on the namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Who.
    pub holder: Named,
    /// The names of the roles.
    pub roles: Vec<String>,
}

/// Finds everybody named and checks every role. Fails with the reference's texts.
pub fn resolve(tx: &ReadTx<'_>, wanted: &[Wanted]) -> Result<Vec<(Holder, String)>> {
    let mut owners = Vec::new();
    for Wanted { holder, roles } in wanted {
        let (field, found) = match holder {
            Named::Group { id, name } => {
                ("groups", Holder::Group(group(tx, *id, name.as_deref())?))
            }
            Named::User { id, username } => {
                ("users", Holder::User(user(tx, *id, username.as_deref())?))
            }
        };
        for role in roles {
            check_role(tx, field, role)?;
            owners.push((found, role.clone()));
        }
    }
    Ok(owners)
}

fn group(tx: &ReadTx<'_>, id: Option<i64>, name: Option<&str>) -> Result<GroupId> {
    let found = match (id, name) {
        (Some(id), _) => groups::exists(tx, GroupId(id))?.then_some(GroupId(id)),
        (None, Some(name)) => groups::find(tx, name)?,
        (None, None) => None,
    };
    found.ok_or_else(|| missing("groups", "Group", id, name))
}

fn user(tx: &ReadTx<'_>, id: Option<i64>, name: Option<&str>) -> Result<UserId> {
    let found = match (id, name) {
        (Some(id), _) => users::exists(tx, UserId(id))?.then_some(UserId(id)),
        (None, Some(name)) => users::find(tx, name)?.map(|user| user.id),
        (None, None) => None,
    };
    found.ok_or_else(|| missing("users", "User", id, name))
}

fn missing(field: &'static str, noun: &str, id: Option<i64>, name: Option<&str>) -> Error {
    let id = id.map_or_else(|| "None".to_owned(), |id| id.to_string());
    let message = format!(
        "{noun} name={}, id={id} does not exist",
        name.unwrap_or("None")
    );
    Error::invalid(field, "invalid", message)
}

fn check_role(tx: &ReadTx<'_>, field: &'static str, name: &str) -> Result<()> {
    let Some(role) = roles::find(tx, name)? else {
        return Err(Error::invalid(
            field,
            "invalid",
            format!("Role {name} does not exist"),
        ));
    };
    if roles::permissions(tx, role)?.concerns(Kind::Namespace) {
        return Ok(());
    }
    let message = format!("Role {name} does not contain any permission for a namespace");
    Err(Error::invalid(field, "invalid", message))
}
