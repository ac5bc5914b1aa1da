//! From what an owner says of a namespace to what repositories hold of it.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::row::uuid;
use crate::db::tx::WriteTx;
use crate::domain::collections::delete;
use crate::domain::collections::placement;
use crate::domain::repositories::contents;
use crate::domain::tasks::results::Made;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RepositoryId;

const OUTDATED: &str = "
    SELECT DISTINCT r.id, r.uuid, m.id
      FROM namespace n
      JOIN namespace_metadata m ON m.metadata_sha256 = n.metadata_sha256
      JOIN collection c ON c.namespace = n.name
      JOIN repository r ON r.remote_id IS NULL
      JOIN repository_collection x ON x.repository_id = r.id AND x.collection_id = c.id
     WHERE n.id = :namespace
       AND NOT EXISTS (SELECT 1 FROM repository_content rc
                        WHERE rc.repository_id = r.id AND rc.content_id = m.id AND rc.removed IS NULL)";

/// Puts what is said of a namespace now into every repository that holds collections of it, in the place of what was
/// said before. Mirrors keep what their source says (contract 02 §2.9).
///
/// It waits for no lock: those are for work that reads a repository long before it writes, and nothing of that is
/// about units of namespaces in a repository that mirrors nothing.
pub fn spread(tx: &WriteTx<'_>, namespace: NamespaceId) -> Result<Vec<Made>> {
    let mut made = Vec::new();
    for (repository, uuid, unit) in outdated(tx, namespace)? {
        let number = placement::change(tx, repository, &[], &[unit])?;
        made.extend(number.map(|number| Made::RepositoryVersion(uuid, number)));
    }
    Ok(made)
}

fn outdated(tx: &WriteTx<'_>, namespace: NamespaceId) -> Result<Vec<(RepositoryId, Uuid, i64)>> {
    let mut statement = tx.prepare_cached(OUTDATED)?;
    let rows = statement.query_map(named_params! {":namespace": namespace}, |row| {
        Ok((row.get(0)?, uuid(row, "uuid")?, row.get(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

const UNITS: &str = "SELECT id FROM namespace_metadata WHERE name = :name";

/// Deletes what was said of a namespace of that name and is in no repository, unless it is said still.
pub fn forget(tx: &WriteTx<'_>, name: &str) -> Result<()> {
    let units = contents::ids(tx, UNITS, named_params! {":name": name})?;
    delete::unreferenced(tx, &contents::unreferenced(tx, &units)?)
}
