//! What wakes the workers.

use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use crate::domain::tasks::job::Lane;

/// A bell that remembers one ring for whoever listens next.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

/// A bell for each lane, so that a ring never wakes somebody who has nothing to do with it.
#[derive(Debug, Default)]
pub struct Bells {
    work: Bell,
    errands: Bell,
}

impl Bells {
    /// The one for those who take up the tasks of a lane.
    pub fn of(&self, lane: Lane) -> &Bell {
        match lane {
            Lane::Work => &self.work,
            Lane::Errands => &self.errands,
        }
    }

    /// Wakes one listener of each lane, or the next one to come.
    pub fn ring(&self) {
        self.work.ring();
        self.errands.ring();
    }
}

impl Bell {
    /// Wakes one listener, or the next one to come.
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }

    /// Waits for a ring, or until `limit` has passed.
    pub fn listen(&self, limit: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(rung, limit, |rung| !*rung);
        let (mut rung, _timed_out) = waited.unwrap_or_else(PoisonError::into_inner);
        *rung = false;
    }
}
