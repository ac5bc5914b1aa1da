//! Roles: those that came with the server, and those people make.

pub mod assignments;
pub mod definitions;
pub mod granted;
pub mod granting;
pub mod holdings;
pub mod listing;
pub mod object_roles;
pub mod objects;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::UserId;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;
use crate::policy::permit::Permit;
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

/// A role as administration shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The row.
    pub id: RoleId,
    /// The UUID.
    pub uuid: Uuid,
    /// The name every API knows it by.
    pub name: String,
    /// What it is for; the shipped roles have none.
    pub description: Option<String>,
    /// Whether it came with the server and cannot be changed.
    pub is_locked: bool,
    /// What its holders may do.
    pub permissions: PermissionSet,
    /// Who made it, if somebody did and is still there.
    pub created_by: Option<UserId>,
    /// Who changed it last, likewise.
    pub modified_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A row of `role`, for [`read`].
pub(in crate::domain::accounts) const COLUMNS: &str = "id, uuid, name, description, locked, created_by, modified_by, created_at, updated_at, \
    (SELECT group_concat(permission) FROM role_permission WHERE role_id = role.id) AS permissions";

/// Reads a role.
pub(in crate::domain::accounts) fn read(row: &Row<'_>) -> rusqlite::Result<Role> {
    Ok(Role {
        id: row.get("id")?,
        uuid: row.get::<_, String>("uuid")?.parse().unwrap_or_default(),
        name: row.get("name")?,
        description: row.get("description")?,
        is_locked: row.get("locked")?,
        permissions: listed(row.get::<_, Option<String>>("permissions")?.as_deref()),
        created_by: row.get("created_by")?,
        modified_by: row.get("modified_by")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The permissions that `group_concat` made one text of. What this program does not know opens nothing.
pub(in crate::domain::accounts) fn listed(names: Option<&str>) -> PermissionSet {
    let names = names.unwrap_or_default().split(',');
    names.filter_map(Permission::parse).collect()
}

/// The role with that UUID.
pub fn get(tx: &ReadTx<'_>, uuid: Uuid) -> Result<Role> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM role WHERE uuid = :uuid"))?
        .query_row(named_params! {":uuid": uuid.to_string()}, read)
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Role(uuid.to_string())))
}

/// The role with that number, if there is one.
pub(in crate::domain::accounts) fn numbered(tx: &ReadTx<'_>, id: RoleId) -> Result<Option<Role>> {
    let found = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM role WHERE id = :id"))?
        .query_row(named_params! {":id": id}, read);
    Ok(found.optional()?)
}

/// As [`get`], and refused for a shipped role: those change with the program only.
pub fn get_unlocked(tx: &ReadTx<'_>, uuid: Uuid) -> Result<Role> {
    let role = get(tx, uuid)?;
    if role.is_locked {
        return Err(Error::Denied("The role is locked.".to_owned()));
    }
    Ok(role)
}

/// The permissions of these names. Fails with the first that there is none of.
pub fn parse_permissions(names: &[String]) -> Result<PermissionSet> {
    let unknown = |name: &String| {
        let message = format!("Permission '{name}' does not exist.");
        Error::invalid("permissions", "does_not_exist", message)
    };
    names
        .iter()
        .map(|name| Permission::parse(name).ok_or_else(|| unknown(name)))
        .collect()
}

/// What to make of a role; what is `None` stays as it is, or empty in a new one.
#[derive(Debug, Default)]
pub struct RoleDraft {
    /// The name; a new role must have one.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// What its holders may do.
    pub permissions: Option<PermissionSet>,
}

const CREATE: &str = "
    INSERT INTO role (uuid, name, description, created_by, modified_by, created_at, updated_at)
    VALUES (:uuid, :name, :description, :by, :by, :now, :now)
    ON CONFLICT (name) DO NOTHING";

/// Makes a role (contract 03, PRL-2). Fails if the name is taken.
pub fn create(tx: &WriteTx<'_>, permit: &Permit, draft: &RoleDraft) -> Result<Role> {
    let name = draft.name.as_deref().unwrap_or_default();
    let uuid = Uuid::now_v7();
    let added = tx.prepare_cached(CREATE)?.execute(named_params! {
        ":uuid": uuid.to_string(), ":name": name, ":description": draft.description.as_ref().and_then(Option::as_deref),
        ":by": permit.account()?.id, ":now": tx.now,
    })?;
    if added == 0 {
        return Err(taken());
    }
    let permissions = draft.permissions.unwrap_or_default();
    replace_permissions(tx, RoleId(tx.last_insert_rowid()), permissions)?;
    let detail = permissions.names().join(" ");
    audit::record_with(tx, permit, format!("role {name}"), detail)?;
    get(tx, uuid)
}

fn taken() -> Error {
    Error::invalid("name", "unique", "This field must be unique.")
}

const UPDATE: &str = "
    UPDATE role SET name = :name, description = :description, modified_by = :by, updated_at = :now WHERE id = :id";

/// Changes a role, for all who hold it and from the next request on (contract 03, PRL-4, PRL-5). Fails for a
/// shipped one, and if the name is taken by another.
pub fn update(tx: &WriteTx<'_>, permit: &Permit, uuid: Uuid, draft: &RoleDraft) -> Result<Role> {
    let role = get_unlocked(tx, uuid)?;
    let name = draft.name.as_deref().unwrap_or(&role.name);
    if find(tx, name)?.is_some_and(|id| id != role.id) {
        return Err(taken());
    }
    let description = draft.description.as_ref().unwrap_or(&role.description);
    tx.prepare_cached(UPDATE)?.execute(named_params! {
        ":name": name, ":description": description, ":by": permit.account()?.id, ":now": tx.now, ":id": role.id,
    })?;
    let mut changes = Vec::new();
    if name != role.name {
        changes.push(format!("renamed to {name}"));
    }
    if let Some(wanted) = draft
        .permissions
        .filter(|wanted| *wanted != role.permissions)
    {
        replace_permissions(tx, role.id, wanted)?;
        changes.push(format!("permissions {}", wanted.names().join(" ")));
    }
    audit::record_with(
        tx,
        permit,
        format!("role {}", role.name),
        changes.join("; "),
    )?;
    get(tx, uuid)
}

/// Deletes a role; whoever held it does not any more (contract 03, PRL-6). Fails for a shipped one.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, uuid: Uuid) -> Result<()> {
    let role = get_unlocked(tx, uuid)?;
    tx.prepare_cached("DELETE FROM role WHERE id = :id")?
        .execute(named_params! {":id": role.id})?;
    audit::record(tx, permit, format!("role {}", role.name))
}
