//! Running an import: read the file, then publish what it holds or say why not.

use std::io::BufReader;
use std::io::Read;
use std::io::Seek;

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::archive::collection;
use crate::archive::collection::Collection;
use crate::archive::collection::Reading;
use crate::archive::limits::Limits;
use crate::archive::rejection::Rejection;
use crate::archive::report::Level;
use crate::archive::report::Report;
use crate::content;
use crate::content::Store;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::collections::artifacts;
use crate::domain::collections::documentation::HubLibrary;
use crate::domain::collections::placement;
use crate::domain::collections::publish;
use crate::domain::imports::messages;
use crate::domain::imports::messages::Log;
use crate::domain::imports::submit::PublishRules;
use crate::domain::namespaces;
use crate::domain::namespaces::create::NewNamespace;
use crate::domain::repositories::pipeline;
use crate::domain::repositories::pipeline::Pipeline;
use crate::domain::tasks::TaskError;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Cancelable;
use crate::domain::tasks::queue::Outcome;
use crate::domain::tasks::results;
use crate::domain::tasks::results::Made;
use crate::kernel::clock::Clock;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::TaskId;
use crate::kernel::name::ArtifactName;
use crate::kernel::version::Version;
use crate::policy::permit::Permit;

/// The release of galaxy-importer whose rules are applied.
pub const IMPORTER_VERSION: &str = "0.4.39";

/// What an import works with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Where the result goes.
    pub db: &'a Db,
    /// Where the uploaded file is.
    pub store: &'a Store,
    /// The time of log lines.
    pub clock: &'a Clock,
    /// Where uploads go.
    pub rules: &'a PublishRules,
    /// How much an archive may hold.
    pub limits: &'a Limits,
}

/// Imports the file of `task`, to its end: afterwards the task is completed, failed or canceled.
///
/// Errors are those of this server (disk, database); what is wrong with the file ends the task instead.
/// Running it again after a crash is safe: the result is written in one transaction with the task's end.
pub fn import(tools: Tools<'_>, task: TaskId) -> Result<()> {
    let Some(wanted) = tools.db.read(|tx| wanted(tx, task))? else {
        let lost = "The repository it was sent to is gone. Publish again to another one.";
        return abandon(tools, task, failed(lost.to_owned()));
    };
    let mut log = Log::new(tools.db, tools.clock, task);
    let outcome = match read(tools, &wanted, &mut log) {
        Ok(collection) => {
            let accept =
                |tx: &WriteTx<'_>| accept(tx, tools.rules, task, &wanted, &collection, &log);
            match tools.db.write(accept)? {
                Accepted::Published => return Ok(()),
                Accepted::Canceled => Outcome::Canceled,
            }
        }
        Err(Rejection::Invalid(description)) => failed(description),
        Err(Rejection::Canceled) => Outcome::Canceled,
        Err(Rejection::Io(error)) => return Err(content::storage(error)),
    };
    tools
        .db
        .write(|tx| reject(tx, task, &wanted.sha256, outcome, &log))
}

fn failed(description: String) -> Outcome {
    Outcome::Failed(TaskError {
        code: None,
        description,
    })
}

/// Ends a task that is not running, and lets the file go that an import had.
pub fn abandon(tools: Tools<'_>, task: TaskId, outcome: Outcome) -> Result<()> {
    tools.db.write(|tx| release(tx, task, outcome))
}

/// Cancels a task: one that waits has ended when this returns, one that runs ends as soon as it notices.
///
/// Fails with a conflict if it has ended already.
pub fn cancel(tx: &WriteTx<'_>, permit: &Permit, task: &Cancelable) -> Result<()> {
    match queue::cancel(tx, permit, task)? {
        true => release(tx, task.id(), Outcome::Canceled),
        false => Ok(()),
    }
}

/// Ends a task that is not running; if it is an import, its file is forgotten.
fn release(tx: &WriteTx<'_>, task: TaskId, outcome: Outcome) -> Result<()> {
    let sha256 = waiting_file(tx, task)?;
    end(tx, task, outcome)?;
    match sha256 {
        Some(sha256) => artifacts::forget(tx, &sha256),
        None => Ok(()),
    }
}

/// The last line of the log of an import that was canceled. An error, because `ansible-galaxy` prints those at any
/// verbosity, and takes every state but `failed` for a success.
const CANCELED: &str = "Canceled on request; nothing was published";

const LET_GO: &str = "UPDATE collection_import SET sha256 = NULL WHERE task_id = :task";

/// Lets go of the file and gives the task its last state: canceled, whatever came of it, if that was asked for.
fn end(tx: &WriteTx<'_>, task: TaskId, outcome: Outcome) -> Result<()> {
    let outcome = match queue::is_canceling(tx, task)? {
        true => Outcome::Canceled,
        false => outcome,
    };
    if outcome == Outcome::Canceled {
        messages::close(tx, task, Level::Error, CANCELED)?;
    }
    tx.prepare_cached(LET_GO)?
        .execute(named_params! {":task": task})?;
    queue::end(tx, task, outcome)
}

/// The file of an import that has not ended.
fn waiting_file(tx: &ReadTx<'_>, task: TaskId) -> Result<Option<Digest>> {
    let file = tx
        .prepare_cached("SELECT sha256 FROM collection_import WHERE task_id = :task")?
        .query_row(named_params! {":task": task}, |row| row.get(0));
    Ok(file.optional()?.flatten())
}

/// What the import row says.
struct Wanted {
    name: ArtifactName,
    sha256: Digest,
    repository: RepositoryId,
}

const WANTED: &str = "
    SELECT namespace, name, version, sha256, repository_id FROM collection_import
     WHERE task_id = :task AND sha256 IS NOT NULL AND repository_id IS NOT NULL";

/// `None` when the import has ended before, or its repository is gone.
fn wanted(tx: &ReadTx<'_>, task: TaskId) -> Result<Option<Wanted>> {
    let mut statement = tx.prepare_cached(WANTED)?;
    let mut rows = statement.query(named_params! {":task": task})?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let version: String = row.get(2)?;
    let Some(version) = Version::parse(&version) else {
        return Ok(None);
    };
    let name = ArtifactName {
        namespace: row.get(0)?,
        name: row.get(1)?,
        version,
    };
    Ok(Some(Wanted {
        name,
        sha256: row.get(3)?,
        repository: row.get(4)?,
    }))
}

/// The collection in the file, or why there is none.
fn read(
    tools: Tools<'_>,
    wanted: &Wanted,
    log: &mut Log<'_>,
) -> std::result::Result<Collection, Rejection> {
    let file = tools
        .store
        .open_blob(&wanted.sha256)
        .map_err(Rejection::Io)?;
    let reading = Reading {
        expected: &wanted.name,
        limits: tools.limits,
        library: &HubLibrary(tools.db),
    };
    let mut file = BufReader::with_capacity(1 << 16, file);
    examine(&mut file, reading, log)
}

/// Reads a file from its start to its end, with the words every log begins and ends with.
pub(super) fn examine(
    file: &mut (impl Read + Seek),
    reading: Reading<'_>,
    report: &mut dyn Report,
) -> std::result::Result<Collection, Rejection> {
    report.say(
        Level::Info,
        format!("Importing with galaxy-importer {IMPORTER_VERSION} (built into Pocket Galaxy)"),
    );
    let collection = collection::read(file, reading, report)?;
    report.say(Level::Info, "Collection loading complete".to_owned());
    Ok(collection)
}

/// What came of an import whose file is in order.
enum Accepted {
    Published,
    /// Somebody asked for it to end in the last moment.
    Canceled,
}

/// One transaction: the version, its place, the log and the task's end become visible together.
fn accept(
    tx: &WriteTx<'_>,
    rules: &PublishRules,
    task: TaskId,
    wanted: &Wanted,
    collection: &Collection,
    log: &Log<'_>,
) -> Result<Accepted> {
    if queue::is_canceling(tx, task)? {
        return Ok(Accepted::Canceled);
    }
    let namespace = collection.info.namespace.as_str();
    if namespaces::queries::find_id(tx, namespace)?.is_none() {
        namespaces::create::create(
            tx,
            &NewNamespace {
                name: namespace.to_owned(),
                ..NewNamespace::default()
            },
        )?;
    }
    let (version, made) = publish::store(tx, collection, &wanted.sha256)?;
    if let Some(uuid) = made {
        results::note(tx, task, Made::CollectionVersion(uuid))?;
    }
    for repository in destinations(tx, rules, wanted.repository)? {
        placement::change(tx, repository, &[], &[version.0])?;
    }
    finish(tx, task, Outcome::Completed, log)?;
    Ok(Accepted::Published)
}

fn reject(
    tx: &WriteTx<'_>,
    task: TaskId,
    sha256: &Digest,
    outcome: Outcome,
    log: &Log<'_>,
) -> Result<()> {
    finish(tx, task, outcome, log)?;
    artifacts::forget(tx, sha256)
}

fn finish(tx: &WriteTx<'_>, task: TaskId, outcome: Outcome, log: &Log<'_>) -> Result<()> {
    log.write(tx)?;
    end(tx, task, outcome)
}

/// Where a version goes: without approval, what was sent to staging goes straight to every approved repository.
fn destinations(
    tx: &ReadTx<'_>,
    rules: &PublishRules,
    sent_to: RepositoryId,
) -> Result<Vec<RepositoryId>> {
    if !rules.require_approval && pipeline::stage(tx, sent_to)? == Pipeline::Staging {
        let approved = pipeline::approved(tx)?;
        if !approved.is_empty() {
            return Ok(approved);
        }
    }
    Ok(vec![sent_to])
}
