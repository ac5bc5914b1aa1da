//! Entries that change nothing else: kept in memory, written in batches, so that a refusal costs no write of its own.

use std::mem;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::domain::audit::Entry;
use crate::domain::audit::chain;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;

/// Different entries that are kept between two writes, about a second apart. Beyond that only their number is.
const KEPT_MAX: usize = 1000;

/// Entries that are not in the database yet. A crash loses those of the last second or so.
#[derive(Debug, Default)]
pub struct Pending(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    entries: Vec<Repeated>,
    /// Entries that came when there was no room for more.
    unwritten: u64,
}

/// An entry, when it came first, and how often.
#[derive(Debug)]
struct Repeated {
    entry: Entry,
    at: Timestamp,
    times: u64,
}

impl Pending {
    /// Notes an entry. The same one again only counts.
    pub fn note(&self, at: Timestamp, entry: Entry) {
        let mut noted = self.noted();
        let known = noted.entries.iter().position(|known| known.entry == entry);
        match known {
            Some(at) => noted.entries[at].times += 1,
            None if noted.entries.len() < KEPT_MAX => noted.entries.push(Repeated {
                entry,
                at,
                times: 1,
            }),
            None => noted.unwritten += 1,
        }
    }

    /// Writes what was noted since the last time.
    pub fn flush(&self, db: &Db) -> Result<()> {
        let noted = mem::take(&mut *self.noted());
        if noted.entries.is_empty() {
            return Ok(());
        }
        db.write(|tx| write(tx, &noted))
            .inspect_err(|_error| self.put_back(noted))
    }

    fn put_back(&self, old: Noted) {
        let mut noted = self.noted();
        noted.unwritten += old.unwritten;
        noted.entries.splice(0..0, old.entries);
        if noted.entries.len() > KEPT_MAX {
            let newest = noted.entries.split_off(KEPT_MAX);
            noted.unwritten += newest.iter().map(|entry| entry.times).sum::<u64>();
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(tx: &WriteTx<'_>, noted: &Noted) -> Result<()> {
    let last = noted.entries.len() - 1;
    for (at, repeated) in noted.entries.iter().enumerate() {
        let mut entry = repeated.entry.clone();
        let mut say = |text: String| {
            let gap = if entry.detail.is_empty() { "" } else { "; " };
            entry.detail = format!("{}{gap}{text}", entry.detail);
        };
        if repeated.times > 1 {
            say(format!("{} times", repeated.times));
        }
        if at == last && noted.unwritten > 0 {
            say(format!("and {} others that are not shown", noted.unwritten));
        }
        chain::append(tx, repeated.at, &entry)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Actor;
    use crate::domain::audit::Outcome;

    fn note(pending: &Pending, object: usize) {
        let entry = Entry {
            actor: Actor::stranger(String::new(), None),
            action: "SessionStart".to_owned(),
            object: object.to_string(),
            outcome: Outcome::Refused,
            detail: String::new(),
        };
        pending.note(Timestamp(0), entry);
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let pending = Pending::default();
        (0..KEPT_MAX + 2).for_each(|object| note(&pending, object));
        note(&pending, 0);
        let noted = pending.noted();
        assert_eq!((noted.entries.len(), noted.unwritten), (KEPT_MAX, 2));
        assert_eq!(noted.entries[0].times, 2);
    }

    #[test]
    fn what_could_not_be_written_comes_back_first_and_what_it_pushes_out_is_counted() {
        let pending = Pending::default();
        (0..KEPT_MAX).for_each(|object| note(&pending, object));
        let old = mem::take(&mut *pending.noted());
        note(&pending, KEPT_MAX);
        note(&pending, KEPT_MAX);
        pending.put_back(old);
        let noted = pending.noted();
        assert_eq!((noted.entries.len(), noted.unwritten), (KEPT_MAX, 2));
        assert_eq!(noted.entries[0].entry.object, "0");
    }
}
