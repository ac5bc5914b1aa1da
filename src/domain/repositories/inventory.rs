//! Every repository and every distribution, in one query each.

use std::collections::BTreeMap;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::DistributionId;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;

/// A repository without what it holds.
#[derive(Debug, Clone)]
pub struct StoredRepository {
    /// The row.
    pub id: RepositoryId,
    /// The name.
    pub name: String,
    /// What it is for; often empty.
    pub description: String,
    /// Whether only some may see it.
    pub is_private: bool,
    /// How many of its versions are kept; all if there is no number.
    pub retain_repo_versions: Option<i64>,
    /// Where it is mirrored from.
    pub remote: Option<RemoteId>,
    /// The key that signatures are checked with; often empty.
    pub gpgkey: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Whether it holds anything now.
    pub has_content: bool,
}

/// A name under which a repository is served.
#[derive(Debug, Clone)]
pub struct StoredDistribution {
    /// The row.
    pub id: DistributionId,
    /// The name.
    pub name: String,
    /// The path it is served under.
    pub base_path: String,
    /// What it serves.
    pub repository: Option<RepositoryId>,
}

const REPOSITORIES: &str = "
    SELECT r.id, r.name, ifnull(r.description, ''), r.private, r.retain_repo_versions, r.remote_id, ifnull(r.gpgkey, ''),
           EXISTS (SELECT 1 FROM repository_content c WHERE c.repository_id = r.id AND c.removed IS NULL),
           l.key, l.value
      FROM repository r LEFT JOIN repository_label l ON l.repository_id = r.id
     ORDER BY r.name, l.key";

/// All repositories, by name.
pub fn repositories(tx: &ReadTx<'_>) -> Result<Vec<StoredRepository>> {
    let mut found: Vec<StoredRepository> = Vec::new();
    let mut statement = tx.prepare_cached(REPOSITORIES)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if found.last().is_none_or(|last| last.id != id) {
            found.push(StoredRepository {
                id,
                name: row.get(1)?,
                description: row.get(2)?,
                is_private: row.get(3)?,
                retain_repo_versions: row.get(4)?,
                remote: row.get(5)?,
                gpgkey: row.get(6)?,
                has_content: row.get(7)?,
                labels: BTreeMap::new(),
            });
        }
        let key: Option<String> = row.get(8)?;
        if let (Some(repository), Some(key)) = (found.last_mut(), key) {
            repository.labels.insert(key, row.get(9)?);
        }
    }
    Ok(found)
}

/// All distributions, by name.
pub fn distributions(tx: &ReadTx<'_>) -> Result<Vec<StoredDistribution>> {
    let sql = "SELECT id, name, base_path, repository_id FROM distribution ORDER BY name";
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(StoredDistribution {
            id: row.get(0)?,
            name: row.get(1)?,
            base_path: row.get(2)?,
            repository: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
