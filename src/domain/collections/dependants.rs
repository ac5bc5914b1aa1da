//! Which collections need another: nothing is deleted that somebody still needs (contract 02, COL-5 and COL-8).

use std::collections::BTreeSet;

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::VersionId;
use crate::kernel::range::VersionRange;
use crate::kernel::version::Version;

/// A version that needs a collection.
struct Dependant {
    /// `namespace.name 1.0.0`
    name: String,
    /// Which versions will do.
    range: String,
}

const DEPENDANTS: &str = "
    SELECT c.namespace || '.' || c.name || ' ' || v.version AS name, d.range
      FROM collection target
      JOIN collection_dependency d ON d.needed = target.namespace || '.' || target.name
      JOIN collection_version v ON v.id = d.version_id AND v.collection_id <> target.id
      JOIN collection c ON c.id = v.collection_id
     WHERE target.id = :collection
     ORDER BY name";

fn find(tx: &ReadTx<'_>, collection: CollectionId) -> Result<Vec<Dependant>> {
    let mut statement = tx.prepare_cached(DEPENDANTS)?;
    let rows = statement.query_map(named_params! {":collection": collection}, |row| {
        Ok(Dependant {
            name: row.get(0)?,
            range: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every version of another collection, in whichever repository, that needs this one: `namespace.name 1.0.0`.
pub fn of_collection(tx: &ReadTx<'_>, collection: CollectionId) -> Result<Vec<String>> {
    let names = find(tx, collection)?
        .into_iter()
        .map(|dependant| dependant.name);
    Ok(names.collect::<BTreeSet<_>>().into_iter().collect())
}

const VERSIONS: &str =
    "SELECT id, version FROM collection_version WHERE collection_id = :collection";

/// As [`of_collection`], but only those that one of the versions in `gone` satisfies and none of those that stay.
pub fn of_versions(
    tx: &ReadTx<'_>,
    collection: CollectionId,
    gone: &[VersionId],
) -> Result<Vec<String>> {
    let dependants = find(tx, collection)?;
    if dependants.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = tx.prepare_cached(VERSIONS)?;
    let rows = statement.query_map(named_params! {":collection": collection}, |row| {
        Ok((row.get::<_, VersionId>(0)?, row.get::<_, String>(1)?))
    })?;
    let (mut leaving, mut staying) = (Vec::new(), Vec::new());
    for row in rows {
        let (id, version) = row?;
        let side = if gone.contains(&id) {
            &mut leaving
        } else {
            &mut staying
        };
        side.extend(Version::parse(&version));
    }
    let breaks = |dependant: &Dependant| {
        // What is no range is never satisfied, so nothing that goes can break it.
        VersionRange::parse(&dependant.range).is_some_and(|range| {
            leaving.iter().any(|version| range.matches(version))
                && !staying.iter().any(|version| range.matches(version))
        })
    };
    let names = dependants
        .into_iter()
        .filter(breaks)
        .map(|dependant| dependant.name);
    Ok(names.collect::<BTreeSet<_>>().into_iter().collect())
}
