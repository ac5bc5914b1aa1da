//! What belongs to this installation as a whole.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::WriteTx;
use crate::kernel::error::Result;

/// A key as long as the block of SHA-256, which HMAC uses as it is.
pub type SigningKey = [u8; 64];

/// The key that signs download links; made at the first start, kept for good.
pub fn signing_key(tx: &WriteTx<'_>) -> Result<SigningKey> {
    let stored = tx
        .query_row("SELECT signing_key FROM instance", [], |row| row.get(0))
        .optional()?;
    if let Some(key) = stored {
        return Ok(key);
    }
    let mut key = [0_u8; 64];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    tx.execute(
        "INSERT INTO instance (id, signing_key, created_at) VALUES (1, :key, :now)",
        named_params! {":key": key, ":now": tx.now},
    )?;
    Ok(key)
}
