//! What is mirrored from remotes: repositories, and the distributions that serve them.

use std::collections::HashMap;

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::remotes::listing;
use crate::domain::remotes::listing::Remote;
use crate::domain::remotes::listing::RemoteField;
use crate::domain::remotes::listing::RemoteFilter;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::SortKey;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;

/// A remote and what is mirrored from it.
pub struct Source {
    /// The remote.
    pub remote: Remote,
    /// The repositories, by name.
    pub repositories: Vec<Mirrored>,
}

/// A repository that has a remote.
#[derive(Debug)]
pub struct Mirrored {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The number that its next version will have.
    pub next_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it, not what it holds, changed last.
    pub updated_at: Timestamp,
    /// Where it is served, by name.
    pub distributions: Vec<Outlet>,
}

/// A distribution of such a repository.
#[derive(Debug)]
pub struct Outlet {
    /// The name.
    pub name: String,
    /// The path it is served under.
    pub base_path: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// The remotes by name, with what is mirrored from them that is `seen`.
pub fn list(tx: &ReadTx<'_>, seen: &Repositories, window: Window) -> Result<Page<Source>> {
    let by_name = RemoteFilter {
        order: vec![SortKey {
            field: RemoteField::Name,
            descending: false,
        }],
        ..RemoteFilter::default()
    };
    let found = listing::list(tx, &by_name, window)?;
    let items = sources(tx, seen, found.items)?;
    Ok(Page {
        total: found.total,
        items,
    })
}

/// The remote with that UUID.
pub fn get(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<Source> {
    source(tx, permit, listing::get(tx, uuid)?)
}

/// A remote with what is mirrored from it that the caller may see.
pub fn source(tx: &ReadTx<'_>, permit: &Permit, remote: Remote) -> Result<Source> {
    let seen = Repositories::of(permit.viewer());
    let mut found = sources(tx, &seen, vec![remote])?;
    found.pop().ok_or_else(|| Error::NotFound(Noun::Route))
}

const REMOTE_OF: &str = "
    SELECT m.uuid FROM repository r LEFT JOIN remote m ON m.id = r.remote_id WHERE r.id = :id";

/// The UUID of the remote of a repository. Fails with [`Noun::RemoteOf`] if it has none.
pub fn remote_of(tx: &ReadTx<'_>, repository: RepositoryId, base_path: &str) -> Result<Uuid> {
    let found: Option<String> = tx
        .prepare_cached(REMOTE_OF)?
        .query_row(named_params! {":id": repository}, |row| row.get(0))?;
    found
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::NotFound(Noun::RemoteOf(base_path.to_owned())))
}

const REPOSITORIES: &str = "
    SELECT r.id, r.remote_id, r.name, r.description, r.created_at, r.updated_at,
           (SELECT max(number) + 1 FROM repository_version WHERE repository_id = r.id) AS next_version
      FROM repository r
     WHERE r.remote_id IN (SELECT value FROM json_each(:remotes))
       AND (r.private = 0 OR :seen IS NULL OR r.id IN (SELECT value FROM json_each(:seen)))
     ORDER BY r.name";

fn sources(tx: &ReadTx<'_>, seen: &Repositories, remotes: Vec<Remote>) -> Result<Vec<Source>> {
    let ids: Vec<RemoteId> = remotes.iter().map(|remote| remote.id).collect();
    let ids = serde_json::json!(ids).to_string();
    let mut statement = tx.prepare_cached(REPOSITORIES)?;
    let values = named_params! {":remotes": ids, ":seen": seen.private_ones()};
    let rows = statement.query_map(values, |row| {
        let mirrored = Mirrored {
            name: row.get("name")?,
            description: row.get("description")?,
            next_version: row.get("next_version")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            distributions: Vec::new(),
        };
        Ok((row.get("id")?, row.get("remote_id")?, mirrored))
    })?;
    let rows: Vec<(RepositoryId, RemoteId, Mirrored)> = rows.collect::<rusqlite::Result<_>>()?;
    let ids: Vec<RepositoryId> = rows.iter().map(|(id, ..)| *id).collect();
    let mut outlets = outlets(tx, &ids)?;
    let mut mirrored: HashMap<RemoteId, Vec<Mirrored>> = HashMap::new();
    for (id, remote, mut repository) in rows {
        repository.distributions = outlets.remove(&id).unwrap_or_default();
        mirrored.entry(remote).or_default().push(repository);
    }
    let source = |remote: Remote| Source {
        repositories: mirrored.remove(&remote.id).unwrap_or_default(),
        remote,
    };
    Ok(remotes.into_iter().map(source).collect())
}

const OUTLETS: &str = "
    SELECT repository_id, name, base_path, created_at, updated_at FROM distribution
     WHERE repository_id IN (SELECT value FROM json_each(:ids))
     ORDER BY name";

fn outlets(tx: &ReadTx<'_>, ids: &[RepositoryId]) -> Result<HashMap<RepositoryId, Vec<Outlet>>> {
    let mut statement = tx.prepare_cached(OUTLETS)?;
    let ids = serde_json::json!(ids).to_string();
    let mut rows = statement.query(named_params! {":ids": ids})?;
    let mut found: HashMap<RepositoryId, Vec<Outlet>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let outlet = Outlet {
            name: row.get("name")?,
            base_path: row.get("base_path")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        };
        found
            .entry(row.get("repository_id")?)
            .or_default()
            .push(outlet);
    }
    Ok(found)
}
