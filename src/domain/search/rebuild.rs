//! Writing the words of all versions anew. The schema keeps them, so this should change nothing; it is there for a
//! database that somebody changed by hand.

use rusqlite::named_params;

use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::kernel::error::Result;

/// As `schema/0013-search` does it, version by version.
const FILL: &str = "
    INSERT INTO search (rowid, name, tags, description, contents)
    SELECT v.id, c.namespace || ' ' || c.name,
           (SELECT group_concat(value, ' ') FROM json_each(d.metadata, '$.tags')),
           d.metadata ->> '$.description',
           (SELECT group_concat(value ->> '$.name', ' ') FROM json_each(d.metadata, '$.contents'))
      FROM collection_version v
      JOIN collection c ON c.id = v.collection_id
      JOIN collection_version_document d ON d.version_id = v.id";

/// Writes all words anew (contract 02, SRCH-2).
pub fn rebuild(tx: &WriteTx<'_>, asked: Asked<'_>) -> Result<Begun> {
    tx.execute("INSERT INTO search (search) VALUES ('delete-all')", [])?;
    tx.execute(FILL, named_params! {})?;
    audit::record(tx, asked.permit, "search")?;
    queue::record(tx, asked, &[], &[])
}
