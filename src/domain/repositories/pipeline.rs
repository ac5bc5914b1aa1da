//! The `pipeline` label: the one thing that decides what may be uploaded where (contract 09 §9.1).

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;

/// The label's key.
pub const LABEL: &str = "pipeline";

/// What the label says about a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipeline {
    /// Uploads wait here for approval.
    Staging,
    /// Approved content; not uploaded to directly.
    Approved,
    /// No label: uploads stay where they were sent.
    Unlabelled,
    /// `rejected`, or a word this server gives no meaning: not uploaded to.
    Closed,
}

/// The pipeline stage of a repository.
pub fn stage(tx: &ReadTx<'_>, repository: RepositoryId) -> Result<Pipeline> {
    let value: Option<String> = tx
        .prepare_cached(
            "SELECT value FROM repository_label WHERE repository_id = :id AND key = 'pipeline'",
        )?
        .query_row(named_params! {":id": repository}, |row| row.get(0))
        .optional()?;
    Ok(match value.as_deref() {
        None => Pipeline::Unlabelled,
        Some("staging") => Pipeline::Staging,
        Some("approved") => Pipeline::Approved,
        Some(_) => Pipeline::Closed,
    })
}

/// Every repository that approved content goes to.
pub fn approved(tx: &ReadTx<'_>) -> Result<Vec<RepositoryId>> {
    let sql = "SELECT repository_id FROM repository_label WHERE key = 'pipeline' AND value = 'approved' \
               ORDER BY repository_id";
    let mut statement = tx.prepare_cached(sql)?;
    let ids = statement
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}
