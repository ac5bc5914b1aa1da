//! Roles: those that came with the server, and those people make.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::ids::RoleId;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;
use crate::policy::roles;
use crate::policy::roles::LOCKED;

/// Writes the shipped roles into their rows, as far as those differ. A role of one's own making that has the name
/// of a shipped one becomes it.
pub fn write_locked(tx: &WriteTx<'_>) -> Result<()> {
    LOCKED.iter().try_for_each(|role| write(tx, role))
}

const WRITE: &str = "
    INSERT INTO role (uuid, name, locked, created_at, updated_at) VALUES (:uuid, :name, 1, :now, :now)
    ON CONFLICT (name) DO UPDATE SET locked = 1 WHERE locked = 0";

fn write(tx: &WriteTx<'_>, role: &roles::Role) -> Result<()> {
    let uuid = Uuid::now_v7().to_string();
    tx.prepare_cached(WRITE)?
        .execute(named_params! {":uuid": uuid, ":name": role.name, ":now": tx.now})?;
    let Some(id) = find(tx, role.name)? else {
        return Ok(());
    };
    if permissions(tx, id)? != role.permissions {
        replace_permissions(tx, id, role.permissions)?;
    }
    Ok(())
}

/// The role called `name`.
pub fn find(tx: &ReadTx<'_>, name: &str) -> Result<Option<RoleId>> {
    let found = tx
        .prepare_cached("SELECT id FROM role WHERE name = :name")?
        .query_row(named_params! {":name": name}, |row| row.get(0));
    Ok(found.optional()?)
}

/// The names of all roles, in alphabetical order.
pub fn names(tx: &ReadTx<'_>) -> Result<Vec<String>> {
    let mut statement = tx.prepare_cached("SELECT name FROM role ORDER BY name")?;
    let names = statement
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

/// What the holders of a role may do.
pub fn permissions(tx: &ReadTx<'_>, id: RoleId) -> Result<PermissionSet> {
    let mut statement =
        tx.prepare_cached("SELECT permission FROM role_permission WHERE role_id = :id")?;
    let names = statement
        .query_map(named_params! {":id": id}, |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(names
        .iter()
        .filter_map(|name| Permission::parse(name))
        .collect())
}

/// Makes `wanted` what the holders of a role may do.
pub fn replace_permissions(tx: &WriteTx<'_>, id: RoleId, wanted: PermissionSet) -> Result<()> {
    tx.prepare_cached("DELETE FROM role_permission WHERE role_id = :id")?
        .execute(named_params! {":id": id})?;
    let mut add =
        tx.prepare_cached("INSERT INTO role_permission (role_id, permission) VALUES (:id, :name)")?;
    for permission in wanted.iter() {
        add.execute(named_params! {":id": id, ":name": permission.as_str()})?;
    }
    Ok(())
}
