//! Users as other things mention them: who made a role, who gave it.

use std::collections::HashMap;

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;

/// A user who is mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The row.
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// The first name, or empty.
    pub first_name: String,
    /// The last name, or empty.
    pub last_name: String,
}

const ALL: &str = "
    SELECT id, username, first_name, last_name FROM user WHERE id IN (SELECT value FROM json_each(:ids))";

/// Those with these ids: one query for a whole page of them.
pub fn all(tx: &ReadTx<'_>, ids: &[UserId]) -> Result<HashMap<UserId, Person>> {
    let ids = serde_json::to_string(ids).map_err(anyhow::Error::new)?;
    let mut statement = tx.prepare_cached(ALL)?;
    let found = statement
        .query_map(named_params! {":ids": ids}, |row| {
            let id = row.get("id")?;
            let person = Person {
                id,
                username: row.get("username")?,
                first_name: row.get("first_name")?,
                last_name: row.get("last_name")?,
            };
            Ok((id, person))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found)
}
