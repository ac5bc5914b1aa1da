//! Who is in which group.

use std::collections::HashMap;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::Group;
use crate::domain::audit;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;

/// A user in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub id: UserId,
    /// The name they sign in with.
    pub username: String,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        id: row.get(0)?,
        username: row.get(1)?,
    })
}

/// The user a request names; by both if both are given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedUser {
    /// The id.
    pub id: Option<i64>,
    /// The name.
    pub username: Option<String>,
}

/// Who is in a group. Fails if there is no such group.
pub fn list(tx: &ReadTx<'_>, group: GroupId, window: Window) -> Result<Page<Member>> {
    groups::get(tx, group)?;
    Select::new(
        "u.id, u.username",
        "group_member m JOIN user u ON u.id = m.user_id",
    )
    .filter("m.group_id = ?", group)
    .order_by("u.id")
    .page(tx, window, read)
}

/// Puts a user into a group. Doing it twice is doing it once. Fails if there is no such group, or no such user.
pub fn add(
    tx: &WriteTx<'_>,
    permit: &Permit,
    group: GroupId,
    wanted: &NamedUser,
) -> Result<Member> {
    let group = groups::get(tx, group)?;
    let member = find(tx, wanted)?;
    if insert(tx, group.id, member.id)? {
        let what = format!("user {}", member.username);
        audit::record_with(tx, permit, format!("group {}", group.name), what)?;
    }
    Ok(member)
}

/// Takes a user out of a group; one who is not in it stays out. Fails if there is no such group, or no such user.
pub fn remove(tx: &WriteTx<'_>, permit: &Permit, group: GroupId, user: UserId) -> Result<()> {
    let group = groups::get(tx, group)?;
    let username: String = tx
        .prepare_cached("SELECT username FROM user WHERE id = :id")?
        .query_row(named_params! {":id": user}, |row| row.get(0))
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::User(user.0.to_string())))?;
    if take_out(tx, group.id, user)? {
        let what = format!("user {username}");
        audit::record_with(tx, permit, format!("group {}", group.name), what)?;
    }
    Ok(())
}

/// Puts a user into a group; whether that changed anything. Somebody whom a provider put there stays from now on,
/// whatever it says.
pub fn insert(tx: &WriteTx<'_>, group: GroupId, user: UserId) -> Result<bool> {
    let sql = "INSERT INTO group_member (group_id, user_id) VALUES (:group, :user)
                   ON CONFLICT DO UPDATE SET source = 'hand' WHERE source <> 'hand'";
    let added = tx
        .prepare_cached(sql)?
        .execute(named_params! {":group": group, ":user": user})?;
    Ok(added > 0)
}

/// Takes a user out of a group; whether that changed anything.
pub fn take_out(tx: &WriteTx<'_>, group: GroupId, user: UserId) -> Result<bool> {
    let sql = "DELETE FROM group_member WHERE group_id = :group AND user_id = :user";
    let removed = tx
        .prepare_cached(sql)?
        .execute(named_params! {":group": group, ":user": user})?;
    Ok(removed > 0)
}

// Two statements rather than one for both: only so is either an index's work.
const BY_ID: &str =
    "SELECT id, username FROM user WHERE id = :id AND username = ifnull(:username, username)";
const BY_NAME: &str = "SELECT id, username FROM user WHERE username = :username AND :id IS NULL";

/// The reference tells of an unknown user here as of a wrong request, not as of a missing row.
fn find(tx: &ReadTx<'_>, NamedUser { id, username }: &NamedUser) -> Result<Member> {
    let name = match (id, username) {
        (_, Some(username)) => username.clone(),
        (Some(id), None) => id.to_string(),
        (None, None) => {
            let message =
                "Please provide one of the following values for User: 'pk', 'id', 'username'";
            return Err(Error::bare("invalid", message));
        }
    };
    let found = tx
        .prepare_cached(if id.is_some() { BY_ID } else { BY_NAME })?
        .query_row(named_params! {":id": id, ":username": username}, read)
        .optional()?;
    found.ok_or_else(|| Error::bare("invalid", format!("Could not find user {name}")))
}

const GROUPS_OF: &str = "
    SELECT m.user_id, g.id, g.name
      FROM json_each(:users) o
      JOIN group_member m ON m.user_id = o.value
      JOIN user_group g ON g.id = m.group_id
     ORDER BY m.user_id, g.id";

/// The groups of each of some users, oldest first: one query for a whole page of them.
pub fn groups_of(tx: &ReadTx<'_>, users: &[UserId]) -> Result<HashMap<UserId, Vec<Group>>> {
    let users = serde_json::to_string(users).map_err(anyhow::Error::new)?;
    let mut statement = tx.prepare_cached(GROUPS_OF)?;
    let mut rows = statement.query(named_params! {":users": users})?;
    let mut found: HashMap<UserId, Vec<Group>> = HashMap::new();
    while let Some(row) = rows.next()? {
        found.entry(row.get(0)?).or_default().push(Group {
            id: row.get(1)?,
            name: row.get(2)?,
        });
    }
    Ok(found)
}
