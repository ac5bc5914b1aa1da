//! Making, changing and deleting distributions by the API (contract 03, DIS-2 to DIS-6).

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::config::publishing::is_base_path;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::repositories::declared;
use crate::domain::repositories::labels;
use crate::domain::repositories::queries;
use crate::domain::repositories::seed;
use crate::domain::repositories::served;
use crate::domain::repositories::served::Distribution;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::domain::tasks::results::Made;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::ids::DistributionId;
use crate::kernel::ids::RepositoryId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::policy::rule::When;

/// What is said of a distribution; what is not said stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The name.
    pub name: Option<String>,
    /// The path it is served under.
    pub base_path: Option<String>,
    /// What it serves.
    pub repository: Option<Option<Uuid>>,
    /// Labels: all that it has then.
    pub labels: Option<BTreeMap<String, String>>,
    /// Whether it is left out of the list of what there is to download.
    pub is_hidden: Option<bool>,
}

/// Serves a repository under a name. Fails with a fault for everything that is wrong with the draft.
pub fn create(tx: &WriteTx<'_>, asked: Asked<'_>, draft: &Draft) -> Result<Begun> {
    let repository = check(tx, asked.permit, draft, None)?;
    let name = draft.name.clone().unwrap_or_default();
    let base_path = draft.base_path.clone().unwrap_or_default();
    let id = declared::add_distribution(tx, &name, &base_path, repository)?;
    write_rest(tx, id, draft)?;
    let uuid = uuid(tx, id)?;
    audit::record_with(
        tx,
        asked.permit,
        format!("distribution {name}"),
        format!("serving {base_path}"),
    )?;
    queue::record(tx, asked, &[], &[Made::Distribution(uuid)])
}

/// Changes a distribution. `None` if the draft says nothing that is not so already.
pub fn update(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    uuid: Uuid,
    draft: &Draft,
) -> Result<Option<Begun>> {
    let old = changeable(tx, asked.permit, uuid)?;
    let named = check(tx, asked.permit, draft, Some(&old))?;
    let before = old.repository.map(|repository| repository.id);
    let repository = if draft.repository.is_some() {
        named
    } else {
        before
    };
    let base_path = draft.base_path.as_ref().unwrap_or(&old.base_path);
    let name = draft.name.as_ref().unwrap_or(&old.name);
    let is_same = repository == before
        && *base_path == old.base_path
        && *name == old.name
        && draft
            .labels
            .as_ref()
            .is_none_or(|labels| *labels == old.labels)
        && draft.is_hidden.is_none_or(|hidden| hidden == old.is_hidden);
    if is_same {
        return Ok(None);
    }
    declared::update_distribution(tx, old.id, base_path, repository)?;
    tx.prepare_cached("UPDATE distribution SET name = :name WHERE id = :id")?
        .execute(named_params! {":name": name, ":id": old.id})?;
    write_rest(tx, old.id, draft)?;
    let detail = format!("name {name}, serving {base_path}");
    audit::record_with(
        tx,
        asked.permit,
        format!("distribution {}", old.name),
        detail,
    )?;
    queue::record(tx, asked, &[], &[]).map(Some)
}

/// Serves a repository no more under this name.
pub fn delete(tx: &WriteTx<'_>, asked: Asked<'_>, uuid: Uuid) -> Result<Begun> {
    let old = changeable(tx, asked.permit, uuid)?;
    declared::delete_distribution(tx, old.id)?;
    audit::record(tx, asked.permit, format!("distribution {}", old.name))?;
    queue::record(tx, asked, &[], &[])
}

/// The distribution, if the caller may do with it what they ask for: what they may do with the repository behind it
/// counts. Nobody changes those that every installation has.
pub fn changeable(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<Distribution> {
    let found = served::get(tx, permit, uuid)?;
    match found.repository {
        Some(repository) => permit.on(Object::Repository(repository.id))?,
        None => permit.check(When::NothingServed, None)?,
    }
    match seed::is_shipped(&found.base_path) {
        true => Err(permit.refusal()),
        false => Ok(found),
    }
}

/// Checks a draft for a distribution that there is, or for a new one. Returns the repository that it names.
fn check(
    tx: &ReadTx<'_>,
    permit: &Permit,
    draft: &Draft,
    old: Option<&Distribution>,
) -> Result<Option<RepositoryId>> {
    let mut faults = Vec::new();
    if let Some(name) = &draft.name
        && is_taken(tx, name, old.map(|old| old.id))?
    {
        faults.push(Fault::new(
            Some("name"),
            "unique",
            "This field must be unique.",
        ));
    }
    if let Some(path) = draft
        .base_path
        .as_deref()
        .filter(|path| old.is_none_or(|old| old.base_path != **path))
    {
        faults.extend(check_base_path(tx, path, old.map(|old| old.id))?);
    }
    faults.extend(draft.labels.iter().flat_map(labels::check));
    let mut repository = None;
    if let Some(uuid) = draft.repository.flatten() {
        // One that the caller may not see is not there for them.
        repository = queries::visible(tx, permit, uuid).ok();
        if repository.is_none() {
            let message = "Invalid hyperlink - Object does not exist.";
            faults.push(Fault::new(Some("repository"), "does_not_exist", message));
        }
    }
    match faults.is_empty() {
        true => Ok(repository),
        false => Err(Error::Invalid(faults)),
    }
}

const TAKEN: &str =
    "SELECT EXISTS (SELECT 1 FROM distribution WHERE name = :name AND id IS NOT :id)";

fn is_taken(tx: &ReadTx<'_>, name: &str, id: Option<DistributionId>) -> Result<bool> {
    let values = named_params! {":name": name, ":id": id};
    Ok(tx
        .prepare_cached(TAKEN)?
        .query_row(values, |row| row.get(0))?)
}

/// A base path that is, begins or continues this one; what continues it lies before `0`, which comes right after `/`.
const OVERLAPPING: &str = "
    SELECT name FROM distribution
     WHERE id IS NOT :id
       AND (base_path IN (SELECT value FROM json_each(:beginnings))
            OR (base_path > :path || '/' AND base_path < :path || '0'))
     ORDER BY id LIMIT 1";

fn check_base_path(
    tx: &ReadTx<'_>,
    path: &str,
    id: Option<DistributionId>,
) -> Result<Option<Fault>> {
    let fault = |message: &str| Some(Fault::new(Some("base_path"), "invalid", message));
    if path.contains(char::is_whitespace) {
        return Ok(fault("Relative path cannot contain spaces."));
    }
    if path.starts_with('/') || path.ends_with('/') {
        return Ok(fault("Relative path cannot begin or end with slashes."));
    }
    if !is_base_path(path) {
        return Ok(fault(
            "A base path is letters, digits, `.`, `_`, `-` and inner slashes, 255 characters at most.",
        ));
    }
    let slashes = path.match_indices('/').map(|(at, _)| &path[..at]);
    let beginnings: Vec<&str> = slashes.chain([path]).collect();
    let beginnings = serde_json::json!(beginnings).to_string();
    let other: Option<String> = tx
        .prepare_cached(OVERLAPPING)?
        .query_row(
            named_params! {":path": path, ":beginnings": beginnings, ":id": id},
            |row| row.get(0),
        )
        .optional()?;
    Ok(other.map(|other| {
        let message = format!("Overlaps with existing distribution '{other}'");
        Fault::of(Blame::Nested("base_path", "base_path"), "invalid", message)
    }))
}

const ADD_LABEL: &str =
    "INSERT INTO distribution_label (distribution_id, key, value) VALUES (:id, :key, :value)";

/// What is neither name nor path nor repository.
fn write_rest(tx: &WriteTx<'_>, id: DistributionId, draft: &Draft) -> Result<()> {
    if let Some(hidden) = draft.is_hidden {
        tx.prepare_cached("UPDATE distribution SET hidden = :hidden WHERE id = :id")?
            .execute(named_params! {":hidden": hidden, ":id": id})?;
    }
    if let Some(labels) = &draft.labels {
        tx.prepare_cached("DELETE FROM distribution_label WHERE distribution_id = :id")?
            .execute(named_params! {":id": id})?;
        for (key, value) in labels {
            tx.prepare_cached(ADD_LABEL)?
                .execute(named_params! {":id": id, ":key": key, ":value": value})?;
        }
    }
    Ok(())
}

fn uuid(tx: &ReadTx<'_>, id: DistributionId) -> Result<Uuid> {
    let text: String = tx
        .prepare_cached("SELECT uuid FROM distribution WHERE id = :id")?
        .query_row(named_params! {":id": id}, |row| row.get(0))?;
    Ok(text.parse().unwrap_or_default())
}
