//! Units of content: what repositories hold, whatever it is. Each kind has a table of its own, whose rows have the ids
//! of rows here.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::WriteTx;
use crate::kernel::error::Result;

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A version of a collection.
    CollectionVersion,
    /// That a collection should not be used any more.
    CollectionDeprecation,
    /// A signature of a version.
    CollectionSignature,
    /// What is said of a namespace.
    Namespace,
}

impl Kind {
    /// The word of the column `kind`; APIs make the names of types and paths of it.
    const fn word(self) -> &'static str {
        match self {
            Self::CollectionVersion => "collection_version",
            Self::CollectionDeprecation => "collection_deprecation",
            Self::CollectionSignature => "collection_signature",
            Self::Namespace => "namespace",
        }
    }
}

const ADD: &str =
    "INSERT INTO content (uuid, kind, created_at, updated_at) VALUES (:uuid, :kind, :now, :now)";

/// Adds a unit, to which the caller adds what it is. Returns its row, and what APIs know it by.
pub fn add(tx: &WriteTx<'_>, kind: Kind) -> Result<(i64, Uuid)> {
    let uuid = Uuid::now_v7();
    tx.prepare_cached(ADD)?
        .execute(named_params! {":uuid": uuid.to_string(), ":kind": kind.word(), ":now": tx.now})?;
    Ok((tx.last_insert_rowid(), uuid))
}
