//! Taking a signature in (contract 03, CNT-5): a task that a worker checks it in.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::objects;
use crate::domain::audit;
use crate::domain::repositories::queries;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::locks::Lock;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::domain::tasks::queue::NewTask;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;

/// A signature as its request describes it.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Where it should be.
    pub repository: Uuid,
    /// The version it is for.
    pub version: Uuid,
    /// In ASCII armour, so far unread.
    pub signature: String,
}

fn missing(field: &'static str) -> Error {
    let message = "Invalid hyperlink - Object does not exist.";
    Error::invalid(field, "does_not_exist", message)
}

/// The repository that a signature is for, if the caller may change what is in it.
pub fn repository(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<RepositoryId> {
    queries::changeable(tx, permit, uuid).map_err(|error| match error {
        Error::NotFound(_) => missing("repository"),
        other => other,
    })
}

/// Enqueues the check of a signature. Fails if the caller may not change the repository, or sees no such version. What
/// is wrong with the signature itself is told by the task, and that the repository does not hold the version, too.
pub fn begin(tx: &WriteTx<'_>, asked: Asked<'_>, upload: &Upload) -> Result<Begun> {
    let repository = repository(tx, asked.permit, upload.repository)?;
    let seen = Repositories::of(asked.permit.viewer());
    let (version, name) =
        version(tx, &seen, upload.version)?.ok_or_else(|| missing("signed_collection"))?;
    let uuid = Uuid::now_v7();
    let task = NewTask {
        uuid,
        name: asked.name,
        job: &Job::AddSignature {
            repository,
            version,
            signature: upload.signature.clone(),
        },
        created_by: Some(asked.permit.account()?.id),
        correlation_id: asked.correlation_id,
        locks: &[Lock::changing(upload.repository)],
    };
    let id = queue::enqueue(tx, &task)?;
    let object = objects::label(tx, Object::Repository(repository))?;
    let detail = format!("signature of {name}, task {uuid}");
    audit::record_with(tx, asked.permit, object, detail)?;
    Ok(Begun { id, uuid })
}

const VERSION: &str = "
    SELECT v.id, c.namespace || '.' || c.name || ' ' || v.version
      FROM content ct
      JOIN collection_version v ON v.id = ct.id
      JOIN collection c ON c.id = v.collection_id
     WHERE ct.uuid = :uuid
       AND (:private IS NULL
            OR EXISTS (SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id
                        WHERE rc.content_id = v.id
                          AND (r.private = 0 OR r.id IN (SELECT value FROM json_each(:private)))))";

/// A version that is in a repository that is `seen`, and its name.
fn version(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    uuid: Uuid,
) -> Result<Option<(VersionId, String)>> {
    let values = named_params! {":uuid": uuid.to_string(), ":private": seen.private_ones()};
    let found = tx
        .prepare_cached(VERSION)?
        .query_row(values, |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}
