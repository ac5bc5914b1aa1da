//! Checking an uploaded signature, and putting it into its repository (contract 09 §9.5).

use std::io::BufReader;

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::archive::limits::Limits;
use crate::archive::rejection::Rejection;
use crate::archive::signed;
use crate::content;
use crate::content::Store;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::collections::changes;
use crate::domain::collections::placement;
use crate::domain::collections::signatures;
use crate::domain::signing::openpgp;
use crate::domain::tasks::TaskError;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Outcome;
use crate::kernel::clock::Clock;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::TaskId;
use crate::kernel::ids::VersionId;

const NO_KEY: &str = "The repository has no key (gpgkey) to check signatures with. Set one and upload the signature again.";
const GONE: &str = "The repository does not hold this collection version.";

/// What checking a signature works with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Where the result goes.
    pub db: &'a Db,
    /// Where the artifacts are.
    pub store: &'a Store,
    /// The time, which keys and signatures can be past.
    pub clock: &'a Clock,
    /// How much an archive may hold.
    pub limits: &'a Limits,
    /// Whether a repository without a key takes no signatures.
    pub require_verification: bool,
}

/// A signature of a version, for a repository.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// Where it should be.
    pub repository: RepositoryId,
    /// What it is for.
    pub version: VersionId,
    /// In ASCII armour.
    pub signature: &'a str,
}

/// Checks a signature and puts it into its repository, to the end of its task: afterwards that is completed, failed or
/// canceled. Another signature of that version by the same key makes room for it.
///
/// Errors are those of this server (disk, database); what is wrong with the signature ends the task instead. Running it
/// again after a crash is safe: the result is written in one transaction with the task's end.
pub fn add(tools: Tools<'_>, task: TaskId, signed: Signed<'_>) -> Result<()> {
    let verdict = match tools.db.read(|tx| subject(tx, signed))? {
        None => Err(GONE.to_owned()),
        Some(subject) => check(tools, &subject, signed.signature)?,
    };
    tools.db.write(|tx| conclude(tx, task, signed, &verdict))
}

/// What a signature is checked against.
struct Subject {
    /// The artifact of the version.
    sha256: Digest,
    /// The public keys of the repository, if it has any.
    keys: Option<String>,
}

const SUBJECT: &str = "
    SELECT v.sha256, r.gpgkey
      FROM repository r
      JOIN repository_content rc ON rc.repository_id = r.id AND rc.content_id = :version AND rc.removed IS NULL
      JOIN collection_version v ON v.id = rc.content_id
     WHERE r.id = :repository";

fn subject(tx: &ReadTx<'_>, signed: Signed<'_>) -> Result<Option<Subject>> {
    let values = named_params! {":repository": signed.repository, ":version": signed.version};
    let found = tx.prepare_cached(SUBJECT)?.query_row(values, |row| {
        Ok(Subject {
            sha256: row.get(0)?,
            keys: row.get(1)?,
        })
    });
    Ok(found.optional()?)
}

/// The fingerprint of the key that made the signature, or why it does not count. A repository that has a key takes
/// nothing that another one signed, whatever the settings say.
fn check(
    tools: Tools<'_>,
    subject: &Subject,
    signature: &str,
) -> Result<std::result::Result<String, String>> {
    let keys = subject
        .keys
        .as_deref()
        .filter(|keys| !keys.trim().is_empty());
    let verdict = match keys {
        None if tools.require_verification => return Ok(Err(NO_KEY.to_owned())),
        None => openpgp::claim(signature),
        Some(keys) => {
            let file = tools.store.open_blob(&subject.sha256);
            let mut file = BufReader::new(file.map_err(content::storage)?);
            match signed::bytes(&mut file, tools.limits) {
                Ok(manifest) => openpgp::verify(signature, keys, &manifest, tools.clock.now()),
                Err(Rejection::Io(error)) => return Err(content::storage(error)),
                Err(other) => return Ok(Err(other.to_string())),
            }
        }
    };
    Ok(verdict.map_err(|refusal| refusal.to_string()))
}

/// One transaction: the signature, its place and the task's end become visible together.
fn conclude(
    tx: &WriteTx<'_>,
    task: TaskId,
    signed: Signed<'_>,
    verdict: &std::result::Result<String, String>,
) -> Result<()> {
    let outcome = match verdict {
        _ if queue::is_canceling(tx, task)? => Outcome::Canceled,
        Err(why) => failed(why),
        // The task has the repository for itself, so that only a deletion can have come in between.
        Ok(_) if subject(tx, signed)?.is_none() => failed(GONE),
        Ok(fingerprint) => {
            place(tx, task, signed, fingerprint)?;
            Outcome::Completed
        }
    };
    queue::end(tx, task, outcome)
}

fn failed(description: &str) -> Outcome {
    Outcome::Failed(TaskError {
        code: None,
        description: format!("Signature verification failed: {description}"),
    })
}

fn place(tx: &WriteTx<'_>, task: TaskId, signed: Signed<'_>, fingerprint: &str) -> Result<()> {
    let content = signatures::store(tx, signed.version, signed.signature, fingerprint)?;
    let number = placement::change(tx, signed.repository, &[], &[content])?;
    changes::note(tx, task, signed.repository, number)
}
