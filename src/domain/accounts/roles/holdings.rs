//! The roles of one user or group: listing them, giving one more, taking one back.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::objects;
use crate::domain::accounts::roles::objects::Named;
use crate::domain::accounts::roles::objects::object_uuid;
use crate::domain::audit;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::AssignmentId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::object::Object;
use crate::policy::permission::PermissionSet;
use crate::policy::permit::Permit;
use crate::policy::roles::NEVER_EVERYWHERE_FOR_A_USER;

/// A role somebody was given, as administration shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The row.
    pub id: AssignmentId,
    /// The UUID.
    pub uuid: Uuid,
    /// The name of the role.
    pub role: String,
    /// What the role is for.
    pub description: Option<String>,
    /// What the role lets its holders do.
    pub permissions: PermissionSet,
    /// What it was given on; `None` is everywhere.
    pub object: Option<Named>,
    /// When it was given.
    pub created_at: Timestamp,
}

const COLUMNS: &str = concat!(
    "a.id, a.uuid, r.name, r.description, a.object_kind, a.object_id, a.created_at, \
     (SELECT group_concat(permission) FROM role_permission WHERE role_id = a.role_id) AS permissions, ",
    object_uuid!(),
    " AS object_uuid"
);

const FROM: &str = "role_assignment a JOIN role r ON r.id = a.role_id";

fn read(row: &Row<'_>) -> rusqlite::Result<Assignment> {
    let text = |column| row.get::<_, Option<String>>(column);
    Ok(Assignment {
        id: row.get("id")?,
        uuid: row.get::<_, String>("uuid")?.parse().unwrap_or_default(),
        role: row.get("name")?,
        description: row.get("description")?,
        permissions: roles::listed(text("permissions")?.as_deref()),
        object: objects::named(
            text("object_kind")?.as_deref(),
            row.get("object_id")?,
            text("object_uuid")?.as_deref(),
        ),
        created_at: row.get("created_at")?,
    })
}

/// Where a role of a list must be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// Everywhere.
    Everywhere,
    /// On this object.
    On(Object),
}

/// What a list of assignments can be narrowed to.
#[derive(Debug, Default)]
pub struct AssignmentFilter {
    /// Conditions on the name of the role.
    pub role: Vec<TextFilter>,
    /// Where it must be held.
    pub held: Option<Where>,
    /// How to sort.
    pub order: AssignmentOrder,
}

/// The orders a list of assignments can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentOrder {
    /// Newest first.
    #[default]
    NewestFirst,
    /// Oldest first.
    OldestFirst,
    /// By the name of the role.
    Role,
    /// By the name of the role, backwards.
    RoleDescending,
    /// By the description of the role.
    Description,
    /// By the description of the role, backwards.
    DescriptionDescending,
}

impl AssignmentOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::NewestFirst => "a.id DESC",
            Self::OldestFirst => "a.id",
            Self::Role => "r.name, a.id",
            Self::RoleDescending => "r.name DESC, a.id DESC",
            Self::Description => "r.description, a.id",
            Self::DescriptionDescending => "r.description DESC, a.id DESC",
        }
    }
}

/// The roles `holder` was given that pass `filter`: two queries however many there are. Fails if there is no
/// such holder.
pub fn list(
    tx: &ReadTx<'_>,
    holder: Holder,
    filter: &AssignmentFilter,
    window: Window,
) -> Result<Page<Assignment>> {
    holder.name(tx)?;
    let (user, group) = holder.columns();
    let select = Select::new(COLUMNS, FROM)
        .filter_some("a.user_id = ?", user)
        .filter_some("a.group_id = ?", group)
        .texts("r.name", &filter.role);
    let select = match filter.held {
        None => select,
        Some(Where::Everywhere) => select.filter_with("a.object_kind IS NULL", Vec::new()),
        Some(Where::On(object)) => {
            let (kind, id) = object.columns();
            let values: Vec<Box<dyn ToSql>> = vec![Box::new(kind), Box::new(id)];
            select.filter_with("a.object_kind = ? AND a.object_id = ?", values)
        }
    };
    select.order_by(filter.order.sql()).page(tx, window, read)
}

/// One role that `holder` was given.
pub fn get(tx: &ReadTx<'_>, holder: Holder, uuid: Uuid) -> Result<Assignment> {
    holder.name(tx)?;
    let (user, group) = holder.columns();
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE a.uuid = :uuid AND a.user_id IS :user AND a.group_id IS :group"
    );
    let values = named_params! {":uuid": uuid.to_string(), ":user": user, ":group": group};
    let found = tx
        .prepare_cached(&sql)?
        .query_row(values, read)
        .optional()?;
    let noun = match holder {
        Holder::User(_) => Noun::UserRole,
        Holder::Group(_) => Noun::GroupRole,
    };
    found.ok_or_else(|| Error::NotFound(noun(uuid.to_string())))
}

/// Gives `holder` a role on `object` or everywhere (contract 03, PGR-10, PUS-7).
///
/// Fails if there is no such role, if it would open nothing there, if it is held there already, and for the few
/// shipped roles that no user may hold everywhere.
pub fn give(
    tx: &WriteTx<'_>,
    permit: &Permit,
    holder: Holder,
    name: &str,
    object: Option<Object>,
) -> Result<Assignment> {
    let holder_name = holder.name(tx)?;
    let role = assignments::role_called(tx, name)?;
    if let Some(object) = object {
        let refusal = format!("The role '{name}' does not carry any permission for that object.");
        assignments::check_fits(tx, role, object, refusal)?;
    }
    if matches!((holder, object), (Holder::User(_), None))
        && NEVER_EVERYWHERE_FOR_A_USER.contains(&name)
    {
        let message = "Role definition content type must be null to assign globally";
        return Err(Error::bare("invalid", message));
    }
    let by = permit.account()?.id;
    let Some(uuid) = assignments::insert(tx, holder, role, object, Some(by))? else {
        let message = format!("The role is already assigned to this {}.", holder.noun());
        return Err(assignments::wrong(message));
    };
    let to = format!("{} {holder_name}", holder.noun());
    audit::record_with(tx, permit, to, detail(tx, name, object)?)?;
    get(tx, holder, uuid)
}

fn detail(tx: &ReadTx<'_>, role: &str, object: Option<Object>) -> Result<String> {
    Ok(format!("role {role} {}", objects::place(tx, object)?))
}

/// Takes a role from `holder` that it was given (contract 03, PGR-12, PUS-8).
pub fn take(tx: &WriteTx<'_>, permit: &Permit, holder: Holder, uuid: Uuid) -> Result<()> {
    let given = get(tx, holder, uuid)?;
    let object = match given.object {
        None => None,
        Some(named) => objects::find(tx, named)?,
    };
    tx.prepare_cached("DELETE FROM role_assignment WHERE id = :id")?
        .execute(named_params! {":id": given.id})?;
    let from = format!("{} {}", holder.noun(), holder.name(tx)?);
    audit::record_with(tx, permit, from, detail(tx, &given.role, object)?)
}
