//! Configuration as code: what a hub is to be, as one document.
//!
//! [`plan()`] compares a document with what there is, [`apply()`] makes the difference in one transaction, and
//! [`export::export`] writes what there is as a document. Knows no file format: whoever reads a document keeps the
//! lines. Start reading at [`document::Document`] and `plan::compare`.

mod change;
pub mod document;
pub mod export;
mod passwords;
mod plan;
mod state;

use std::fmt;

use crate::db::Db;
use crate::domain::accounts::passwords::argon::Cost;
use crate::domain::apply::change::Change;
use crate::domain::apply::change::Mark;
use crate::domain::apply::document::Document;
use crate::domain::apply::passwords::Passwords;
use crate::domain::apply::plan::Compared;
use crate::domain::apply::state::State;
use crate::domain::audit;
use crate::domain::repositories::seed;
use crate::kernel::error::Error;

/// How often passwords are compared again because somebody changed one meanwhile.
const ATTEMPTS: usize = 5;

/// What whoever applies a document wants.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Whether what is not declared goes.
    pub prune: bool,
    /// Shortest password that may be set, in characters.
    pub minimum_password_length: usize,
    /// What hashing a password costs.
    pub cost: Cost,
    /// Base paths that the settings send uploads to: they stay, as those do that every hub has.
    pub base_paths: Vec<String>,
}

impl Wishes {
    /// Whether something must be served under this base path (contract 09 §9.1).
    fn protects(&self, base_path: &str) -> bool {
        seed::is_shipped(base_path) || self.base_paths.iter().any(|one| one == base_path)
    }
}

/// Something wrong with a document, and its line; 0 if it is about the document as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: usize,
    /// A sentence for a person.
    pub message: String,
}

/// Why a document was not applied. Nothing was changed.
#[derive(Debug)]
pub enum Refusal {
    /// Everything that is wrong with it, by line.
    Faults(Vec<Fault>),
    /// The hub could not be read or written.
    Broken(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// What changes, or changed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Difference {
    /// A line for each change: `+ user ana: superuser`. No secrets.
    pub lines: Vec<String>,
    /// How many things are new.
    pub added: usize,
    /// How many are changed.
    pub changed: usize,
    /// How many go.
    pub removed: usize,
}

impl Difference {
    fn of(changes: &[Change]) -> Self {
        let shown = || changes.iter().filter(|change| change.mark != Mark::Silent);
        let count = |mark| shown().filter(|change| change.mark == mark).count();
        Self {
            lines: shown().map(ToString::to_string).collect(),
            added: count(Mark::Add),
            changed: count(Mark::Change),
            removed: count(Mark::Remove),
        }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// `2 added, 1 changed, 0 removed`
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            added,
            changed,
            removed,
            ..
        } = self;
        write!(f, "{added} added, {changed} changed, {removed} removed")
    }
}

/// What applying `document` would change. Secrets must have been fetched.
pub fn plan(
    db: &Db,
    document: &Document,
    wishes: &Wishes,
) -> std::result::Result<Difference, Refusal> {
    let passwords = Passwords::prepare(db, document, &wishes.cost)?;
    let compared = db.read(|tx| {
        let state = State::load(tx)?;
        Ok(plan::compare(&state, document, &passwords, wishes))
    })?;
    match compared {
        // A password that was changed this very moment is a change either way.
        Compared::Changes(changes) | Compared::Outdated(changes) => Ok(Difference::of(&changes)),
        Compared::Faults(faults) => Err(Refusal::Faults(faults)),
    }
}

/// Makes everything as `document` says, in one transaction, and writes each change into the audit trail. Secrets must
/// have been fetched. Doing it twice is doing it once.
pub fn apply(
    db: &Db,
    document: &Document,
    wishes: &Wishes,
) -> std::result::Result<Difference, Refusal> {
    for _ in 0..ATTEMPTS {
        // Hashing takes long; it happens before the one transaction in which everybody else waits.
        let passwords = Passwords::prepare(db, document, &wishes.cost)?;
        let outcome = db.write(|tx| {
            let state = State::load(tx)?;
            let changes = match plan::compare(&state, document, &passwords, wishes) {
                Compared::Changes(changes) => changes,
                Compared::Faults(faults) => return Ok(Some(Err(Refusal::Faults(faults)))),
                Compared::Outdated(_) => return Ok(None),
            };
            let difference = Difference::of(&changes);
            change::make(tx, state.ids(), changes, |change| {
                audit::record_by_command_line(tx, change.action, &change.object, &change.detail)
            })?;
            Ok(Some(Ok(difference)))
        })?;
        if let Some(outcome) = outcome {
            return outcome;
        }
    }
    let moving = anyhow::anyhow!("somebody else keeps changing the passwords of these users");
    Err(Refusal::Broken(Error::Internal(moving)))
}
