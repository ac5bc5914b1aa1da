//! Making, changing and deleting repositories by the API (contract 03, REP-2 to REP-6).

use std::collections::BTreeMap;

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::repositories::declared;
use crate::domain::repositories::declared::RepositoryProfile;
use crate::domain::repositories::labels;
use crate::domain::repositories::listing;
use crate::domain::repositories::listing::Repository;
use crate::domain::repositories::queries;
use crate::domain::repositories::seed;
use crate::domain::tasks::locks::Lock;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;
use crate::policy::permit::Permit;

/// How many versions a repository keeps that is made without a word about that.
pub const RETAIN: i64 = 1;

/// What is said of a repository; what is not said stays as it is, or is as in every new one.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// Labels: all that it has then.
    pub labels: Option<BTreeMap<String, String>>,
    /// Whether only some may see it.
    pub is_private: Option<bool>,
    /// How many versions are kept; all, or this many.
    pub retain_repo_versions: Option<Option<i64>>,
    /// Where it is mirrored from.
    pub remote: Option<Option<Uuid>>,
    /// The key that signatures are checked with.
    pub gpgkey: Option<Option<String>>,
}

impl Draft {
    /// What is wrong with it wherever it is applied.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self.labels.iter().flat_map(labels::check).collect();
        if self
            .retain_repo_versions
            .flatten()
            .is_some_and(|number| number < 1)
        {
            let message = "Ensure this value is greater than or equal to 1.";
            faults.push(Fault::new(
                Some("retain_repo_versions"),
                "min_value",
                message,
            ));
        }
        faults
    }
}

/// Makes a repository with an empty version 0. Fails with a fault for everything that is wrong with the draft.
pub fn create(tx: &WriteTx<'_>, permit: &Permit, draft: &Draft) -> Result<Repository> {
    let remote = check(tx, draft, None)?;
    let name = draft.name.clone().unwrap_or_default();
    let profile = RepositoryProfile {
        retain_repo_versions: draft.retain_repo_versions.unwrap_or(Some(RETAIN)),
        ..RepositoryProfile::default()
    };
    let id = declared::add_repository(tx, &name, &drawn(draft, profile, remote))?;
    audit::record(tx, permit, format!("repository {name}"))?;
    listing::find(tx, id)
}

/// Changes a repository. `None` if the draft says nothing that is not so already.
pub fn update(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    uuid: Uuid,
    draft: &Draft,
) -> Result<Option<Begun>> {
    let id = queries::changeable(tx, asked.permit, uuid)?;
    let (old_name, old) = profile(tx, id)?;
    let remote = check(tx, draft, Some((id, &old_name)))?;
    let new = drawn(draft, old.clone(), remote);
    let new_name = draft.name.clone().unwrap_or_else(|| old_name.clone());
    if new == old && new_name == old_name {
        return Ok(None);
    }
    if new_name != old_name {
        tx.prepare_cached("UPDATE repository SET name = :name WHERE id = :id")?
            .execute(named_params! {":name": new_name, ":id": id})?;
    }
    declared::update_repository(tx, id, &new)?;
    let begun = queue::record(tx, asked, &[Lock::changing(uuid)], &[])?;
    let detail = match new_name == old_name {
        true => String::new(),
        false => format!("renamed to {new_name}"),
    };
    audit::record_with(tx, asked.permit, format!("repository {old_name}"), detail)?;
    Ok(Some(begun))
}

/// The repository, if it may be deleted: nobody deletes those that every installation has.
pub fn deletable(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<(RepositoryId, String)> {
    let id = queries::changeable(tx, permit, uuid)?;
    let name = listing::find(tx, id)?.name;
    match seed::is_shipped(&name) || is_served_as_shipped(tx, id)? {
        true => Err(permit.refusal()),
        false => Ok((id, name)),
    }
}

fn is_served_as_shipped(tx: &ReadTx<'_>, id: RepositoryId) -> Result<bool> {
    let mut statement =
        tx.prepare_cached("SELECT base_path FROM distribution WHERE repository_id = :id")?;
    let paths = statement.query_map(named_params! {":id": id}, |row| row.get::<_, String>(0))?;
    let paths: Vec<String> = paths.collect::<rusqlite::Result<_>>()?;
    Ok(paths.iter().any(|path| seed::is_shipped(path)))
}

/// Checks a draft for a repository that there is, by its name, or for a new one. Returns the remote that it names.
fn check(
    tx: &ReadTx<'_>,
    draft: &Draft,
    old: Option<(RepositoryId, &str)>,
) -> Result<Option<RemoteId>> {
    let mut faults = draft.faults();
    let (id, old_name) = old.unzip();
    if let Some(name) = &draft.name {
        let other = queries::find_id(tx, name)?.filter(|other| Some(*other) != id);
        if other.is_some() {
            faults.push(Fault::new(
                Some("name"),
                "unique",
                "This field must be unique.",
            ));
        }
        // Its name is how the program knows it again.
        if let Some(old) = old_name.filter(|old| seed::is_shipped(old) && old != name) {
            let message = format!("The repository {old} is needed under this name.");
            faults.push(Fault::new(Some("name"), "invalid", message));
        }
    }
    let mut remote = None;
    if let Some(uuid) = draft.remote.flatten() {
        remote = queries::remote(tx, uuid)?;
        if remote.is_none() {
            let message = "Invalid hyperlink - Object does not exist.";
            faults.push(Fault::new(Some("remote"), "does_not_exist", message));
        }
    }
    match faults.is_empty() {
        true => Ok(remote),
        false => Err(Error::Invalid(faults)),
    }
}

fn profile(tx: &ReadTx<'_>, id: RepositoryId) -> Result<(String, RepositoryProfile)> {
    let found = listing::find(tx, id)?;
    let remote = found
        .remote
        .map(|uuid| queries::remote(tx, uuid))
        .transpose()?;
    let profile = RepositoryProfile {
        description: found.description.unwrap_or_default(),
        is_private: found.is_private,
        retain_repo_versions: found.retain_repo_versions,
        remote: remote.flatten(),
        gpgkey: found.gpgkey.unwrap_or_default(),
        labels: found.labels,
    };
    Ok((found.name, profile))
}

/// What a draft makes of a repository.
fn drawn(draft: &Draft, old: RepositoryProfile, remote: Option<RemoteId>) -> RepositoryProfile {
    let text = |new: &Option<Option<String>>, old: String| match new {
        Some(text) => text.clone().unwrap_or_default(),
        None => old,
    };
    RepositoryProfile {
        description: text(&draft.description, old.description),
        is_private: draft.is_private.unwrap_or(old.is_private),
        retain_repo_versions: draft
            .retain_repo_versions
            .unwrap_or(old.retain_repo_versions),
        remote: if draft.remote.is_some() {
            remote
        } else {
            old.remote
        },
        gpgkey: text(&draft.gpgkey, old.gpgkey),
        labels: draft.labels.clone().unwrap_or(old.labels),
    }
}
