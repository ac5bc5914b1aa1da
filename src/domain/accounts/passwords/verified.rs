//! Passwords that were checked before: checking one takes tens of milliseconds by design, and the
//! configuration modules send theirs with every request.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::PoisonError;

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use lru::LruCache;
use sha2::Sha256;

use crate::domain::accounts::passwords;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::passwords::argon::Cost;
use crate::kernel::error::Result;
use crate::kernel::random;

/// Pairs that are remembered; more callers than this with passwords are told apart at full price.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// Remembers which password matched which hash, under a key that dies with the process.
///
/// A changed password has another hash, so nothing here ever needs to be taken back.
pub struct Verified {
    key: [u8; 64],
    cost: Cost,
    pairs: Mutex<LruCache<[u8; 32], ()>>,
}

impl Verified {
    /// An empty memory with a key of its own, for passwords that are hashed at `cost`.
    pub fn new(cost: Cost) -> Result<Self> {
        Ok(Self {
            key: random::bytes()?,
            cost,
            pairs: Mutex::new(LruCache::new(REMEMBERED)),
        })
    }

    /// Hashes a password at the cost of the settings. Call it off the reactor.
    pub fn hash(&self, password: &str) -> Result<PasswordHash> {
        PasswordHash::with(password, &self.cost)
    }

    /// Whether a hash that was stored before is to be replaced.
    pub fn is_outdated(&self, hash: &PasswordHash) -> bool {
        hash.is_outdated(&self.cost)
    }

    /// Takes as long as [`Verified::matches`] does for a password that is wrong.
    pub fn burn(&self, password: &str) {
        passwords::burn(password, &self.cost);
    }

    /// Whether `password` is the one behind `hash`. One that is nobody's takes as long to refuse as any other.
    pub fn matches(&self, hash: &PasswordHash, password: &str) -> bool {
        let pair = self.pair(hash, password);
        if self.is_known(&pair) {
            return true;
        }
        let matches = hash.matches(password).unwrap_or_else(|| {
            self.burn(password);
            false
        });
        if matches {
            self.pairs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .put(pair, ());
        }
        matches
    }

    fn is_known(&self, pair: &[u8; 32]) -> bool {
        self.pairs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(pair)
            .is_some()
    }

    fn pair(&self, hash: &PasswordHash, password: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        // A PHC string holds no NUL, so the two parts cannot run into each other.
        for part in [hash.as_str(), "\0", password] {
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matched_once_matches_again_and_nothing_else_does() {
        let verified = Verified::new(Cost::default()).unwrap();
        let hash = PasswordHash::new("correct horse").unwrap();
        assert!(!verified.matches(&hash, "wrong"));
        assert!(verified.matches(&hash, "correct horse"));
        assert!(verified.is_known(&verified.pair(&hash, "correct horse")));
        assert!(!verified.matches(&hash, "wrong"));
        let changed = PasswordHash::new("another").unwrap();
        assert!(!verified.matches(&changed, "correct horse"));
    }
}
