//! Reading repositories.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::policy::permit::Permit;

/// The id of the repository called `name`.
pub fn find_id(tx: &ReadTx<'_>, name: &str) -> Result<Option<RepositoryId>> {
    let found = tx
        .prepare_cached("SELECT id FROM repository WHERE name = :name")?
        .query_row(named_params! {":name": name}, |row| row.get(0));
    Ok(found.optional()?)
}

/// The repository with that UUID, if the caller may see it; the action's rule says whether that matters.
/// Fails if there is none, and with the caller's refusal if it is private to others.
pub fn visible(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<RepositoryId> {
    let found = tx
        .prepare_cached("SELECT id, private FROM repository WHERE uuid = :uuid")?
        .query_row(named_params! {":uuid": uuid.to_string()}, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((id, is_private)) = found else {
        return Err(Error::NotFound(Noun::Repository(uuid.to_string())));
    };
    permit.sees(id, is_private)?;
    Ok(id)
}
