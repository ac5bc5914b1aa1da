//! Giving a role by the numbers and UUIDs the automation platform knows everything by (contract 04, V2-15, V2-17).

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles;
use crate::domain::accounts::roles::Role;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::definitions;
use crate::domain::accounts::roles::granted;
use crate::domain::accounts::roles::granted::Granted;
use crate::domain::accounts::roles::granted::Holders;
use crate::domain::accounts::roles::holdings;
use crate::domain::accounts::roles::objects;
use crate::domain::accounts::roles::objects::Key;
use crate::domain::accounts::roles::objects::Named;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::UserId;
use crate::policy::object::Kind;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::policy::roles::NEVER_EVERYWHERE_FOR_A_USER;

/// Who is to be given a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// The one with this number.
    Id(i64),
    /// The one with this UUID.
    Uuid(Uuid),
}

/// What on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// Everywhere.
    Everywhere,
    /// The thing with this number or UUID, of the kind that the role is about.
    Id(String),
    /// The team with this UUID.
    Uuid(Uuid),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The role.
    pub role: RoleId,
    /// Who is to be given it.
    pub whom: Whom,
    /// What on.
    pub on: On,
}

/// Gives a role. Giving it twice is giving it once.
///
/// Fails if there is no such role, user, team or object, if the role is not about such objects, and for the few
/// roles that are for single objects if none is named.
pub fn give(
    tx: &WriteTx<'_>,
    permit: &Permit,
    holders: Holders,
    wanted: &Wanted,
) -> Result<Granted> {
    let role = roles::numbered(tx, wanted.role)?
        .ok_or_else(|| unknown("role_definition", wanted.role.0))?;
    let holder = holder(tx, holders, wanted.whom)?;
    let object = object(tx, &role, &wanted.on)?;
    if object.is_none() && NEVER_EVERYWHERE_FOR_A_USER.contains(&role.name.as_str()) {
        let message = "Object must be specified for this role assignment";
        return Err(Error::invalid("object_id", "invalid", message));
    }
    let id = match assignments::find(tx, holder, role.id, object)? {
        Some(id) => id,
        None => holdings::give(tx, permit, holder, &role.name, object)?.id,
    };
    granted::get(tx, permit.viewer(), holders, id)
}

fn unknown(field: &'static str, id: impl std::fmt::Display) -> Error {
    let message = format!("Invalid pk \"{id}\" - object does not exist.");
    Error::invalid(field, "does_not_exist", message)
}

fn holder(tx: &ReadTx<'_>, holders: Holders, whom: Whom) -> Result<Holder> {
    let (table, field, by_uuid) = match holders {
        Holders::Users => ("user", "user", "user_ansible_id"),
        Holders::Teams => ("user_group", "team", "team_ansible_id"),
    };
    let (id, missing) = match whom {
        Whom::Id(id) => (find(tx, table, "id", &id.to_string())?, unknown(field, id)),
        Whom::Uuid(uuid) => (
            find(tx, table, "uuid", &uuid.to_string())?,
            unknown(by_uuid, uuid),
        ),
    };
    let id = id.ok_or(missing)?;
    Ok(match holders {
        Holders::Users => Holder::User(UserId(id)),
        Holders::Teams => Holder::Group(GroupId(id)),
    })
}

fn find(tx: &ReadTx<'_>, table: &str, column: &str, value: &str) -> Result<Option<i64>> {
    let found = tx
        .prepare_cached(&format!("SELECT id FROM {table} WHERE {column} = :value"))?
        .query_row(named_params! {":value": value}, |row| row.get(0));
    Ok(found.optional()?)
}

fn object(tx: &ReadTx<'_>, role: &Role, on: &On) -> Result<Option<Object>> {
    let (field, shown) = match on {
        On::Everywhere => return Ok(None),
        On::Id(id) => ("object_id", id.clone()),
        On::Uuid(uuid) => ("object_ansible_id", uuid.to_string()),
    };
    let Some(kind) = definitions::kind_of(role.permissions) else {
        let message = "System role does not allow for object assignment";
        return Err(Error::invalid(field, "invalid", message));
    };
    let found = match on {
        On::Everywhere => None,
        On::Id(id) => match key(kind, id) {
            Some(key) => objects::find(tx, Named { kind, key })?,
            None => None,
        },
        On::Uuid(uuid) => {
            let team = find(tx, "user_group", "uuid", &uuid.to_string())?;
            if team.is_some() && kind != Kind::Group {
                let model = kind.model();
                let message = format!("Object type of team does not match role type of {model}");
                return Err(Error::invalid(field, "invalid", message));
            }
            team.map(|id| Object::Group(GroupId(id)))
        }
    };
    found.map(Some).ok_or_else(|| unknown(field, shown))
}

fn key(kind: Kind, text: &str) -> Option<Key> {
    match objects::is_numbered(kind) {
        true => text.parse().ok().map(Key::Number),
        false => text.parse().ok().map(Key::Uuid),
    }
}
