//! Rows of the trail, each sealed with the digest of the row before it.

use std::fmt;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use serde::Serialize;
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

pub(super) fn append(tx: &WriteTx<'_>, at: Timestamp, entry: &Entry) -> Result<()> {
    let (last, before) = last(tx)?.unwrap_or((0, BEGINNING.to_owned()));
    let address = entry
        .actor
        .address
        .map_or(String::new(), |address| address.to_string());
    let row = Line {
        id: last + 1,
        at,
        actor_id: entry.actor.id.map(|id| id.0),
        actor: one_line(&entry.actor.name),
        via: entry.actor.via.to_owned(),
        address,
        action: one_line(&entry.action),
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
#[derive(Debug, Serialize)]
pub struct Line {
    /// 1, 2, 3 …
    pub id: i64,
    /// When it happened.
    pub at: Timestamp,
    /// The account, if there was one.
    pub actor_id: Option<i64>,
    /// Its name at the time.
    pub actor: String,
    /// How they came in.
    pub via: String,
    /// Where from.
    pub address: String,
    /// What was asked for.
    pub action: String,
    /// Of what.
    pub object: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// What changed.
    pub detail: String,
}

impl Line {
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

const ALL: &str = "
    SELECT id, at, actor_id, actor, via, address, action, object, outcome, detail, digest FROM audit ORDER BY id";

fn read(row: &Row<'_>) -> rusqlite::Result<(Line, String)> {
    let line = Line {
        id: row.get("id")?,
        at: row.get("at")?,
        actor_id: row.get("actor_id")?,
        actor: row.get("actor")?,
        via: row.get("via")?,
        address: row.get("address")?,
        action: row.get("action")?,
        object: row.get("object")?,
        outcome: row.get("outcome")?,
        detail: row.get("detail")?,
    };
    Ok((line, row.get("digest")?))
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// How many rows there are.
    pub rows: i64,
    /// The digest of the last one, or nothing: whoever notes it elsewhere can tell later that nothing was cut off.
    pub head: String,
}

/// The first row that does not vouch for what is before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The row that should be there.
    pub expected: i64,
    /// The row that is.
    pub found: i64,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found } = self;
        if expected == found {
            write!(
                f,
                "row {found} is not what was written: it, or the row before it, was changed"
            )
        } else {
            write!(f, "row {expected} is missing: row {found} follows")
        }
    }
}

/// Walks along the whole chain, and hands each row with its digest to `see` before it is checked.
///
/// The inner result tells the first break. Rows cut off at the end leave a chain that is sound: only a digest noted
/// elsewhere shows that, see [`Chain::head`].
pub fn walk(
    tx: &ReadTx<'_>,
    mut see: impl FnMut(&Line, &str) -> Result<()>,
) -> Result<std::result::Result<Chain, Broken>> {
    let mut statement = tx.prepare(ALL)?;
    let mut rows = statement.query([])?;
    let mut chain = Chain {
        rows: 0,
        head: BEGINNING.to_owned(),
    };
    while let Some(row) = rows.next()? {
        let (line, digest) = read(row)?;
        see(&line, &digest)?;
        let expected = chain.rows + 1;
        if line.id != expected || line.seal(&chain.head) != digest {
            return Ok(Err(Broken {
                expected,
                found: line.id,
            }));
        }
        chain = Chain {
            rows: expected,
            head: digest,
        };
    }
    Ok(Ok(chain))
}

/// A text that does not fill the table.
fn one_line(text: &str) -> String {
    harmless(text).chars().take(TEXT_MAX).collect()
}

/// A text that stays on its line, and that a terminal shows from left to right: names are other people's.
pub fn harmless(text: &str) -> String {
    let harms = |c: char| match c {
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    };
    let shown = text.chars().map(|c| if harms(c) { '\u{fffd}' } else { c });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_on_its_line_and_reads_from_left_to_right() {
        assert_eq!(
            harmless("a\nb\u{2028}c\u{202e}d\u{1b}e"),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"
        );
        assert_eq!(harmless("ÀΩя漢😀 ب"), "ÀΩя漢😀 ب");
    }
}
