//! When tokens and sessions were last used: kept in memory, written in batches, so that no request pays for a write.

use std::collections::HashMap;
use std::mem;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use rusqlite::named_params;

use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::domain::accounts::signing_in::sessions;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::TokenId;

/// How exact the stored times are: whoever asks without a pause is written down once in this time.
pub const GRAIN: Duration = Duration::from_secs(60);
/// How often sessions that have ended are cleared away.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Uses that are not in the database yet. A crash loses those of the last second or so.
#[derive(Debug, Default)]
pub struct Uses(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    tokens: HashMap<TokenId, Timestamp>,
    sessions: HashMap<SessionId, Timestamp>,
    swept_at: Option<Timestamp>,
}

const USE_TOKEN: &str = "UPDATE token SET used_at = max(ifnull(used_at, 0), :at) WHERE id = :id";
const USE_SESSION: &str = "
    UPDATE session SET used_at = max(used_at, :at), expires_at = iif(slides, max(expires_at, :expires), expires_at)
     WHERE id = :id";

impl Uses {
    /// Notes that a token was used, if the use before that, as it is stored, was some time ago.
    pub fn token(&self, id: TokenId, before: Option<Timestamp>, now: Timestamp) {
        if before.is_none_or(|before| before.after(GRAIN) <= now) {
            self.pending().tokens.insert(id, now);
        }
    }

    /// The same of a session.
    pub fn session(&self, id: SessionId, before: Timestamp, now: Timestamp) {
        if before.after(GRAIN) <= now {
            self.pending().sessions.insert(id, now);
        }
    }

    /// Writes what was noted since the last time, and now and then clears away sessions that have ended.
    /// Where sessions slide, those that may end `sliding` after their last use.
    pub fn flush(&self, db: &Db, now: Timestamp, sliding: Option<Duration>) -> Result<()> {
        let (tokens, sessions) = {
            let mut pending = self.pending();
            (
                mem::take(&mut pending.tokens),
                mem::take(&mut pending.sessions),
            )
        };
        if !tokens.is_empty() || !sessions.is_empty() {
            db.write(|tx| {
                write_tokens(tx, &tokens)?;
                write_sessions(tx, &sessions, sliding)
            })?;
        }
        let is_swept = self
            .pending()
            .swept_at
            .is_some_and(|at| at.after(SWEEP) > now);
        if !is_swept && db.read(|tx| sessions::any_ended(tx, now))? {
            db.write(sessions::sweep)?;
        }
        if !is_swept {
            self.pending().swept_at = Some(now);
        }
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_tokens(tx: &WriteTx<'_>, uses: &HashMap<TokenId, Timestamp>) -> Result<()> {
    let mut statement = tx.prepare_cached(USE_TOKEN)?;
    for (id, at) in uses {
        statement.execute(named_params! {":id": id, ":at": at})?;
    }
    Ok(())
}

fn write_sessions(
    tx: &WriteTx<'_>,
    uses: &HashMap<SessionId, Timestamp>,
    sliding: Option<Duration>,
) -> Result<()> {
    let mut statement = tx.prepare_cached(USE_SESSION)?;
    for (id, at) in uses {
        let expires = sliding.map_or(Timestamp(0), |lifetime| at.after(lifetime));
        statement.execute(named_params! {":id": id, ":at": at, ":expires": expires})?;
    }
    Ok(())
}
