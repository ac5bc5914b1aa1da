//! Roles that were given, over all users or all groups, by number: as the automation platform lists them.

use rusqlite::Row;
use rusqlite::ToSql;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::holdings;
use crate::domain::accounts::roles::objects;
use crate::domain::accounts::roles::objects::Named;
use crate::domain::accounts::roles::objects::object_uuid;
use crate::domain::accounts::users::people::Person;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;
use crate::policy::principal::Viewer;
use crate::policy::visible::Repositories;

/// Whose roles are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holders {
    /// Those of users.
    Users,
    /// Those of groups, which are teams there.
    Teams,
}

impl Holders {
    const fn is_theirs(self) -> &'static str {
        match self {
            Self::Users => "a.user_id IS NOT NULL",
            Self::Teams => "a.group_id IS NOT NULL",
        }
    }
}

/// Who was given a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receiver {
    /// A user.
    User(Person),
    /// A team, with its name.
    Team(GroupId, String),
}

/// What a role was given on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which one.
    pub object: Named,
    /// What people call it.
    pub name: String,
    /// What the automation platform knows it by: teams only.
    pub uuid: Option<Uuid>,
}

/// A role that was given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The row.
    pub id: AssignmentId,
    /// The UUID of the row.
    pub uuid: Uuid,
    /// The role.
    pub role: RoleId,
    /// Its name.
    pub role_name: String,
    /// What it is for.
    pub role_description: Option<String>,
    /// Whether it came with the server.
    pub is_locked: bool,
    /// Who was given it.
    pub receiver: Receiver,
    /// What the automation platform knows the receiver by.
    pub receiver_uuid: Uuid,
    /// What on; `None` is everywhere.
    pub target: Option<Target>,
    /// Who gave it, if that is known.
    pub created_by: Option<Person>,
    /// When.
    pub created_at: Timestamp,
}

const COLUMNS: &str = concat!(
    "a.id, a.uuid, a.role_id, r.name AS role_name, r.description AS role_description, r.locked, \
     a.user_id, u.username, u.first_name, u.last_name, a.group_id, ifnull(g.team, g.name) AS team, \
     ifnull(u.uuid, g.uuid) AS receiver_uuid, a.created_at, \
     a.created_by, c.username AS by_username, c.first_name AS by_first_name, c.last_name AS by_last_name, \
     a.object_kind, a.object_id, ",
    object_uuid!(),
    " AS object_uuid, \
     CASE a.object_kind \
        WHEN 'namespace' THEN (SELECT name FROM namespace WHERE id = a.object_id) \
        WHEN 'repository' THEN (SELECT name FROM repository WHERE id = a.object_id) \
        WHEN 'remote' THEN (SELECT name FROM remote WHERE id = a.object_id) \
        WHEN 'distribution' THEN (SELECT name FROM distribution WHERE id = a.object_id) \
        WHEN 'collection' THEN (SELECT namespace || '.' || name FROM collection WHERE id = a.object_id) \
        WHEN 'task' THEN (SELECT name FROM task WHERE id = a.object_id) \
        WHEN 'group' THEN (SELECT ifnull(team, name) FROM user_group WHERE id = a.object_id) \
     END AS object_name, \
     CASE a.object_kind WHEN 'group' THEN (SELECT uuid FROM user_group WHERE id = a.object_id) END AS shared_uuid"
);

const FROM: &str = "role_assignment a JOIN role r ON r.id = a.role_id LEFT JOIN user u ON u.id = a.user_id \
    LEFT JOIN user_group g ON g.id = a.group_id LEFT JOIN user c ON c.id = a.created_by";

fn uuid(text: Option<String>) -> Option<Uuid> {
    text?.parse().ok()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Granted> {
    let text = |column| row.get::<_, Option<String>>(column);
    let person = |id, [username, first_name, last_name]: [&str; 3]| {
        Ok::<_, rusqlite::Error>(Person {
            id,
            username: row.get(username)?,
            first_name: row.get(first_name)?,
            last_name: row.get(last_name)?,
        })
    };
    let receiver = match row.get::<_, Option<UserId>>("user_id")? {
        Some(id) => Receiver::User(person(id, ["username", "first_name", "last_name"])?),
        None => Receiver::Team(row.get("group_id")?, row.get("team")?),
    };
    let by: Option<UserId> = row.get("created_by")?;
    let by = by.map(|id| person(id, ["by_username", "by_first_name", "by_last_name"]));
    let named = objects::named(
        text("object_kind")?.as_deref(),
        row.get("object_id")?,
        text("object_uuid")?.as_deref(),
    );
    let (name, shared) = (text("object_name")?, uuid(text("shared_uuid")?));
    let target = named.map(|object| Target {
        object,
        name: name.unwrap_or_default(),
        uuid: shared,
    });
    Ok(Granted {
        id: row.get("id")?,
        uuid: uuid(text("uuid")?).unwrap_or_default(),
        role: row.get("role_id")?,
        role_name: row.get("role_name")?,
        role_description: row.get("role_description")?,
        is_locked: row.get("locked")?,
        receiver,
        receiver_uuid: uuid(text("receiver_uuid")?).unwrap_or_default(),
        target,
        created_by: by.transpose()?,
        created_at: row.get("created_at")?,
    })
}

/// What a list of given roles can be narrowed to.
#[derive(Debug, Default)]
pub struct GrantedFilter {
    /// Only this role.
    pub role: Option<RoleId>,
    /// Only what this user or team was given.
    pub receiver: Option<i64>,
    /// The same by UUID.
    pub receiver_uuid: Option<String>,
    /// Only on the object with this number or UUID.
    pub object: Option<String>,
}

const OBJECT: &str = concat!(
    "ifnull(",
    object_uuid!(),
    ", CAST(a.object_id AS TEXT)) = ?"
);

/// Whether a repository may be seen; the value is a JSON list of the private ones that may.
macro_rules! seen {
    () => {
        "(r.private = 0 OR r.id IN (SELECT value FROM json_each(?)))"
    };
}

/// Keeps roles that are not held on something private, whose name would tell too much.
const SEEN: &str = concat!(
    "CASE a.object_kind \
     WHEN 'repository' THEN EXISTS (SELECT 1 FROM repository r WHERE r.id = a.object_id AND ",
    seen!(),
    ") WHEN 'distribution' THEN NOT EXISTS \
        (SELECT 1 FROM distribution d JOIN repository r ON r.id = d.repository_id WHERE d.id = a.object_id AND NOT ",
    seen!(),
    ") WHEN 'collection' THEN EXISTS \
        (SELECT 1 FROM collection_version v JOIN repository_content c ON c.content_id = v.id \
           JOIN repository r ON r.id = c.repository_id \
          WHERE v.collection_id = a.object_id AND c.removed IS NULL AND ",
    seen!(),
    ") ELSE 1 END"
);

/// Roles given to users or to teams that pass `filter`, oldest first: two queries however many there are. What is
/// held on something private is shown to those who see that.
pub fn list(
    tx: &ReadTx<'_>,
    viewer: &Viewer,
    holders: Holders,
    filter: &GrantedFilter,
    window: Window,
) -> Result<Page<Granted>> {
    let page = narrowed(viewer, holders)
        .filter_some("a.role_id = ?", filter.role)
        .filter_some("ifnull(a.user_id, a.group_id) = ?", filter.receiver)
        .filter_some(
            "ifnull(u.uuid, g.uuid) = ?",
            filter.receiver_uuid.as_deref(),
        )
        .filter_some(OBJECT, filter.object.as_deref());
    page.order_by("a.id").page(tx, window, read)
}

/// Everything that `viewer` may know of one kind of holders.
fn narrowed<'v>(viewer: &Viewer, holders: Holders) -> Select<'v> {
    let select = Select::new(COLUMNS, FROM).filter_with(holders.is_theirs(), Vec::new());
    match Repositories::of(viewer).private_ones() {
        None => select,
        Some(own) => {
            let values: Vec<Box<dyn ToSql>> =
                vec![Box::new(own.clone()), Box::new(own.clone()), Box::new(own)];
            select.filter_with(SEEN, values)
        }
    }
}

/// The one with that number. Fails if there is none that `viewer` may know of.
pub fn get(
    tx: &ReadTx<'_>,
    viewer: &Viewer,
    holders: Holders,
    id: AssignmentId,
) -> Result<Granted> {
    let found = narrowed(viewer, holders)
        .filter("a.id = ?", id)
        .order_by("a.id")
        .page(tx, Window::ONE, read)?
        .items
        .pop();
    let noun = match holders {
        Holders::Users => Noun::RoleUserAssignment,
        Holders::Teams => Noun::RoleTeamAssignment,
    };
    found.ok_or_else(|| Error::NotFound(noun(id.0.to_string())))
}

/// Takes it back (contract 04, V2-16, V2-18).
pub fn take(tx: &WriteTx<'_>, permit: &Permit, holders: Holders, id: AssignmentId) -> Result<()> {
    let granted = get(tx, permit.viewer(), holders, id)?;
    let holder = match granted.receiver {
        Receiver::User(person) => Holder::User(person.id),
        Receiver::Team(group, _) => Holder::Group(group),
    };
    holdings::take(tx, permit, holder, granted.uuid)
}
