//! Failed attempts to sign in, counted so that guessing comes to an end.
//!
//! Kept in memory: a restart forgives. Only failures count, and names nobody has count like any other. The window
//! is five minutes long and begins with a key's first failure; what counts in it, and what it leads to:
//!
//! | failures | by default | when reached |
//! |---|---|---|
//! | of one account from one address | 10 | that address waits for that account: 2,880 guesses a day |
//! | from one address, whatever the account | 50 | that address waits: one password for many names gets no further |
//! | of one account, from anywhere | 100 | one failure from one address is enough to make it wait for that account |
//!
//! The last never locks anybody out from an address that did not fail itself: the owner of an account under attack
//! signs in at once, and an attacker has a single guess from each address.

use std::hash::BuildHasher;
use std::hash::RandomState;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use lru::LruCache;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

/// How long a failure counts at most.
const WINDOW: Duration = Duration::from_secs(5 * 60);

/// Keys of each kind that are remembered, about a megabyte in all. An attacker who forgets enough of them to be
/// forgotten needs as many addresses, for the limit of one address also limits the keys it makes.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(8191);

/// How many failures there may be in a window; 0 is any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of one account from one address.
    pub pair: usize,
    /// From one address: wrong passwords, and apart from them unknown tokens.
    pub address: usize,
    /// Of one account, before a single failure counts as too many from any one address.
    pub account: usize,
}

/// The failures of the last minutes.
pub struct Attempts {
    limits: Limits,
    names: RandomState,
    failures: Mutex<Failures>,
}

/// An account by its hash: names that are tried may be long, and are sometimes passwords.
type Name = u64;

struct Failures {
    pairs: LruCache<(Name, IpAddr), Count>,
    addresses: LruCache<IpAddr, Count>,
    accounts: LruCache<Name, Count>,
    /// Apart from passwords: a program with a dead token must not keep the people beside it from signing in.
    tokens: LruCache<IpAddr, Count>,
}

#[derive(Clone, Copy)]
struct Count {
    failures: usize,
    until: Timestamp,
}

impl Attempts {
    /// No failures yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            names: RandomState::new(),
            failures: Mutex::new(Failures {
                pairs: LruCache::new(REMEMBERED),
                addresses: LruCache::new(REMEMBERED),
                accounts: LruCache::new(REMEMBERED),
                tokens: LruCache::new(REMEMBERED),
            }),
        }
    }

    /// Whether somebody at `address` may try a password of `account` now. Fails with [`Error::Throttled`].
    pub fn check(&self, account: &str, address: Option<IpAddr>, now: Timestamp) -> Result<()> {
        let (name, address) = (self.names.hash_one(account), network(address));
        let mut failures = self.failures();
        let pair = live(&mut failures.pairs, &(name, address), now);
        let from_address = live(&mut failures.addresses, &address, now);
        let of_account = live(&mut failures.accounts, &name, now);
        let is_attacked = is_over(of_account, self.limits.account);
        let pair_limit = match self.limits.pair {
            _ if is_attacked => 1,
            limit => limit,
        };
        let full = [
            pair.filter(|_| is_over(pair, pair_limit)),
            from_address.filter(|_| is_over(from_address, self.limits.address)),
        ];
        match full.into_iter().flatten().map(|count| count.until).max() {
            Some(until) => Err(wait(until, now)),
            None => Ok(()),
        }
    }

    /// Notes a wrong password.
    pub fn failed(&self, account: &str, address: Option<IpAddr>, now: Timestamp) {
        let (name, address) = (self.names.hash_one(account), network(address));
        let mut failures = self.failures();
        add(&mut failures.pairs, (name, address), now);
        add(&mut failures.addresses, address, now);
        add(&mut failures.accounts, name, now);
    }

    /// Notes that the password was right: typing errors before it are forgiven, those of other accounts are not.
    pub fn succeeded(&self, account: &str, address: Option<IpAddr>) {
        let key = (self.names.hash_one(account), network(address));
        self.failures().pairs.pop(&key);
    }

    /// Notes an unknown token. Fails with [`Error::Throttled`] if there were too many from there. A good token works
    /// all the same: none can be guessed, so this only keeps a broken client from asking for ever.
    pub fn unknown_token(&self, address: Option<IpAddr>, now: Timestamp) -> Result<()> {
        let address = network(address);
        let mut failures = self.failures();
        let before = live(&mut failures.tokens, &address, now);
        match before.filter(|_| is_over(before, self.limits.address)) {
            Some(count) => Err(wait(count.until, now)),
            None => {
                add(&mut failures.tokens, address, now);
                Ok(())
            }
        }
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one client can choose from: an IPv6 address is one of many in a network its owner got as a whole.
fn network(address: Option<IpAddr>) -> IpAddr {
    match address.map(|address| address.to_canonical()) {
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Some(address) => address,
    }
}

fn live<K: std::hash::Hash + Eq>(
    counts: &mut LruCache<K, Count>,
    key: &K,
    now: Timestamp,
) -> Option<Count> {
    counts.get(key).copied().filter(|count| count.until > now)
}

fn is_over(count: Option<Count>, limit: usize) -> bool {
    limit > 0 && count.is_some_and(|count| count.failures >= limit)
}

fn add<K: std::hash::Hash + Eq>(counts: &mut LruCache<K, Count>, key: K, now: Timestamp) {
    let mut count = live(counts, &key, now).unwrap_or(Count {
        failures: 0,
        until: now.after(WINDOW),
    });
    count.failures += 1;
    counts.put(key, count);
}

fn wait(until: Timestamp, now: Timestamp) -> Error {
    let seconds = (until.0 - now.0).div_euclid(1_000_000) + 1;
    Error::Throttled(u64::try_from(seconds).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        pair: 3,
        address: 5,
        account: 10,
    };
    const NOW: Timestamp = Timestamp(1_000_000);

    fn at(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn fail(attempts: &Attempts, account: &str, address: &str, times: usize) {
        for _ in 0..times {
            attempts.failed(account, at(address), NOW);
        }
    }

    #[test]
    fn a_few_failures_are_free_and_then_one_waits_for_the_rest_of_the_window() {
        let attempts = Attempts::new(LIMITS);
        fail(&attempts, "ana", "192.0.2.1", 2);
        assert!(attempts.check("ana", at("192.0.2.1"), NOW).is_ok());
        fail(&attempts, "ana", "192.0.2.1", 1);
        let error = attempts.check("ana", at("192.0.2.1"), NOW).unwrap_err();
        assert!(matches!(error, Error::Throttled(301)), "{error:?}");
        assert!(
            attempts.check("ana", at("192.0.2.2"), NOW).is_ok(),
            "elsewhere"
        );
        assert!(
            attempts.check("ben", at("192.0.2.1"), NOW).is_ok(),
            "another"
        );
        let later = NOW.after(WINDOW);
        assert!(attempts.check("ana", at("192.0.2.1"), later).is_ok());
    }

    #[test]
    fn a_right_password_forgives_the_account_but_not_the_address() {
        let attempts = Attempts::new(LIMITS);
        fail(&attempts, "ana", "192.0.2.1", 2);
        attempts.succeeded("ana", at("192.0.2.1"));
        fail(&attempts, "ana", "192.0.2.1", 2);
        assert!(attempts.check("ana", at("192.0.2.1"), NOW).is_ok());
        fail(&attempts, "ben", "192.0.2.1", 1);
        assert!(attempts.check("eve", at("192.0.2.1"), NOW).is_err());
    }

    #[test]
    fn an_account_under_attack_is_open_to_its_owner_and_gives_others_one_guess() {
        let attempts = Attempts::new(LIMITS);
        for host in 1..=5 {
            fail(&attempts, "ana", &format!("192.0.2.{host}"), 2);
        }
        assert!(attempts.check("ana", at("192.0.2.1"), NOW).is_err());
        assert!(attempts.check("ana", at("198.51.100.1"), NOW).is_ok());
        fail(&attempts, "ana", "198.51.100.1", 1);
        assert!(attempts.check("ana", at("198.51.100.1"), NOW).is_err());
    }

    #[test]
    fn a_network_of_version_6_is_one_client() {
        let attempts = Attempts::new(LIMITS);
        for host in ["2001:db8::1", "2001:db8::2", "2001:db8::3:4"] {
            fail(&attempts, "ana", host, 1);
        }
        assert!(attempts.check("ana", at("2001:db8::5"), NOW).is_err());
        assert!(attempts.check("ana", at("2001:db8:0:1::5"), NOW).is_ok());
        fail(&attempts, "ben", "::ffff:192.0.2.1", 3);
        assert!(attempts.check("ben", at("192.0.2.1"), NOW).is_err());
    }

    #[test]
    fn unknown_tokens_do_not_count_as_passwords() {
        let attempts = Attempts::new(LIMITS);
        for _ in 0..LIMITS.address {
            assert!(attempts.unknown_token(at("192.0.2.1"), NOW).is_ok());
        }
        assert!(attempts.unknown_token(at("192.0.2.1"), NOW).is_err());
        assert!(attempts.check("ana", at("192.0.2.1"), NOW).is_ok());
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        let attempts = Attempts::new(Limits {
            pair: 0,
            address: 0,
            account: 0,
        });
        fail(&attempts, "ana", "192.0.2.1", 10_000);
        assert!(attempts.check("ana", at("192.0.2.1"), NOW).is_ok());
        assert!(attempts.unknown_token(at("192.0.2.1"), NOW).is_ok());
    }
}
