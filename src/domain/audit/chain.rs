//! Rows of the trail, each sealed with the digest of the row before it.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use sha2::Digest as _;
use sha2::Sha256;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit::Entry;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;

/// What the first row follows.
const BEGINNING: &str = "";
/// Longest text of one column, in characters: names and paths come from requests.
const TEXT_MAX: usize = 500;

const APPEND: &str = "
    INSERT INTO audit (id, at, actor_id, actor, via, address, action, object, outcome, detail, digest)
    VALUES (:id, :at, :actor_id, :actor, :via, :address, :action, :object, :outcome, :detail, :digest)";

pub(super) fn append(tx: &WriteTx<'_>, entry: &Entry) -> Result<()> {
    let (last, before) = last(tx)?.unwrap_or((0, BEGINNING.to_owned()));
    let address = entry
        .actor
        .address
        .map_or(String::new(), |address| address.to_string());
    let row = Row {
        id: last + 1,
        at: tx.now,
        actor_id: entry.actor.id.map(|id| id.0),
        actor: one_line(&entry.actor.name),
        via: entry.actor.via.to_owned(),
        address,
        action: entry.action.clone(),
        object: one_line(&entry.object),
        outcome: entry.outcome.as_str().to_owned(),
        detail: one_line(&entry.detail),
    };
    tx.prepare_cached(APPEND)?.execute(named_params! {
        ":id": row.id, ":at": row.at, ":actor_id": row.actor_id, ":actor": row.actor, ":via": row.via,
        ":address": row.address, ":action": row.action, ":object": row.object, ":outcome": row.outcome,
        ":detail": row.detail, ":digest": row.seal(&before),
    })?;
    Ok(())
}

/// Number and digest of the last row.
fn last(tx: &ReadTx<'_>) -> Result<Option<(i64, String)>> {
    let found = tx
        .prepare_cached("SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// One row without its digest.
#[derive(Debug)]
struct Row {
    id: i64,
    at: Timestamp,
    actor_id: Option<i64>,
    actor: String,
    via: String,
    address: String,
    action: String,
    object: String,
    outcome: String,
    detail: String,
}

impl Row {
    /// The digest of this row after the one whose digest is `before`: SHA-256 over both, each text preceded by its
    /// length so that none can be moved from one column to the next.
    fn seal(&self, before: &str) -> String {
        let numbers = [self.id, self.at.0, self.actor_id.unwrap_or(-1)];
        let texts = [
            before,
            &self.actor,
            &self.via,
            &self.address,
            &self.action,
            &self.object,
            &self.outcome,
            &self.detail,
        ];
        let mut hash = Sha256::new();
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
        for text in texts {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hex::encode(hash.finalize())
    }
}

/// A text that cannot pretend to be more than one line, nor fill the table.
fn one_line(text: &str) -> String {
    let shown = text.chars().take(TEXT_MAX);
    shown
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
