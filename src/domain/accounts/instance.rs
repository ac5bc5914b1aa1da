//! What belongs to this installation as a whole.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::random;

/// A key as long as the block of SHA-256, which HMAC uses as it is.
pub type SigningKey = [u8; 64];

/// The key that signs download links; made at the first start, kept until somebody replaces it.
pub fn signing_key(tx: &WriteTx<'_>) -> Result<SigningKey> {
    match stored_signing_key(tx)? {
        Some(key) => Ok(key),
        None => replace_signing_key(tx),
    }
}

/// The key that signs download links, if one was made.
pub fn stored_signing_key(tx: &ReadTx<'_>) -> Result<Option<SigningKey>> {
    let key = tx
        .prepare_cached("SELECT signing_key FROM instance")?
        .query_row([], |row| row.get(0));
    Ok(key.optional()?)
}

const REPLACE: &str = "
    INSERT INTO instance (id, signing_key, created_at) VALUES (1, :key, :now)
    ON CONFLICT (id) DO UPDATE SET signing_key = :key";

/// Makes another key that signs download links: every link that is out there ends. A running hub sees it within
/// about a second.
pub fn replace_signing_key(tx: &WriteTx<'_>) -> Result<SigningKey> {
    let key: SigningKey = random::bytes()?;
    tx.execute(REPLACE, named_params! {":key": key, ":now": tx.now})?;
    Ok(key)
}
