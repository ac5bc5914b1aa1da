//! Reading remotes.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::remotes::Remote;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;

fn read(row: &Row<'_>) -> rusqlite::Result<Remote> {
    Ok(Remote {
        id: row.get("id")?,
        uuid: row.get::<_, String>("uuid")?.parse().unwrap_or_default(),
        name: row.get("name")?,
        url: row.get("url")?,
    })
}

/// The remote with that UUID.
pub fn find(tx: &ReadTx<'_>, uuid: Uuid) -> Result<Remote> {
    tx.prepare_cached("SELECT id, uuid, name, url FROM remote WHERE uuid = :uuid")?
        .query_row(named_params! {":uuid": uuid.to_string()}, read)
        .optional()?
        .ok_or_else(|| Error::NotFound(Noun::Remote(uuid.to_string())))
}
