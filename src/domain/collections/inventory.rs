//! The names of all collections, in one query.

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;

/// Every collection there is or was: its row, its namespace and its name.
pub fn collections(tx: &ReadTx<'_>) -> Result<Vec<(CollectionId, String, String)>> {
    let mut statement = tx.prepare_cached("SELECT id, namespace, name FROM collection")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
