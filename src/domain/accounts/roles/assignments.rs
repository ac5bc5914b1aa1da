//! Who holds which role, row by row; [`super::holdings`] and [`super::object_roles`] are what the APIs do with it.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::UserId;
use crate::policy::action::Action;
use crate::policy::object::Object;

/// Who is given a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(UserId),
    /// Everybody in a group.
    Group(GroupId),
}

impl Holder {
    /// How `role_assignment.user_id` and `group_id` spell it.
    pub(in crate::domain::accounts) const fn columns(self) -> (Option<UserId>, Option<GroupId>) {
        match self {
            Self::User(id) => (Some(id), None),
            Self::Group(id) => (None, Some(id)),
        }
    }

    /// The name of the user or group. Fails if there is none.
    pub fn name(self, tx: &ReadTx<'_>) -> Result<String> {
        let (sql, id, missing) = match self {
            Self::User(UserId(id)) => (
                "SELECT username FROM user WHERE id = :id",
                id,
                Noun::User(id.to_string()),
            ),
            Self::Group(GroupId(id)) => (
                "SELECT name FROM user_group WHERE id = :id",
                id,
                Noun::Group(id.to_string()),
            ),
        };
        tx.prepare_cached(sql)?
            .query_row(named_params! {":id": id}, |row| row.get(0))
            .optional()?
            .ok_or(Error::NotFound(missing))
    }

    /// The action of giving a role to the holder, or of taking it back.
    pub const fn action(self, gives: bool) -> Action {
        match (self, gives) {
            (Self::User(_), true) => Action::UserRoleAdd,
            (Self::User(_), false) => Action::UserRoleRemove,
            (Self::Group(_), true) => Action::GroupRoleAdd,
            (Self::Group(_), false) => Action::GroupRoleRemove,
        }
    }

    /// `user` or `group`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
        }
    }
}

const ASSIGN: &str = "
    INSERT INTO role_assignment (uuid, user_id, group_id, role_id, object_kind, object_id, created_by, created_at)
    VALUES (:uuid, :user, :group, :role, :kind, :object, :by, :now)
    ON CONFLICT DO NOTHING";

/// One row; `None` if it is there already.
pub(in crate::domain::accounts) fn insert(
    tx: &WriteTx<'_>,
    holder: Holder,
    role: RoleId,
    object: Option<Object>,
    by: Option<UserId>,
) -> Result<Option<Uuid>> {
    let (user, group) = holder.columns();
    let (kind, id) = object.map(Object::columns).unzip();
    let uuid = Uuid::now_v7();
    let added = tx.prepare_cached(ASSIGN)?.execute(named_params! {
        ":uuid": uuid.to_string(), ":user": user, ":group": group, ":role": role, ":kind": kind, ":object": id,
        ":by": by, ":now": tx.now,
    })?;
    Ok((added > 0).then_some(uuid))
}

const TAKE: &str = "
    DELETE FROM role_assignment
     WHERE role_id = :role AND user_id IS :user AND group_id IS :group AND object_kind IS :kind AND object_id IS :object";

/// Takes the row away; whether there was one.
pub(in crate::domain::accounts) fn remove(
    tx: &WriteTx<'_>,
    holder: Holder,
    role: RoleId,
    object: Option<Object>,
) -> Result<bool> {
    let (user, group) = holder.columns();
    let (kind, id) = object.map(Object::columns).unzip();
    let removed = tx.prepare_cached(TAKE)?.execute(named_params! {
        ":role": role, ":user": user, ":group": group, ":kind": kind, ":object": id,
    })?;
    Ok(removed > 0)
}

/// The role called `name`, or the error that says there is none.
pub(in crate::domain::accounts) fn role_called(tx: &ReadTx<'_>, name: &str) -> Result<RoleId> {
    roles::find(tx, name)?.ok_or_else(|| {
        let message = format!("Object with name={name} does not exist.");
        Error::invalid("role", "does_not_exist", message)
    })
}

/// Gives `holder` the role called `role`, on `object` or everywhere. Giving it twice is giving it once.
/// Fails if there is no such role.
pub fn assign(tx: &WriteTx<'_>, holder: Holder, role: &str, object: Option<Object>) -> Result<()> {
    let role = role_called(tx, role)?;
    insert(tx, holder, role, object, None)?;
    Ok(())
}

const FIND: &str = "
    SELECT id FROM role_assignment
     WHERE role_id = :role AND user_id IS :user AND group_id IS :group AND object_kind IS :kind AND object_id IS :object";

/// The row that gives `holder` itself that role, on `object` or everywhere.
pub(in crate::domain::accounts) fn find(
    tx: &ReadTx<'_>,
    holder: Holder,
    role: RoleId,
    object: Option<Object>,
) -> Result<Option<AssignmentId>> {
    let (user, group) = holder.columns();
    let (kind, id) = object.map(Object::columns).unzip();
    let values = named_params! {
        ":role": role, ":user": user, ":group": group, ":kind": kind, ":object": id,
    };
    let found = tx.prepare_cached(FIND)?.query_row(values, |row| row.get(0));
    Ok(found.optional()?)
}

/// As [`assign`], for a role that must open something on `object`; whether it was not held there before. Unlike the
/// API, this gives any shipped role everywhere to a user too: it is for those who work beside the hub.
pub fn give(tx: &WriteTx<'_>, holder: Holder, name: &str, object: Option<Object>) -> Result<bool> {
    let role = role_called(tx, name)?;
    if let Some(object) = object {
        let (kind, _) = object.columns();
        let refusal = format!("the role {name} carries no permission for a {kind}");
        check_fits(tx, role, object, refusal)?;
    }
    Ok(insert(tx, holder, role, object, None)?.is_some())
}

/// Takes the role called `role`, on `object` or everywhere, from `holder`; whether it was held there.
/// Fails if there is no such role.
pub fn unassign(
    tx: &WriteTx<'_>,
    holder: Holder,
    role: &str,
    object: Option<Object>,
) -> Result<bool> {
    let role = role_called(tx, role)?;
    remove(tx, holder, role, object)
}

/// Refuses a role that would open nothing on `object`.
pub fn check_fits(tx: &ReadTx<'_>, role: RoleId, object: Object, refusal: String) -> Result<()> {
    if roles::permissions(tx, role)?.concerns(object.kind()) {
        return Ok(());
    }
    Err(wrong(refusal))
}

/// A fault of the request as a whole.
pub(in crate::domain::accounts) fn wrong(message: impl Into<String>) -> Error {
    Error::Invalid(vec![Fault::new(None, "invalid", message)])
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
