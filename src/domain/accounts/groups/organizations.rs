//! Organizations, which hold teams. The one called `Default` is always there.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::NamedGroup;
use crate::domain::audit;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::OrganizationId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;

/// The organization that came with the schema.
pub const DEFAULT: OrganizationId = OrganizationId(1);
/// What it is called.
pub const DEFAULT_NAME: &str = "Default";

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The row.
    pub id: OrganizationId,
    /// What the automation platform knows it by.
    pub uuid: Uuid,
    /// The name.
    pub name: String,
}

const COLUMNS: &str = "id, uuid, name";

fn read(row: &Row<'_>) -> rusqlite::Result<Organization> {
    Ok(Organization {
        id: row.get("id")?,
        uuid: row.get::<_, String>("uuid")?.parse().unwrap_or_default(),
        name: row.get("name")?,
    })
}

/// What a list of organizations can be narrowed to.
#[derive(Debug, Default)]
pub struct OrganizationFilter {
    /// Only such names.
    pub name: Vec<TextFilter>,
    /// Only the one with this UUID.
    pub uuid: Option<String>,
}

/// Organizations that pass `filter`, oldest first.
pub fn list(
    tx: &ReadTx<'_>,
    filter: &OrganizationFilter,
    window: Window,
) -> Result<Page<Organization>> {
    Select::new(COLUMNS, "organization")
        .texts("name", &filter.name)
        .filter_some("uuid = ?", filter.uuid.as_deref())
        .order_by("id")
        .page(tx, window, read)
}

/// The organization with that number. Fails if there is none.
pub fn get(tx: &ReadTx<'_>, id: OrganizationId) -> Result<Organization> {
    tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM organization WHERE id = :id"
    ))?
    .query_row(named_params! {":id": id}, read)
    .optional()?
    .ok_or_else(|| Error::NotFound(Noun::Organization(id.0.to_string())))
}

/// The organization called `name`, if there is one.
pub fn find(tx: &ReadTx<'_>, name: &str) -> Result<Option<Organization>> {
    let sql = format!("SELECT {COLUMNS} FROM organization WHERE name = :name");
    let found = tx
        .prepare_cached(&sql)?
        .query_row(named_params! {":name": name}, read);
    Ok(found.optional()?)
}

// Two statements rather than one for both: only so is either an index's work.
const IS_THERE: &str = "
    SELECT EXISTS (SELECT 1 FROM organization WHERE id = :id AND name = ifnull(:name, name))";
const IS_CALLED: &str =
    "SELECT EXISTS (SELECT 1 FROM organization WHERE name = :name AND :id IS NULL)";

/// Fails, with the reference's text, if there is no organization of that id and name.
pub fn check_named(tx: &ReadTx<'_>, named: &NamedGroup) -> Result<()> {
    let sql = match named.id {
        Some(_) => IS_THERE,
        None => IS_CALLED,
    };
    let values = named_params! {":id": named.id, ":name": named.name};
    let is_there = tx
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))?;
    if is_there {
        return Ok(());
    }
    Err(named.missing("organizations", "Org"))
}

const CREATE: &str = "
    INSERT INTO organization (uuid, name, created_at) VALUES (:uuid, :name, :now) ON CONFLICT (name) DO NOTHING";

/// Adds an organization (contract 04, V2-8). Fails if the name is taken, empty or too long.
pub fn add(tx: &WriteTx<'_>, permit: &Permit, name: &str) -> Result<Organization> {
    groups::check_name(name)?;
    let uuid = Uuid::new_v4().to_string();
    let added = tx
        .prepare_cached(CREATE)?
        .execute(named_params! {":uuid": uuid, ":name": name, ":now": tx.now})?;
    if added == 0 {
        return Err(taken());
    }
    let id = OrganizationId(tx.last_insert_rowid());
    audit::record_with(tx, permit, format!("organization {name}"), "created")?;
    get(tx, id)
}

fn taken() -> Error {
    let message = "organization with this name already exists.";
    Error::invalid("name", "unique", message)
}

/// Gives an organization another name (contract 04, V2-9), and the groups behind its teams with it.
///
/// Fails as [`add`], if a group has the new name of one of those groups, and for the one called `Default`.
pub fn rename(
    tx: &WriteTx<'_>,
    permit: &Permit,
    id: OrganizationId,
    name: &str,
) -> Result<Organization> {
    let before = get(tx, id)?;
    if id == DEFAULT && name != DEFAULT_NAME {
        let message = "The name 'Default' cannot be changed.";
        return Err(Error::bare("invalid", message));
    }
    groups::check_name(name)?;
    if find(tx, name)?.is_some_and(|other| other.id != id) {
        return Err(taken());
    }
    tx.prepare_cached("UPDATE organization SET name = :name WHERE id = :id")?
        .execute(named_params! {":name": name, ":id": id})?;
    if name != before.name {
        for (group, there, team) in teams(tx, id)? {
            // One that was renamed as a group goes its own ways.
            if there == group_name(&before.name, &team) {
                groups::rename(tx, permit, group, &group_name(name, &team))?;
            }
        }
    }
    let what = format!("renamed to {name}");
    audit::record_with(tx, permit, format!("organization {}", before.name), what)?;
    get(tx, id)
}

/// What the group behind a team is called.
pub(in crate::domain::accounts) fn group_name(organization: &str, team: &str) -> String {
    format!("{organization}::{team}")
}

/// The groups behind the teams of an organization: id, name, and name of the team.
fn teams(tx: &ReadTx<'_>, id: OrganizationId) -> Result<Vec<(GroupId, String, String)>> {
    let sql = "SELECT id, name, ifnull(team, name) FROM user_group WHERE organization_id = :id ORDER BY id";
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map(named_params! {":id": id}, |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Deletes an organization with its teams, and what those hold (contract 04, V2-9). Fails for `Default`.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, id: OrganizationId) -> Result<()> {
    let organization = get(tx, id)?;
    if id == DEFAULT {
        let message = "'Default' organization cannot be deleted.";
        return Err(Error::bare("invalid", message));
    }
    let groups: Vec<String> = teams(tx, id)?
        .into_iter()
        .map(|(_, name, _)| format!("group {name}"))
        .collect();
    tx.prepare_cached("DELETE FROM organization WHERE id = :id")?
        .execute(named_params! {":id": id})?;
    let what = match groups.is_empty() {
        true => "deleted".to_owned(),
        false => format!("deleted with {}", groups.join(", ")),
    };
    let object = format!("organization {}", organization.name);
    audit::record_with(tx, permit, object, what)
}
