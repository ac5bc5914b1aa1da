//! The audit trail: who did what to which object, from where.
//!
//! A change is written down in the transaction that makes it, so that there is never one without the other. Rows are
//! only added, and each carries the digest of the one before it: a row that was changed or taken out by hand shows.
//! What changes nothing, such as a refusal, is noted in [`pending`] and written in batches.
//! No row holds a secret. Start reading at [`record`].

pub mod chain;
pub mod pending;

use std::net::IpAddr;

use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;
use crate::policy::permit::Permit;
use crate::policy::principal::Viewer;

/// Who did it, and how they came in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The account, if there is one.
    pub id: Option<UserId>,
    /// Its name at the time; empty for a stranger.
    pub name: String,
    /// How they said who they are: `session`, `token`, `password`, `stranger`, `command line`, `hub`.
    pub via: &'static str,
    /// Where they asked from.
    pub address: Option<IpAddr>,
}

impl Actor {
    /// Whoever holds a permit.
    pub fn of(permit: &Permit) -> Self {
        Self::asking(permit.viewer(), permit.address())
    }

    /// Whoever asks from `address`, permit or not.
    pub fn asking(viewer: &Viewer, address: Option<IpAddr>) -> Self {
        match viewer {
            Viewer::Anonymous => Self::stranger(String::new(), address),
            Viewer::User(account) => Self {
                id: Some(account.id),
                name: account.username.clone(),
                via: account.via.as_str(),
                address,
            },
        }
    }

    /// Somebody who only claims to be `name`.
    pub fn stranger(name: String, address: Option<IpAddr>) -> Self {
        Self {
            id: None,
            name,
            via: "stranger",
            address,
        }
    }

    /// Whoever runs this program in a shell.
    fn command_line() -> Self {
        Self {
            id: None,
            name: String::new(),
            via: "command line",
            address: None,
        }
    }
}

/// Whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was.
    Done,
    /// It was asked for and refused.
    Refused,
}

impl Outcome {
    /// How `audit.outcome` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// Something that goes into the trail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Who.
    pub actor: Actor,
    /// What: the name of an action of the policy.
    pub action: String,
    /// To what: a noun and a name, such as `user ana`.
    pub object: String,
    /// Whether it was done.
    pub outcome: Outcome,
    /// What changed, in words, without any secret; often nothing.
    pub detail: String,
}

/// Writes down that the holder of `permit` did what it is a permit for, to `object`: a noun and a name, such as
/// `user ana`. Goes into the transaction of the change itself.
pub fn record(tx: &WriteTx<'_>, permit: &Permit, object: impl Into<String>) -> Result<()> {
    record_with(tx, permit, object, "")
}

/// As [`record`], with what changed: `role galaxy.auditor everywhere`.
pub fn record_with(
    tx: &WriteTx<'_>,
    permit: &Permit,
    object: impl Into<String>,
    detail: impl Into<String>,
) -> Result<()> {
    write(
        tx,
        &Entry {
            actor: Actor::of(permit),
            action: permit.action().name().to_owned(),
            object: object.into(),
            outcome: Outcome::Done,
            detail: detail.into(),
        },
    )
}

/// Writes down what was done in a shell, by whoever may run this program on the data directory. `action` is the name
/// of one of the policy's where the API has the same.
pub fn record_by_command_line(
    tx: &WriteTx<'_>,
    action: &str,
    object: impl Into<String>,
    detail: impl Into<String>,
) -> Result<()> {
    write(
        tx,
        &Entry {
            actor: Actor::command_line(),
            action: action.to_owned(),
            object: object.into(),
            outcome: Outcome::Done,
            detail: detail.into(),
        },
    )
}

/// Writes any entry.
pub fn write(tx: &WriteTx<'_>, entry: &Entry) -> Result<()> {
    chain::append(tx, tx.now, entry)
}
