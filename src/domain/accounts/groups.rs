//! Groups.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::assignments;
use crate::domain::accounts::assignments::Holder;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;

/// The group every installation has, and the roles it holds everywhere (contract 08 §8.2).
const PARTNER_ENGINEERS: &str = "system:partner-engineers";
const PARTNER_ROLES: &[&str] = &[
    "galaxy.group_admin",
    "galaxy.user_admin",
    "galaxy.collection_admin",
];

/// Adds the group that comes with the server; the shipped roles must be there.
pub fn seed(tx: &WriteTx<'_>) -> Result<()> {
    let group = Holder::Group(create(tx, PARTNER_ENGINEERS)?);
    PARTNER_ROLES
        .iter()
        .try_for_each(|role| assignments::assign(tx, group, role, None))
}

const CREATE: &str = "
    INSERT INTO user_group (uuid, name, created_at) VALUES (:uuid, :name, :now) ON CONFLICT (name) DO NOTHING";

/// Adds a group. Fails if the name is taken.
pub fn create(tx: &WriteTx<'_>, name: &str) -> Result<GroupId> {
    let uuid = Uuid::new_v4().to_string();
    let added = tx
        .prepare_cached(CREATE)?
        .execute(named_params! {":uuid": uuid, ":name": name, ":now": tx.now})?;
    if added == 0 {
        return Err(Error::Conflict(Conflict::GroupExists(name.to_owned())));
    }
    Ok(GroupId(tx.last_insert_rowid()))
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
