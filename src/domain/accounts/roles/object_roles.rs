//! Who holds roles on an object, and changing that for several people at once.
//!
//! The same for every kind of object; the nouns that come later find theirs and hand it in.

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::objects;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::ids::RoleId;
use crate::policy::object::Object;
use crate::policy::permission::PermissionSet;
use crate::policy::permit::Permit;

/// The holders of one role on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHolders {
    /// The name of the role.
    pub role: String,
    /// The names of the users.
    pub users: Vec<String>,
    /// The names of the groups.
    pub groups: Vec<String>,
}

const HOLDERS: &str = "
    SELECT r.name, u.username, g.name
      FROM role_assignment a
      JOIN role r ON r.id = a.role_id
      LEFT JOIN user u ON u.id = a.user_id
      LEFT JOIN user_group g ON g.id = a.group_id
     WHERE a.object_kind = :kind AND a.object_id = :id
     ORDER BY r.name, a.id";

/// The roles that are held on `object`, by name (contract 03, REP-14). Needs what the action's rule asks for there.
pub fn list(tx: &ReadTx<'_>, permit: &Permit, object: Object) -> Result<Vec<RoleHolders>> {
    permit.on(object)?;
    let (kind, id) = object.columns();
    let mut statement = tx.prepare_cached(HOLDERS)?;
    let mut rows = statement.query(named_params! {":kind": kind, ":id": id})?;
    let mut found: Vec<RoleHolders> = Vec::new();
    while let Some(row) = rows.next()? {
        let role: String = row.get(0)?;
        if found.last().is_none_or(|last| last.role != role) {
            found.push(RoleHolders {
                role,
                users: Vec::new(),
                groups: Vec::new(),
            });
        }
        if let Some(last) = found.last_mut() {
            last.users.extend(row.get::<_, Option<String>>(1)?);
            last.groups.extend(row.get::<_, Option<String>>(2)?);
        }
    }
    Ok(found)
}

/// What roles let the caller do with `object`; nothing for a superuser without roles (contract 03, REP-17).
/// Whether a repository may be seen was asked when it was looked up; of other objects the action's rule says.
pub fn mine(permit: &Permit, object: Object) -> Result<PermissionSet> {
    if !matches!(object, Object::Repository(_)) {
        permit.on(object)?;
    }
    let account = permit.viewer().account();
    let granted = account.map(|account| account.grants.granted_on(object));
    Ok(granted.unwrap_or_default().about(object.kind()))
}

/// A role, and whom a request names beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The name of the role.
    pub role: String,
    /// Names of users.
    pub users: Vec<String>,
    /// Names of groups.
    pub groups: Vec<String>,
}

/// Everybody named, and the role. All that is missing is told at once.
fn resolve(tx: &ReadTx<'_>, wanted: &Wanted) -> Result<(RoleId, Vec<(Holder, String)>)> {
    let mut faults = Vec::new();
    let mut holders = Vec::new();
    for (at, name) in wanted.users.iter().enumerate() {
        match users::find(tx, name)? {
            Some(user) => holders.push((Holder::User(user.id), name.clone())),
            None => faults.push(missing("users", at, &format!("username={name}"))),
        }
    }
    for (at, name) in wanted.groups.iter().enumerate() {
        match groups::find(tx, name)? {
            Some(group) => holders.push((Holder::Group(group), name.clone())),
            None => faults.push(missing("groups", at, &format!("name={name}"))),
        }
    }
    match assignments::role_called(tx, &wanted.role) {
        Ok(role) if faults.is_empty() => return Ok((role, holders)),
        Err(Error::Invalid(more)) => faults.extend(more),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    Err(Error::Invalid(faults))
}

fn missing(field: &'static str, at: usize, what: &str) -> Fault {
    let message = format!("Object with {what} does not exist.");
    Fault::of(Blame::Item(field, at), "does_not_exist", message)
}

/// Gives a role on `object` to everybody named (contract 03, REP-15). Needs what the action's rule asks for there.
///
/// Fails, and gives nothing to anybody, if somebody or the role is missing, if it would open nothing there, and
/// if somebody holds it there. A role with more than is about this kind of object opens no more than that.
pub fn add(tx: &WriteTx<'_>, permit: &Permit, object: Object, wanted: &Wanted) -> Result<()> {
    permit.on(object)?;
    let (role, holders) = resolve(tx, wanted)?;
    let refusal = "The role does not contain any permission for that object.";
    assignments::check_fits(tx, role, object, refusal.to_owned())?;
    let by = permit.account()?.id;
    for (holder, name) in holders {
        if assignments::insert(tx, holder, role, Some(object), Some(by))?.is_none() {
            let message = format!(
                "The role is already assigned to {} '{name}'.",
                holder.noun()
            );
            return Err(assignments::wrong(message));
        }
    }
    record(tx, permit, object, wanted)
}

/// Takes a role on `object` from everybody named (contract 03, REP-16). Needs what the action's rule asks for there.
///
/// Fails, and takes nothing from anybody, if somebody or the role is missing, and if somebody does not hold it there.
pub fn remove(tx: &WriteTx<'_>, permit: &Permit, object: Object, wanted: &Wanted) -> Result<()> {
    permit.on(object)?;
    let (role, holders) = resolve(tx, wanted)?;
    for (holder, name) in holders {
        if !assignments::remove(tx, holder, role, Some(object))? {
            let message = format!("The role is not assigned to {} '{name}'.", holder.noun());
            return Err(assignments::wrong(message));
        }
    }
    record(tx, permit, object, wanted)
}

fn record(tx: &WriteTx<'_>, permit: &Permit, object: Object, wanted: &Wanted) -> Result<()> {
    let users = wanted.users.iter().map(|name| format!("user {name}"));
    let groups = wanted.groups.iter().map(|name| format!("group {name}"));
    let holders: Vec<String> = users.chain(groups).collect();
    let detail = format!("role {}: {}", wanted.role, holders.join(", "));
    audit::record_with(tx, permit, objects::label(tx, object)?, detail)
}
