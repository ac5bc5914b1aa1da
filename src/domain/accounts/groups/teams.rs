//! Teams: groups as the automation platform sees them, each in one organization.
//!
//! A group that was not made as a team is one of `Default`, by its own name. A group that was is called
//! `organization::team`; if somebody renames the group, the team keeps its own name.

use std::collections::HashMap;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::NamedGroup;
use crate::domain::accounts::groups::organizations;
use crate::domain::accounts::groups::organizations::DEFAULT;
use crate::domain::audit;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::OrganizationId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The group that it is.
    pub id: GroupId,
    /// What the automation platform knows it by.
    pub uuid: Uuid,
    /// What it is called inside its organization.
    pub name: String,
    /// What the group is called.
    pub group: String,
    /// Whether it was made as a team.
    pub is_own: bool,
    /// The organization.
    pub organization: OrganizationId,
    /// The name of the organization.
    pub organization_name: String,
}

const COLUMNS: &str = "g.id, g.uuid, ifnull(g.team, g.name) AS team, g.name AS group_name, g.team IS NOT NULL AS is_own, \
    o.id AS organization_id, o.name AS organization_name";
// The number is that of the organization called Default.
const FROM: &str = "user_group g JOIN organization o ON o.id = ifnull(g.organization_id, 1)";

fn read(row: &Row<'_>) -> rusqlite::Result<Team> {
    let uuid: Option<String> = row.get("uuid")?;
    Ok(Team {
        id: row.get("id")?,
        uuid: uuid.unwrap_or_default().parse().unwrap_or_default(),
        name: row.get("team")?,
        group: row.get("group_name")?,
        is_own: row.get("is_own")?,
        organization: row.get("organization_id")?,
        organization_name: row.get("organization_name")?,
    })
}

/// What a list of teams can be narrowed to.
#[derive(Debug, Default)]
pub struct TeamFilter {
    /// Only such names.
    pub name: Vec<TextFilter>,
    /// Only the one with this UUID.
    pub uuid: Option<String>,
}

/// Teams that pass `filter`, oldest first.
pub fn list(tx: &ReadTx<'_>, filter: &TeamFilter, window: Window) -> Result<Page<Team>> {
    Select::new(COLUMNS, FROM)
        .texts("ifnull(g.team, g.name)", &filter.name)
        .filter_some("g.uuid = ?", filter.uuid.as_deref())
        .order_by("g.id")
        .page(tx, window, read)
}

/// The team with that number. Fails if there is none.
pub fn get(tx: &ReadTx<'_>, id: GroupId) -> Result<Team> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM {FROM} WHERE g.id = :id"))?
        .query_row(named_params! {":id": id}, read)
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Team(id.0.to_string())))
}

// Two statements rather than one for both: only so is either an index's work.
const IS_THERE: &str = "
    SELECT EXISTS (SELECT 1 FROM user_group
                    WHERE id = :id AND ifnull(team, name) = ifnull(:name, ifnull(team, name)))";
const IS_CALLED: &str =
    "SELECT EXISTS (SELECT 1 FROM user_group WHERE ifnull(team, name) = :name AND :id IS NULL)";

/// Fails, with the reference's text, if there is no team of that id and name.
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
    Err(named.missing("teams", "Team"))
}

/// The teams of each of some users, as far as those were made as teams: one query for a whole page of users.
pub fn of_users(tx: &ReadTx<'_>, users: &[UserId]) -> Result<HashMap<UserId, Vec<Team>>> {
    let sql = format!(
        "SELECT m.user_id, {COLUMNS} FROM {FROM} JOIN group_member m ON m.group_id = g.id
          WHERE m.user_id IN (SELECT value FROM json_each(:users)) AND g.team IS NOT NULL ORDER BY g.id"
    );
    let users = serde_json::to_string(users).map_err(anyhow::Error::new)?;
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {":users": users})?;
    let mut found: HashMap<UserId, Vec<Team>> = HashMap::new();
    while let Some(row) = rows.next()? {
        found
            .entry(row.get("user_id")?)
            .or_default()
            .push(read(row)?);
    }
    Ok(found)
}

const OWN: &str =
    "UPDATE user_group SET team = :team, organization_id = :organization WHERE id = :id";

/// Adds a team to the organization of that name, which is made if there is none, as in the reference (contract 04,
/// V2-10). Fails if there is such a team or group, or if a name is empty or too long.
pub fn add(tx: &WriteTx<'_>, permit: &Permit, name: &str, organization: &str) -> Result<Team> {
    groups::check_name(name)?;
    let organization = match organizations::find(tx, organization)? {
        Some(organization) => organization,
        None => organizations::add(tx, permit, organization).map_err(of_organization)?,
    };
    if is_taken(tx, organization.id, name, None)? {
        return Err(taken());
    }
    let group = organizations::group_name(&organization.name, name);
    let id = groups::create(tx, &group).map_err(own)?;
    // That nothing is said of it means Default, for all groups alike.
    let organization = Some(organization.id).filter(|id| *id != DEFAULT);
    tx.prepare_cached(OWN)?
        .execute(named_params! {":team": name, ":organization": organization, ":id": id})?;
    audit::record_with(tx, permit, format!("group {group}"), "created as a team")?;
    get(tx, id)
}

/// What is wrong with the name of a new organization is wrong with the field that names it.
fn of_organization(error: Error) -> Error {
    match error {
        Error::Invalid(faults) => match faults.into_iter().next() {
            Some(fault) => Error::invalid("organization", fault.code, fault.message),
            None => Error::Invalid(Vec::new()),
        },
        other => other,
    }
}

fn own(error: Error) -> Error {
    match error {
        Error::Conflict(Conflict::GroupExists(_)) => taken(),
        other => other,
    }
}

fn taken() -> Error {
    Error::bare("invalid", "A team with this name already exists.")
}

const IS_TAKEN: &str = "
    SELECT EXISTS (SELECT 1 FROM user_group
                    WHERE ifnull(team, name) = :name AND ifnull(organization_id, 1) = :organization AND id IS NOT :id)";

fn is_taken(
    tx: &ReadTx<'_>,
    organization: OrganizationId,
    name: &str,
    except: Option<GroupId>,
) -> Result<bool> {
    let values = named_params! {":name": name, ":organization": organization, ":id": except};
    Ok(tx
        .prepare_cached(IS_TAKEN)?
        .query_row(values, |row| row.get(0))?)
}

/// Gives a team another name, and its group with it (contract 04, V2-11). Fails as [`add`].
pub fn rename(tx: &WriteTx<'_>, permit: &Permit, id: GroupId, name: &str) -> Result<Team> {
    let team = get(tx, id)?;
    groups::check_name(name)?;
    if is_taken(tx, team.organization, name, Some(id))? {
        return Err(taken());
    }
    let group = match team.is_own {
        true => organizations::group_name(&team.organization_name, name),
        false => name.to_owned(),
    };
    groups::rename(tx, permit, id, &group).map_err(own)?;
    tx.prepare_cached("UPDATE user_group SET team = :name WHERE id = :id AND team IS NOT NULL")?
        .execute(named_params! {":name": name, ":id": id})?;
    get(tx, id)
}

/// Deletes a team: the group with its members and roles (contract 04, V2-11).
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, id: GroupId) -> Result<()> {
    get(tx, id)?;
    groups::delete(tx, permit, id)
}
