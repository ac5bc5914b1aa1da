//! Groups.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;

/// The group every installation has, and the roles it holds everywhere (contract 08 §8.2).
const PARTNER_ENGINEERS: &str = "system:partner-engineers";
const PARTNER_ROLES: &[&str] = &[
    "galaxy.group_admin",
    "galaxy.user_admin",
    "galaxy.collection_admin",
];

/// Adds the group that comes with the server.
pub fn seed(tx: &WriteTx<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO user_group (name, created_at) VALUES (:name, :now)",
        named_params! {":name": PARTNER_ENGINEERS, ":now": tx.now},
    )?;
    let group = GroupId(tx.last_insert_rowid());
    for role in PARTNER_ROLES {
        tx.execute(
            "INSERT INTO role_assignment (group_id, role, created_at) VALUES (:group, :role, :now)",
            named_params! {":group": group, ":role": role, ":now": tx.now},
        )?;
    }
    Ok(())
}

/// The group called `name`.
pub fn find(tx: &ReadTx<'_>, name: &str) -> Result<Option<GroupId>> {
    let found = tx
        .prepare_cached("SELECT id FROM user_group WHERE name = :name")?
        .query_row(named_params! {":name": name}, |row| row.get(0));
    Ok(found.optional()?)
}

/// Whether there is a group with that id.
pub fn exists(tx: &ReadTx<'_>, id: GroupId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM user_group WHERE id = :id)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":id": id}, |row| row.get(0))?)
}
