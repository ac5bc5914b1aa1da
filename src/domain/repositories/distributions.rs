//! Distributions: the names under which repositories are served.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::policy::permit::Permit;

/// What a base path serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The base path asked for.
    pub base_path: String,
    /// The repository behind it.
    pub repository: RepositoryId,
    /// Whether only some may see that repository.
    pub is_private: bool,
}

const FIND: &str = "
    SELECT r.id, r.private FROM distribution d JOIN repository r ON r.id = d.repository_id
     WHERE d.base_path = :base_path";

/// What `base_path` serves, or the error that there is no such distribution.
pub fn find(tx: &ReadTx<'_>, base_path: &str) -> Result<Served> {
    tx.prepare_cached(FIND)?
        .query_row(named_params! {":base_path": base_path}, |row| {
            Ok(Served {
                base_path: base_path.to_owned(),
                repository: row.get(0)?,
                is_private: row.get(1)?,
            })
        })
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Distribution(base_path.to_owned())))
}

/// As [`find`], and the caller may see it: the first step of every read below a distribution.
pub fn visible(tx: &ReadTx<'_>, permit: &Permit, base_path: &str) -> Result<Served> {
    let served = find(tx, base_path)?;
    permit.sees(served.repository, served.is_private)?;
    Ok(served)
}
