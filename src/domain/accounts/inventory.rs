//! Everything there is of users, tokens, groups, roles and who holds them, in one query each: for comparing all of it
//! with a document, and for writing it into one.

use rusqlite::Row;

use crate::db::tx::ReadTx;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::tokens;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::TokenId;
use crate::kernel::ids::UserId;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;
use crate::policy::reach::Reach;

/// A user with everything that can be said of one.
#[derive(Debug, Clone)]
pub struct StoredUser {
    /// The row.
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
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
    /// The password, hashed.
    pub password: PasswordHash,
    /// The digest of the hash it had before it was hashed anew, if it was.
    pub password_was: Option<Digest>,
}

/// A token, of which the text is not known.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// The row.
    pub id: TokenId,
    /// Whose it is.
    pub username: String,
    /// What its owner calls it.
    pub name: String,
    /// The SHA-256 of its text.
    pub digest: String,
    /// How far it reaches.
    pub reach: Reach,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// A role and what its holders may do.
#[derive(Debug, Clone)]
pub struct StoredRole {
    /// The row.
    pub id: RoleId,
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it came with the server.
    pub is_locked: bool,
    /// What its holders may do.
    pub permissions: PermissionSet,
}

/// A role somebody was given.
#[derive(Debug, Clone)]
pub struct StoredAssignment {
    /// The row.
    pub id: AssignmentId,
    /// The user who holds it, or nobody.
    pub username: Option<String>,
    /// The group that holds it, or none.
    pub group: Option<String>,
    /// The role.
    pub role: String,
    /// The kind and id of the object it is held on; everywhere if there is none.
    pub object: Option<(String, i64)>,
}

/// All users, by name.
pub fn users(tx: &ReadTx<'_>) -> Result<Vec<StoredUser>> {
    all(
        tx,
        "SELECT id, username, first_name, last_name, email, is_superuser, is_active, password, password_was
           FROM user ORDER BY username",
        |row| {
            Ok(StoredUser {
                id: row.get(0)?,
                username: row.get(1)?,
                first_name: row.get(2)?,
                last_name: row.get(3)?,
                email: row.get(4)?,
                is_superuser: row.get(5)?,
                is_active: row.get(6)?,
                password: PasswordHash::from_column(row.get(7)?),
                password_was: row.get(8)?,
            })
        },
    )
}

/// All tokens, by owner, name and age.
pub fn tokens(tx: &ReadTx<'_>) -> Result<Vec<StoredToken>> {
    all(
        tx,
        "SELECT t.id, u.username, t.name, t.digest, t.reach, t.reach_id, t.expires_at
           FROM token t JOIN user u ON u.id = t.user_id ORDER BY u.username, t.name, t.id",
        |row| {
            Ok(StoredToken {
                id: row.get(0)?,
                username: row.get(1)?,
                name: row.get(2)?,
                digest: row.get(3)?,
                reach: tokens::reach(row.get_ref(4)?.as_str()?, row.get(5)?),
                expires_at: row.get(6)?,
            })
        },
    )
}

/// All groups, by name.
pub fn groups(tx: &ReadTx<'_>) -> Result<Vec<(GroupId, String)>> {
    all(tx, "SELECT id, name FROM user_group ORDER BY name", |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// All memberships, as group and user, but for those that a provider gave: it gives and takes them at each sign-in.
pub fn members(tx: &ReadTx<'_>) -> Result<Vec<(String, String)>> {
    all(
        tx,
        "SELECT g.name, u.username
           FROM group_member m JOIN user_group g ON g.id = m.group_id JOIN user u ON u.id = m.user_id
          WHERE m.source = 'hand'
          ORDER BY g.name, u.username",
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// All roles, by name.
pub fn roles(tx: &ReadTx<'_>) -> Result<Vec<StoredRole>> {
    let sql = "SELECT r.id, r.name, ifnull(r.description, ''), r.locked, p.permission
                 FROM role r LEFT JOIN role_permission p ON p.role_id = r.id ORDER BY r.name";
    let mut found: Vec<StoredRole> = Vec::new();
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if found.last().is_none_or(|last| last.id != id) {
            found.push(StoredRole {
                id,
                name: row.get(1)?,
                description: row.get(2)?,
                is_locked: row.get(3)?,
                permissions: PermissionSet::default(),
            });
        }
        let permission: Option<String> = row.get(4)?;
        let known = permission.as_deref().and_then(Permission::parse);
        if let (Some(role), Some(permission)) = (found.last_mut(), known) {
            role.permissions = role.permissions.and(PermissionSet::of(&[permission]));
        }
    }
    Ok(found)
}

/// Every role that somebody was given, but for those on tasks: each user has one on each task they start.
pub fn assignments(tx: &ReadTx<'_>) -> Result<Vec<StoredAssignment>> {
    all(
        tx,
        "SELECT a.id, u.username, g.name, r.name, a.object_kind, a.object_id
           FROM role_assignment a
           JOIN role r ON r.id = a.role_id
           LEFT JOIN user u ON u.id = a.user_id
           LEFT JOIN user_group g ON g.id = a.group_id
          WHERE a.object_kind IS NULL OR a.object_kind <> 'task'
          ORDER BY a.id",
        |row| {
            let kind: Option<String> = row.get(4)?;
            let object: Option<i64> = row.get(5)?;
            Ok(StoredAssignment {
                id: row.get(0)?,
                username: row.get(1)?,
                group: row.get(2)?,
                role: row.get(3)?,
                object: kind.zip(object),
            })
        },
    )
}

fn all<T>(
    tx: &ReadTx<'_>,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
