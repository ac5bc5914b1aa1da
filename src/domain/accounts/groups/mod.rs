//! Groups.

pub mod members;
pub mod organizations;
pub mod teams;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::audit;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::GroupId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;

/// Longest name, in characters.
const NAME_MAX: usize = 150;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The row; APIs show it as an integer.
    pub id: GroupId,
    /// The name.
    pub name: String,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        id: row.get("id")?,
        name: row.get("name")?,
    })
}

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

/// Adds a group. Fails if the name is taken, empty or too long.
pub fn create(tx: &WriteTx<'_>, name: &str) -> Result<GroupId> {
    check_name(name)?;
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

/// The group called `name`, or the error that says there is none.
pub fn named(tx: &ReadTx<'_>, name: &str) -> Result<GroupId> {
    find(tx, name)?.ok_or_else(|| Error::NotFound(Noun::Group(name.to_owned())))
}

/// Whether there is a group with that id.
pub fn exists(tx: &ReadTx<'_>, id: GroupId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM user_group WHERE id = :id)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":id": id}, |row| row.get(0))?)
}

/// The group with that id. Fails if there is none.
pub fn get(tx: &ReadTx<'_>, id: GroupId) -> Result<Group> {
    let found = tx
        .prepare_cached("SELECT id, name FROM user_group WHERE id = :id")?
        .query_row(named_params! {":id": id}, read);
    found
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Group(id.0.to_string())))
}

/// A group as requests name one; by both if both are given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedGroup {
    /// The id.
    pub id: Option<i64>,
    /// The name.
    pub name: Option<String>,
}

impl NamedGroup {
    /// That there is none, in the reference's words: `noun` is what it calls such a thing.
    pub(in crate::domain::accounts) fn missing(&self, field: &'static str, noun: &str) -> Error {
        let id = self
            .id
            .map_or_else(|| "None".to_owned(), |id| id.to_string());
        let name = self.name.as_deref().unwrap_or("None");
        let message = format!("{noun} name={name}, id={id} does not exist");
        Error::invalid(field, "invalid", message)
    }
}

// Two statements rather than one for both: only so is either an index's work.
const BY_ID: &str = "SELECT id, name FROM user_group WHERE id = :id AND name = ifnull(:name, name)";
const BY_NAME: &str = "SELECT id, name FROM user_group WHERE name = :name AND :id IS NULL";

/// The group somebody names in the field `groups`. Fails with the reference's text.
pub fn resolve(tx: &ReadTx<'_>, named: &NamedGroup) -> Result<Group> {
    let NamedGroup { id, name } = named;
    if id.is_none() && name.is_none() {
        return Err(Error::invalid(
            "groups",
            "invalid",
            "id or name field is required",
        ));
    }
    let found = tx
        .prepare_cached(if id.is_some() { BY_ID } else { BY_NAME })?
        .query_row(named_params! {":id": id, ":name": name}, read)
        .optional()?;
    found.ok_or_else(|| named.missing("groups", "Group"))
}

/// What a list of groups can be narrowed to.
#[derive(Debug, Default)]
pub struct GroupFilter {
    /// Only these.
    pub ids: Option<Vec<i64>>,
    /// Only such names.
    pub name: Vec<TextFilter>,
    /// How to sort.
    pub order: GroupOrder,
}

/// The orders a list of groups can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum GroupOrder {
    /// Oldest first.
    #[default]
    Id,
    /// Newest first.
    IdDescending,
    /// By name.
    Name,
    /// By name, backwards.
    NameDescending,
}

impl GroupOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::IdDescending => "id DESC",
            Self::Name => "name",
            Self::NameDescending => "name DESC",
        }
    }
}

/// Groups that pass `filter`.
pub fn list(tx: &ReadTx<'_>, filter: &GroupFilter, window: Window) -> Result<Page<Group>> {
    Select::new("id, name", "user_group")
        .one_of("id", filter.ids.as_deref())
        .texts("name", &filter.name)
        .order_by(filter.order.sql())
        .page(tx, window, read)
}

/// Adds a group on behalf of the holder of `permit`. Fails as [`create`].
pub fn add(tx: &WriteTx<'_>, permit: &Permit, name: &str) -> Result<Group> {
    let id = create(tx, name)?;
    audit::record(tx, permit, format!("group {name}"))?;
    get(tx, id)
}

/// Gives a group another name. Fails as [`create`], and if there is no such group.
pub fn rename(tx: &WriteTx<'_>, permit: &Permit, id: GroupId, name: &str) -> Result<Group> {
    check_name(name)?;
    let before = get(tx, id)?;
    if find(tx, name)?.is_some_and(|other| other != id) {
        return Err(Error::Conflict(Conflict::GroupExists(name.to_owned())));
    }
    tx.prepare_cached("UPDATE user_group SET name = :name WHERE id = :id")?
        .execute(named_params! {":name": name, ":id": id})?;
    let what = format!("renamed to {name}");
    audit::record_with(tx, permit, format!("group {}", before.name), what)?;
    get(tx, id)
}

/// Deletes a group with its memberships and roles. Fails if there is none.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, id: GroupId) -> Result<()> {
    let group = get(tx, id)?;
    remove(tx, id)?;
    audit::record(tx, permit, format!("group {}", group.name))
}

/// Deletes a group, if it is there, without a word to the audit trail.
pub fn remove(tx: &WriteTx<'_>, id: GroupId) -> Result<()> {
    tx.prepare_cached("DELETE FROM user_group WHERE id = :id")?
        .execute(named_params! {":id": id})?;
    Ok(())
}

/// Refuses a name that is empty or too long.
pub(in crate::domain::accounts) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::invalid(
            "name",
            "blank",
            "This field may not be blank.",
        ));
    }
    if name.chars().count() > NAME_MAX {
        let message = format!("Ensure this field has no more than {NAME_MAX} characters.");
        return Err(Error::invalid("name", "max_length", message));
    }
    Ok(())
}
