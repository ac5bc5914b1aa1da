//! Taking an upload in: the ordered checks of contract 02 §2.4, then an import that waits for a worker.

use rusqlite::named_params;
use uuid::Uuid;

use crate::content::Kept;
use crate::content::Store;
use crate::content::staging::Staged;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::collections::artifacts;
use crate::domain::namespaces;
use crate::domain::namespaces::create::NewNamespace;
use crate::domain::repositories::distributions;
use crate::domain::repositories::distributions::Served;
use crate::domain::repositories::pipeline;
use crate::domain::repositories::pipeline::Pipeline;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::NewTask;
use crate::kernel::digest::Digest;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;
use crate::kernel::name::ArtifactName;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::policy::rule::When;

/// The settings that decide where uploads go.
#[derive(Debug, Clone)]
pub struct PublishRules {
    /// Whether somebody approves content before it is published.
    pub require_approval: bool,
    /// Whether publishing into a namespace that does not exist creates it.
    pub auto_create_namespaces: bool,
    /// The base path that is never uploaded to directly.
    pub default_base_path: String,
    /// Where uploads for it go instead.
    pub staging_base_path: String,
}

impl PublishRules {
    /// The distribution an upload sent to `base_path` is meant for: `published` is rewritten to `staging`.
    pub fn target<'a>(&'a self, base_path: &'a str) -> &'a str {
        if base_path == self.default_base_path {
            &self.staging_base_path
        } else {
            base_path
        }
    }
}

/// An upload as its request describes it.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What the file name says.
    pub name: ArtifactName,
    /// The base path it was sent to, already through [`PublishRules::target`].
    pub target: String,
    /// The SHA-256 the client sent along, if it did.
    pub announced: Option<String>,
    /// The request, for the log.
    pub correlation_id: String,
}

/// Takes an upload in: once this returns, the import will run, whatever happens to the process.
///
/// Whoever is refused leaves nothing behind: the checks come before the bytes are made permanent, and once
/// more in the transaction that counts.
pub fn accept(
    (db, store): (&Db, &Store),
    permit: &Permit,
    rules: &PublishRules,
    upload: &Upload,
    staged: Staged,
) -> Result<(TaskId, Uuid)> {
    admit(db, permit, rules, upload, &staged)?;
    let kept = store.keep(staged)?;
    let accepted = db.write(|tx| submit(tx, permit, rules, upload, &kept));
    if accepted.is_err() {
        let digest = kept.digest.clone();
        drop(kept);
        artifacts::discard(db, store, &digest)?;
    }
    accepted
}

/// Checks 6 to 11 and nothing else: whoever passes them could publish this upload now.
pub fn admit(
    db: &Db,
    permit: &Permit,
    rules: &PublishRules,
    upload: &Upload,
    staged: &Staged,
) -> Result<()> {
    db.read(|tx| check(tx, permit, rules, upload))?;
    check_digest(upload, &staged.digest)
}

/// Checks 6 to 10, in the reference's order: each has its own answer, and the first that fails gives it.
fn check(
    tx: &ReadTx<'_>,
    permit: &Permit,
    rules: &PublishRules,
    upload: &Upload,
) -> Result<Served> {
    let namespace = &upload.name.namespace;
    match namespaces::queries::find_id(tx, namespace)? {
        Some(id) => {
            permit.check(When::NamespaceExists, Some(Object::Namespace(id)))?;
        }
        None => check_absent(permit, rules, namespace)?,
    }
    let served = distributions::find(tx, &upload.target)?;
    let repository = Object::Repository(served.repository);
    match pipeline::stage(tx, served.repository)? {
        Pipeline::Staging => {}
        Pipeline::Unlabelled => permit.check(When::RepositoryUnlabelled, Some(repository))?,
        Pipeline::Approved | Pipeline::Closed => return Err(permit.refusal()),
    }
    permit.sees(served.repository, served.is_private)?;
    Ok(served)
}

/// Check 11: the bytes are those the client meant to send.
fn check_digest(upload: &Upload, found: &Digest) -> Result<()> {
    match &upload.announced {
        Some(announced) if Digest::parse(announced).as_ref() != Some(found) => {
            let message = format!(
                "The file arrived with the sha256 {found}, but {announced} was announced. Send it again."
            );
            Err(Error::invalid("sha256", "invalid", message))
        }
        _ => Ok(()),
    }
}

/// A namespace that does not exist is created by the import, for those who may both create and fill it. To all
/// others it is missing, as on the reference.
fn check_absent(permit: &Permit, rules: &PublishRules, namespace: &str) -> Result<()> {
    let wanted = NewNamespace {
        name: namespace.to_owned(),
        ..NewNamespace::default()
    };
    let is_created = rules.auto_create_namespaces && namespaces::create::check(&wanted).is_ok();
    if is_created && permit.check(When::NamespaceMissing, None).is_ok() {
        return Ok(());
    }
    Err(Error::NotFound(Noun::UploadNamespace(namespace.to_owned())))
}

const ADD: &str = "
    INSERT INTO collection_import (task_id, namespace, name, version, sha256, repository_id)
    VALUES (:task, :namespace, :name, :version, :sha256, :repository)";

fn submit(
    tx: &WriteTx<'_>,
    permit: &Permit,
    rules: &PublishRules,
    upload: &Upload,
    kept: &Kept<'_>,
) -> Result<(TaskId, Uuid)> {
    let served = check(tx, permit, rules, upload)?;
    artifacts::note(tx, kept)?;
    let uuid = Uuid::now_v7();
    let task = queue::enqueue(
        tx,
        &NewTask {
            uuid,
            name: task_name(rules),
            job: &Job::ImportCollection,
            created_by: Some(permit.account()?.id),
            correlation_id: &upload.correlation_id,
            locks: &[],
        },
    )?;
    tx.prepare_cached(ADD)?.execute(named_params! {
        ":task": task, ":namespace": upload.name.namespace, ":name": upload.name.name,
        ":version": upload.name.version.as_str(), ":sha256": kept.digest, ":repository": served.repository,
    })?;
    let object = format!("artifact {}", upload.name);
    let detail = format!("sha256 {}, to {}, task {uuid}", kept.digest, upload.target);
    audit::record_with(tx, permit, object, detail)?;
    Ok((task, uuid))
}

/// The names the reference gives the two kinds of import; clients filter tasks by them.
fn task_name(rules: &PublishRules) -> &'static str {
    if rules.require_approval {
        "galaxy_ng.app.tasks.publishing.import_to_staging"
    } else {
        "galaxy_ng.app.tasks.publishing.import_and_auto_approve"
    }
}
