//! Writing and deleting repositories and distributions as a document declares them: already checked.

use std::collections::BTreeMap;

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::ids::DistributionId;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;

/// What can be said of a repository beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepositoryProfile {
    /// What it is for, or empty.
    pub description: String,
    /// Whether only some may see it.
    pub is_private: bool,
    /// How many of its versions are kept; all if there is no number.
    pub retain_repo_versions: Option<i64>,
    /// Where it is mirrored from.
    pub remote: Option<RemoteId>,
    /// The key that signatures are checked with, or empty.
    pub gpgkey: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

const ADD_REPOSITORY: &str = "
    INSERT INTO repository (uuid, name, created_at, updated_at) VALUES (:uuid, :name, :now, :now)";

const ADD_VERSION: &str = "
    INSERT INTO repository_version (repository_id, number, created_at) VALUES (:id, 0, :now)";

/// Adds a repository with an empty version 0.
pub fn add_repository(
    tx: &WriteTx<'_>,
    name: &str,
    profile: &RepositoryProfile,
) -> Result<RepositoryId> {
    let uuid = Uuid::now_v7().to_string();
    tx.prepare_cached(ADD_REPOSITORY)?
        .execute(named_params! {":uuid": uuid, ":name": name, ":now": tx.now})?;
    let id = RepositoryId(tx.last_insert_rowid());
    tx.prepare_cached(ADD_VERSION)?
        .execute(named_params! {":id": id, ":now": tx.now})?;
    update_repository(tx, id, profile)?;
    Ok(id)
}

const UPDATE_REPOSITORY: &str = "
    UPDATE repository SET description = nullif(:description, ''), private = :private, retain_repo_versions = :retain,
           remote_id = :remote, gpgkey = nullif(:gpgkey, ''), updated_at = :now
     WHERE id = :id";

const ADD_LABEL: &str =
    "INSERT INTO repository_label (repository_id, key, value) VALUES (:id, :key, :value)";

/// Writes what is said of a repository, labels included.
pub fn update_repository(
    tx: &WriteTx<'_>,
    id: RepositoryId,
    profile: &RepositoryProfile,
) -> Result<()> {
    tx.prepare_cached(UPDATE_REPOSITORY)?.execute(named_params! {
        ":id": id, ":description": profile.description, ":private": profile.is_private,
        ":retain": profile.retain_repo_versions, ":remote": profile.remote, ":gpgkey": profile.gpgkey, ":now": tx.now,
    })?;
    tx.prepare_cached("DELETE FROM repository_label WHERE repository_id = :id")?
        .execute(named_params! {":id": id})?;
    for (key, value) in &profile.labels {
        tx.prepare_cached(ADD_LABEL)?
            .execute(named_params! {":id": id, ":key": key, ":value": value})?;
    }
    Ok(())
}

/// Deletes a repository; the caller has made sure that it holds nothing and that it may go.
pub fn delete_repository(tx: &WriteTx<'_>, id: RepositoryId) -> Result<()> {
    tx.prepare_cached("DELETE FROM repository WHERE id = :id")?
        .execute(named_params! {":id": id})?;
    Ok(())
}

const ADD_DISTRIBUTION: &str = "
    INSERT INTO distribution (uuid, name, base_path, repository_id, created_at, updated_at)
    VALUES (:uuid, :name, :base_path, :repository, :now, :now)";

/// Adds a distribution.
pub fn add_distribution(
    tx: &WriteTx<'_>,
    name: &str,
    base_path: &str,
    repository: Option<RepositoryId>,
) -> Result<DistributionId> {
    tx.prepare_cached(ADD_DISTRIBUTION)?.execute(named_params! {
        ":uuid": Uuid::now_v7().to_string(), ":name": name, ":base_path": base_path, ":repository": repository,
        ":now": tx.now,
    })?;
    Ok(DistributionId(tx.last_insert_rowid()))
}

/// Frees the base path of a distribution that gets another in the same transaction, so that two can change places.
pub fn free_base_path(tx: &WriteTx<'_>, id: DistributionId) -> Result<()> {
    // No base path can hold a line end.
    let sql = "UPDATE distribution SET base_path = char(10) || id WHERE id = :id";
    tx.prepare_cached(sql)?.execute(named_params! {":id": id})?;
    Ok(())
}

const UPDATE_DISTRIBUTION: &str = "
    UPDATE distribution SET base_path = :base_path, repository_id = :repository, updated_at = :now WHERE id = :id";

/// Writes where a distribution is and what it serves.
pub fn update_distribution(
    tx: &WriteTx<'_>,
    id: DistributionId,
    base_path: &str,
    repository: Option<RepositoryId>,
) -> Result<()> {
    tx.prepare_cached(UPDATE_DISTRIBUTION)?
        .execute(named_params! {
            ":id": id, ":base_path": base_path, ":repository": repository, ":now": tx.now,
        })?;
    Ok(())
}

/// Deletes a distribution; the caller has made sure that it may go.
pub fn delete_distribution(tx: &WriteTx<'_>, id: DistributionId) -> Result<()> {
    tx.prepare_cached("DELETE FROM distribution WHERE id = :id")?
        .execute(named_params! {":id": id})?;
    Ok(())
}
