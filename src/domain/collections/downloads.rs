//! Download counts: kept in memory, written in batches, so that no download pays for a write.

use std::collections::HashMap;
use std::mem;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use rusqlite::named_params;

use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::name::ArtifactName;

/// Downloads that are not in the database yet. A crash loses those of the last second or so.
#[derive(Debug, Default)]
pub struct Downloads(Mutex<HashMap<(String, String), u64>>);

const ADD: &str = "
    UPDATE collection SET download_count = download_count + :count WHERE namespace = :namespace AND name = :name";

impl Downloads {
    /// Notes one download; all versions and repositories of a collection count together (contract 09 §9.7).
    pub fn count(&self, artifact: &ArtifactName) {
        let key = (artifact.namespace.clone(), artifact.name.clone());
        *self.pending().entry(key).or_default() += 1;
    }

    /// Writes what was noted since the last time.
    pub fn flush(&self, db: &Db) -> Result<()> {
        let pending = mem::take(&mut *self.pending());
        if pending.is_empty() {
            return Ok(());
        }
        db.write(|tx| add(tx, &pending))
            .inspect_err(|_error| self.put_back(pending))
    }

    fn put_back(&self, counts: HashMap<(String, String), u64>) {
        let mut pending = self.pending();
        for (key, count) in counts {
            *pending.entry(key).or_default() += count;
        }
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<(String, String), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(tx: &WriteTx<'_>, pending: &HashMap<(String, String), u64>) -> Result<()> {
    let mut statement = tx.prepare_cached(ADD)?;
    for ((namespace, name), count) in pending {
        statement
            .execute(named_params! {":namespace": namespace, ":name": name, ":count": count})?;
    }
    Ok(())
}
