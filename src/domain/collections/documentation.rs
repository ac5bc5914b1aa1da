//! The documentation of versions, and what plugins of other collections may extend of it.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::archive::docs::Docs;
use crate::archive::docs::fragments::Library;
use crate::archive::docs::fragments::Sections;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::ids::VersionId;

const ADD: &str = "INSERT INTO collection_version_docs (version_id, body) VALUES (:version, :body)";
const ADD_FRAGMENT: &str = "
    INSERT INTO doc_fragment (version_id, name, sections) VALUES (:version, :name, :sections)";

/// Stores the documentation of a version that is being added.
pub(super) fn store(tx: &WriteTx<'_>, version: VersionId, docs: &Docs) -> Result<()> {
    tx.prepare_cached(ADD)?
        .execute(named_params! {":version": version, ":body": docs.blob})?;
    let mut statement = tx.prepare_cached(ADD_FRAGMENT)?;
    for (name, sections) in &docs.fragments {
        let sections = serde_json::to_string(sections).map_err(anyhow::Error::new)?;
        statement
            .execute(named_params! {":version": version, ":name": name, ":sections": sections})?;
    }
    Ok(())
}

/// Of the versions that anybody who may read collections can see, the highest stable one that has the fragment.
const FRAGMENT: &str = "
    SELECT f.sections
      FROM collection c
      JOIN collection_version v ON v.collection_id = c.id
      JOIN doc_fragment f ON f.version_id = v.id AND f.name = :fragment
     WHERE c.namespace = :namespace AND c.name = :name
       AND EXISTS (SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id
                    WHERE rc.content_id = v.id AND rc.removed IS NULL AND r.private = 0)
     ORDER BY v.is_prerelease, v.version_key DESC LIMIT 1";

fn fragment(tx: &ReadTx<'_>, collection: &str, fragment: &str) -> Result<Option<Sections>> {
    let Some((namespace, name)) = collection.split_once('.') else {
        return Ok(None);
    };
    let sections: Option<String> = tx
        .prepare_cached(FRAGMENT)?
        .query_row(
            named_params! {":namespace": namespace, ":name": name, ":fragment": fragment},
            |row| row.get(0),
        )
        .optional()?;
    let sections = sections.map(|sections| serde_json::from_str(&sections));
    Ok(sections.transpose().map_err(anyhow::Error::new)?)
}

/// The collections of this hub as a library of documentation fragments. What private repositories hold stays private.
pub struct HubLibrary<'a>(pub &'a Db);

impl Library for HubLibrary<'_> {
    fn find(&self, collection: &str, name: &str) -> Option<Sections> {
        let found = self.0.read(|tx| fragment(tx, collection, name));
        found
            .inspect_err(|error| tracing::error!("looking up a documentation fragment: {error}"))
            .ok()?
    }
}
