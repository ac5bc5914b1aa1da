//! Making a version of a repository of what one says it should hold (contract 03, REP-7).

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::objects;
use crate::domain::audit;
use crate::domain::collections::changes;
use crate::domain::collections::placement;
use crate::domain::repositories::queries;
use crate::domain::repositories::versions;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::job::Removal;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::object::Object;
use crate::policy::visible::Repositories;

/// What a repository should hold.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Begin with what this version of this repository holds, not with the newest.
    pub base: Option<(Uuid, i64)>,
    /// Take out everything.
    pub remove_all: bool,
    /// Take these contents out.
    pub remove: Vec<Uuid>,
    /// Put these contents in.
    pub add: Vec<Uuid>,
    /// Whether what is added may replace the same version with other bytes.
    pub overwrite: bool,
}

/// What of a request is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The field that names it.
    pub field: &'static str,
    /// Which.
    pub contents: Vec<Uuid>,
}

/// Makes a new version of a repository. `Err` inside tells the contents that are not there for the caller: the family
/// has words for it that name them as the caller did.
pub fn begin(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    repository: Uuid,
    wanted: &Wanted,
) -> Result<std::result::Result<Begun, Unknown>> {
    let id = queries::changeable(tx, asked.permit, repository)?;
    let seen = Repositories::of(asked.permit.viewer());
    let base = match wanted.base {
        None => None,
        Some((other, number)) => {
            let other = queries::visible(tx, asked.permit, other)?;
            Some((other, versions::get(tx, other, number)?.number))
        }
    };
    let (add, unknown) = find(tx, &seen, &wanted.add)?;
    if !unknown.is_empty() {
        return Ok(Err(Unknown {
            field: "add_content_units",
            contents: unknown,
        }));
    }
    let (remove, unknown) = find(tx, &seen, &wanted.remove)?;
    if !unknown.is_empty() {
        return Ok(Err(Unknown {
            field: "remove_content_units",
            contents: unknown,
        }));
    }
    if !wanted.overwrite && placement::replaces(tx, id, &add)? {
        return Err(Error::Conflict(Conflict::ContentReplaced));
    }
    let counts = format!("{} added, {} removed", add.len(), remove.len());
    let remove = match wanted.remove_all {
        true => Removal::All,
        false => Removal::These(remove),
    };
    let job = Job::Modify {
        repository: id,
        base,
        remove,
        add,
    };
    let begun = changes::begin(tx, asked, &job)?;
    let detail = format!("{counts}, task {}", begun.uuid);
    let object = objects::label(tx, Object::Repository(id))?;
    audit::record_with(tx, asked.permit, object, detail)?;
    Ok(Ok(begun))
}

/// What is only in repositories that the caller may not see is not there for them.
const FIND: &str = "
    SELECT c.id, c.uuid
      FROM content c JOIN json_each(:uuids) wanted ON c.uuid = wanted.value
     WHERE :private IS NULL
        OR EXISTS (SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id
                    WHERE rc.content_id = c.id
                      AND (r.private = 0 OR r.id IN (SELECT value FROM json_each(:private))))";

/// The ids of contents, and the UUIDs of those that are not there.
fn find(tx: &ReadTx<'_>, seen: &Repositories, uuids: &[Uuid]) -> Result<(Vec<i64>, Vec<Uuid>)> {
    let mut statement = tx.prepare_cached(FIND)?;
    let values = named_params! {":uuids": serde_json::json!(uuids).to_string(), ":private": seen.private_ones()};
    let rows = statement.query_map(values, |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    let (ids, found): (Vec<i64>, Vec<String>) = rows
        .collect::<rusqlite::Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    let unknown = uuids
        .iter()
        .filter(|uuid| !found.contains(&uuid.to_string()))
        .copied();
    Ok((ids, unknown.collect()))
}
