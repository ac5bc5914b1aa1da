//! Giving roles, and reading who holds roles on an object.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::policy::object::Object;

/// Who is given a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(UserId),
    /// Everybody in a group.
    Group(GroupId),
}

const ASSIGN: &str = "
    INSERT INTO role_assignment (uuid, user_id, group_id, role_id, object_kind, object_id, created_at)
    VALUES (:uuid, :user, :group, :role, :kind, :object, :now)
    ON CONFLICT DO NOTHING";

/// Gives `holder` the role called `role`, on `object` or everywhere. Giving it twice is giving it once.
/// Fails if there is no such role.
pub fn assign(tx: &WriteTx<'_>, holder: Holder, role: &str, object: Option<Object>) -> Result<()> {
    let (user, group) = match holder {
        Holder::User(id) => (Some(id), None),
        Holder::Group(id) => (None, Some(id)),
    };
    let (kind, id) = object.map(Object::columns).unzip();
    let Some(role) = roles::find(tx, role)? else {
        let message = format!("Object with name={role} does not exist.");
        return Err(Error::invalid("role", "does_not_exist", message));
    };
    tx.prepare_cached(ASSIGN)?.execute(named_params! {
        ":uuid": Uuid::now_v7().to_string(), ":user": user, ":group": group, ":role": role, ":kind": kind, ":object": id, ":now": tx.now,
    })?;
    Ok(())
}

/// One holder of roles on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRoles {
    /// The id of the object.
    pub object: i64,
    /// The user or group.
    pub holder: Holder,
    /// The user's or group's name.
    pub name: String,
    /// The names of the roles held, in the order they were given.
    pub roles: Vec<String>,
}

const ON_OBJECTS: &str = "
    SELECT a.object_id, a.user_id, a.group_id, coalesce(u.username, g.name), r.name
      FROM json_each(:objects) o
      JOIN role_assignment a ON a.object_kind = :kind AND a.object_id = o.value
      JOIN role r ON r.id = a.role_id
      LEFT JOIN user u ON u.id = a.user_id
      LEFT JOIN user_group g ON g.id = a.group_id
     ORDER BY a.object_id, a.group_id, a.user_id, a.id";

/// Who holds which roles on the objects of one kind: one query for a whole page of them.
pub fn on_objects(tx: &ReadTx<'_>, kind: &str, objects: &[i64]) -> Result<Vec<ObjectRoles>> {
    let objects = serde_json::to_string(objects).map_err(anyhow::Error::new)?;
    let mut statement = tx.prepare_cached(ON_OBJECTS)?;
    let mut rows = statement.query(named_params! {":objects": objects, ":kind": kind})?;
    let mut found: Vec<ObjectRoles> = Vec::new();
    while let Some(row) = rows.next()? {
        let object = row.get(0)?;
        let holder = match row.get::<_, Option<UserId>>(1)? {
            Some(user) => Holder::User(user),
            None => Holder::Group(row.get(2)?),
        };
        let role = row.get(4)?;
        match found
            .last_mut()
            .filter(|last| last.object == object && last.holder == holder)
        {
            Some(last) => last.roles.push(role),
            None => found.push(ObjectRoles {
                object,
                holder,
                name: row.get(3)?,
                roles: vec![role],
            }),
        }
    }
    Ok(found)
}
