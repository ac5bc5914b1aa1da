//! Reading repositories.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RemoteId;
use crate::kernel::ids::RepositoryId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;

/// The id of the repository called `name`.
pub fn find_id(tx: &ReadTx<'_>, name: &str) -> Result<Option<RepositoryId>> {
    let found = tx
        .prepare_cached("SELECT id FROM repository WHERE name = :name")?
        .query_row(named_params! {":name": name}, |row| row.get(0));
    Ok(found.optional()?)
}

/// The id of the remote with that UUID.
pub fn remote(tx: &ReadTx<'_>, uuid: Uuid) -> Result<Option<RemoteId>> {
    let found = tx
        .prepare_cached("SELECT id FROM remote WHERE uuid = :uuid")?
        .query_row(named_params! {":uuid": uuid.to_string()}, |row| row.get(0));
    Ok(found.optional()?)
}

/// As [`visible`], and the caller may do with it what they ask for.
pub fn changeable(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<RepositoryId> {
    let id = visible(tx, permit, uuid)?;
    permit.on(Object::Repository(id))?;
    Ok(id)
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
