//! Changes of content as tasks: each is done in one transaction, at once unless a repository it needs is locked.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::objects;
use crate::domain::audit;
use crate::domain::collections::delete;
use crate::domain::collections::deprecate;
use crate::domain::collections::placement;
use crate::domain::repositories::contents;
use crate::domain::repositories::declared;
use crate::domain::repositories::edit;
use crate::domain::repositories::queries;
use crate::domain::repositories::versions;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::job::Removal;
use crate::domain::tasks::locks::Lock;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::domain::tasks::queue::Outcome;
use crate::domain::tasks::results;
use crate::domain::tasks::results::Made;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::TaskId;
use crate::kernel::ids::VersionId;
use crate::policy::object::Object;

/// Begins `job` as a task. What the job finds wrong is the caller's error, and nothing has happened then.
pub fn begin(tx: &WriteTx<'_>, asked: Asked<'_>, job: &Job) -> Result<Begun> {
    let locks = locks(tx, job)?;
    queue::begin(tx, asked, job, &locks, |tx, task| run(tx, task, job))
}

/// Deletes a repository and what only it holds. Its distributions stay, and serve nothing (contract 03, REP-6).
pub fn delete_repository(tx: &WriteTx<'_>, asked: Asked<'_>, uuid: Uuid) -> Result<Begun> {
    let (repository, name) = edit::deletable(tx, asked.permit, uuid)?;
    let begun = begin(tx, asked, &Job::DeleteRepository { repository })?;
    let detail = format!("task {}", begun.uuid);
    audit::record_with(tx, asked.permit, format!("repository {name}"), detail)?;
    Ok(begun)
}

/// Deletes a version of a repository, and what only it holds (contract 03, REP-21). Not the newest: that is what is
/// served, and its number would be given to something else.
pub fn delete_version(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    uuid: Uuid,
    number: i64,
) -> Result<Begun> {
    let repository = queries::changeable(tx, asked.permit, uuid)?;
    versions::get(tx, repository, number)?;
    if versions::newest(tx, repository)? == number {
        let message = "The newest version is what the repository serves. Roll it back with modify/ and base_version.";
        return Err(Error::bare("invalid", message));
    }
    let begun = begin(tx, asked, &Job::DeleteVersion { repository, number })?;
    let object = objects::label(tx, Object::Repository(repository))?;
    let detail = format!("version {number}, task {}", begun.uuid);
    audit::record_with(tx, asked.permit, object, detail)?;
    Ok(begun)
}

/// What a job needs for itself: the repositories that it changes, and a share of those it reads.
fn locks(tx: &ReadTx<'_>, job: &Job) -> Result<Vec<Lock>> {
    let changing = |ids: &[RepositoryId]| -> Result<Vec<Lock>> {
        ids.iter()
            .map(|id| Ok(Lock::changing(uuid(tx, *id)?)))
            .collect()
    };
    match job {
        Job::ImportCollection
        | Job::FetchAvatar { .. }
        | Job::AddSignature { .. }
        | Job::Purge { .. }
        | Job::Done => Ok(Vec::new()),
        Job::Transfer {
            from, to, leave, ..
        } => {
            let source = uuid(tx, *from)?;
            let source = if *leave {
                Lock::changing(source)
            } else {
                Lock::reading(source)
            };
            let mut locks = changing(to)?;
            locks.retain(|lock| lock.uuid != source.uuid);
            locks.push(source);
            Ok(locks)
        }
        Job::Modify { repository, .. }
        | Job::Deprecate { repository, .. }
        | Job::DeleteVersion { repository, .. }
        | Job::DeleteRepository { repository } => changing(&[*repository]),
        Job::Delete { versions } => changing(&delete::holders(tx, versions)?),
    }
}

/// Does a job that takes no longer than a transaction may. Things it was about that are gone by now are left alone;
/// fails if the repository it was to change is.
pub fn run(tx: &WriteTx<'_>, task: TaskId, job: &Job) -> Result<()> {
    match job {
        // Not done in one transaction; the worker knows who does these.
        Job::ImportCollection
        | Job::FetchAvatar { .. }
        | Job::AddSignature { .. }
        | Job::Purge { .. }
        | Job::Done => Ok(()),
        Job::Transfer {
            versions,
            from,
            to,
            leave,
        } => transfer(tx, task, versions, *from, (to, *leave)),
        Job::Modify {
            repository,
            base,
            remove,
            add,
        } => {
            uuid(tx, *repository)?;
            let (remove, add) = plan(tx, *repository, *base, remove, add)?;
            let number = placement::change(tx, *repository, &remove, &add)?;
            note(tx, task, *repository, number)
        }
        Job::Deprecate {
            repository,
            collection,
            deprecated,
        } => {
            uuid(tx, *repository)?;
            let number = deprecate::set(tx, *repository, *collection, *deprecated)?;
            note(tx, task, *repository, number)
        }
        Job::Delete { versions } => {
            let changed = delete::everywhere(tx, versions)?;
            for (repository, number) in changed {
                note(tx, task, repository, Some(number))?;
            }
            // As the reference reports it: clients wait for these parts.
            results::report(
                tx,
                task,
                ("clean-up.content", "Clean up orphan Content"),
                versions.len(),
            )?;
            results::report(
                tx,
                task,
                ("clean-up.artifacts", "Clean up orphan Artifacts"),
                versions.len(),
            )
        }
        Job::DeleteRepository { repository } => remove_repository(tx, *repository),
        Job::DeleteVersion { repository, number } => {
            versions::get(tx, *repository, *number)?;
            delete::unreferenced(tx, &contents::forget(tx, *repository, *number)?)
        }
    }
}

/// Does a job that had to wait, and ends its task: completed, canceled if somebody asked for that meanwhile, or failed
/// if what it was about is gone. Errors are those of this server.
pub fn finish(tx: &WriteTx<'_>, task: TaskId, job: &Job, correlation_id: &str) -> Result<()> {
    if queue::is_canceling(tx, task)? {
        return queue::end(tx, task, Outcome::Canceled);
    }
    match run(tx, task, job) {
        Ok(()) => queue::end(tx, task, Outcome::Completed),
        // Found before anything was changed.
        Err(error @ Error::NotFound(_)) => {
            let told = queue::describe(&error, correlation_id);
            queue::end(tx, task, Outcome::Failed(told))
        }
        Err(error) => Err(error),
    }
}

const COMPANIONS: &str = "
    SELECT said.id
      FROM (SELECT d.id
              FROM json_each(:versions) wanted
        CROSS JOIN collection_version v ON v.id = wanted.value
        CROSS JOIN collection_deprecation d ON d.collection_id = v.collection_id
             UNION
            SELECT s.id
              FROM json_each(:versions) wanted
        CROSS JOIN collection_signature s ON s.version_id = wanted.value) said
CROSS JOIN repository_content rc ON rc.content_id = said.id AND rc.repository_id = :from AND rc.removed IS NULL";

/// Takes a repository away, and what no other one holds in any of its versions.
pub fn remove_repository(tx: &WriteTx<'_>, repository: RepositoryId) -> Result<()> {
    let held = contents::ever_held(tx, repository)?;
    declared::delete_repository(tx, repository)?;
    delete::unreferenced(tx, &contents::unreferenced(tx, &held)?)
}

const STILL_THERE: &str = "
    SELECT content_id FROM repository_content
     WHERE repository_id = :from AND removed IS NULL AND content_id IN (SELECT value FROM json_each(:versions))";

/// Versions go with what the source says about them: that their collections are deprecated, and their signatures.
fn transfer(
    tx: &WriteTx<'_>,
    task: TaskId,
    versions: &[VersionId],
    from: RepositoryId,
    (to, leave): (&[RepositoryId], bool),
) -> Result<()> {
    for repository in to.iter().chain([&from]) {
        uuid(tx, *repository)?;
    }
    let versions = serde_json::json!(versions).to_string();
    let values = named_params! {":from": from, ":versions": versions};
    let moved = contents::ids(tx, STILL_THERE, values)?;
    let companions = contents::ids(tx, COMPANIONS, values)?;
    let arriving = [moved.clone(), companions].concat();
    for repository in to {
        let number = placement::change(tx, *repository, &[], &arriving)?;
        note(tx, task, *repository, number)?;
    }
    if leave && !to.contains(&from) {
        let number = placement::change(tx, from, &moved, &[])?;
        note(tx, task, from, number)?;
    }
    Ok(())
}

/// What must go and what must come, so that a repository holds what its version `base` held, without `remove`, and
/// `add`. What is added takes the place of its namesakes.
fn plan(
    tx: &ReadTx<'_>,
    repository: RepositoryId,
    base: Option<(RepositoryId, i64)>,
    remove: &Removal,
    add: &[i64],
) -> Result<(Vec<i64>, Vec<i64>)> {
    let now = contents::held_now(tx, repository)?;
    let mut wanted = match base {
        Some((repository, number)) => contents::held(tx, repository, number)?,
        None => now.clone(),
    };
    match remove {
        Removal::All => wanted.clear(),
        Removal::These(these) => wanted.retain(|content| !these.contains(content)),
    }
    let add = contents::existing(tx, add)?;
    let replaced = placement::namesakes(tx, &wanted, &add)?;
    wanted.retain(|content| !replaced.contains(content));
    wanted.extend(add);
    let wanted: BTreeSet<i64> = wanted.into_iter().collect();
    let now: BTreeSet<i64> = now.into_iter().collect();
    let leaving = now.difference(&wanted).copied().collect();
    Ok((leaving, wanted.difference(&now).copied().collect()))
}

/// Notes that a task made a version of a repository, if it did.
pub fn note(
    tx: &WriteTx<'_>,
    task: TaskId,
    repository: RepositoryId,
    number: Option<i64>,
) -> Result<()> {
    match number {
        Some(number) => results::note(
            tx,
            task,
            Made::RepositoryVersion(uuid(tx, repository)?, number),
        ),
        None => Ok(()),
    }
}

fn uuid(tx: &ReadTx<'_>, repository: RepositoryId) -> Result<Uuid> {
    let found: Option<String> = tx
        .prepare_cached("SELECT uuid FROM repository WHERE id = :id")?
        .query_row(named_params! {":id": repository}, |row| row.get(0))
        .optional()?;
    let gone = || Error::NotFound(Noun::Repository(repository.0.to_string()));
    found.and_then(|text| text.parse().ok()).ok_or_else(gone)
}
