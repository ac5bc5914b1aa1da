//! Writing users, tokens, groups, memberships and roles as a document declares them: whole rows, already checked.

use rusqlite::ToSql;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::WriteTx;
use crate::domain::accounts::roles;
use crate::domain::accounts::signing_in::sessions;
use crate::domain::accounts::tokens;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::TokenId;
use crate::kernel::ids::UserId;
use crate::policy::permission::PermissionSet;
use crate::policy::reach::Reach;

/// What is said of a user beside the name and the password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserProfile {
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// The address.
    pub email: String,
    /// Whether every permission test passes.
    pub is_superuser: bool,
    /// Whether signing in works at all.
    pub is_active: bool,
}

const UPDATE_USER: &str = "
    UPDATE user SET first_name = :first_name, last_name = :last_name, email = :email,
           is_superuser = :is_superuser, is_active = :is_active
     WHERE id = :id";

/// Writes what is said of a user; one who is not active is signed in nowhere.
pub fn write_profile(tx: &WriteTx<'_>, id: UserId, profile: &UserProfile) -> Result<()> {
    tx.prepare_cached(UPDATE_USER)?.execute(named_params! {
        ":id": id, ":first_name": profile.first_name, ":last_name": profile.last_name, ":email": profile.email,
        ":is_superuser": profile.is_superuser, ":is_active": profile.is_active,
    })?;
    if !profile.is_active {
        sessions::end_all(tx, id)?;
    }
    Ok(())
}

/// Deletes a user and everything that hangs on it.
pub fn delete_user(tx: &WriteTx<'_>, id: UserId) -> Result<()> {
    delete(tx, "DELETE FROM user WHERE id = :id", id)
}

/// A token of which only the digest is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredToken {
    /// What its owner calls it.
    pub name: String,
    /// The SHA-256 of its text.
    pub digest: String,
    /// How far it reaches.
    pub reach: Reach,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

const ADD_TOKEN: &str = "
    INSERT INTO token (user_id, name, digest, reach, reach_id, expires_at, created_at)
    VALUES (:user, :name, :digest, :reach, :reach_id, :expires_at, :now)";

/// Adds a token.
pub fn add_token(tx: &WriteTx<'_>, user: UserId, token: &DeclaredToken) -> Result<()> {
    let (reach, reach_id) = tokens::columns(token.reach);
    tx.prepare_cached(ADD_TOKEN)?.execute(named_params! {
        ":user": user, ":name": token.name, ":digest": token.digest, ":reach": reach, ":reach_id": reach_id,
        ":expires_at": token.expires_at, ":now": tx.now,
    })?;
    Ok(())
}

const UPDATE_TOKEN: &str = "
    UPDATE token SET name = :name, reach = :reach, reach_id = :reach_id, expires_at = :expires_at WHERE id = :id";

/// Writes everything of a token but its digest.
pub fn update_token(tx: &WriteTx<'_>, id: TokenId, token: &DeclaredToken) -> Result<()> {
    let (reach, reach_id) = tokens::columns(token.reach);
    tx.prepare_cached(UPDATE_TOKEN)?.execute(named_params! {
        ":id": id, ":name": token.name, ":reach": reach, ":reach_id": reach_id, ":expires_at": token.expires_at,
    })?;
    Ok(())
}

/// Ends one token.
pub fn delete_token(tx: &WriteTx<'_>, id: TokenId) -> Result<()> {
    delete(tx, "DELETE FROM token WHERE id = :id", id)
}

const ADD_ROLE: &str = "
    INSERT INTO role (uuid, name, description, created_at, updated_at)
    VALUES (:uuid, :name, nullif(:description, ''), :now, :now)";

/// Adds a role of one's own making.
pub fn add_role(
    tx: &WriteTx<'_>,
    name: &str,
    description: &str,
    permissions: PermissionSet,
) -> Result<RoleId> {
    let uuid = Uuid::now_v7().to_string();
    tx.prepare_cached(ADD_ROLE)?.execute(
        named_params! {":uuid": uuid, ":name": name, ":description": description, ":now": tx.now},
    )?;
    let id = RoleId(tx.last_insert_rowid());
    roles::replace_permissions(tx, id, permissions)?;
    Ok(id)
}

const UPDATE_ROLE: &str = "
    UPDATE role SET description = nullif(:description, ''), updated_at = :now WHERE id = :id AND locked = 0";

/// Changes a role of one's own making.
pub fn update_role(
    tx: &WriteTx<'_>,
    id: RoleId,
    description: &str,
    permissions: PermissionSet,
) -> Result<()> {
    tx.prepare_cached(UPDATE_ROLE)?
        .execute(named_params! {":id": id, ":description": description, ":now": tx.now})?;
    if roles::permissions(tx, id)? != permissions {
        roles::replace_permissions(tx, id, permissions)?;
    }
    Ok(())
}

/// Deletes a role of one's own making, wherever it is held.
pub fn delete_role(tx: &WriteTx<'_>, id: RoleId) -> Result<()> {
    delete(tx, "DELETE FROM role WHERE id = :id AND locked = 0", id)
}

/// Takes a role back.
pub fn delete_assignment(tx: &WriteTx<'_>, id: AssignmentId) -> Result<()> {
    delete(tx, "DELETE FROM role_assignment WHERE id = :id", id)
}

fn delete(tx: &WriteTx<'_>, sql: &str, id: impl ToSql) -> Result<()> {
    tx.prepare_cached(sql)?.execute(named_params! {":id": id})?;
    Ok(())
}
