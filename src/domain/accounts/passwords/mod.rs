//! Passwords: Argon2id. What a new one must be like is the part of [`rules`].

pub mod argon;
mod django;
pub mod rules;
pub mod verified;

use std::fmt;

use argon2::Params;
use argon2::password_hash::phc::Output;
use argon2::password_hash::phc::Salt;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use crate::domain::accounts::passwords::argon::Cost;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::random;

/// A stored password: a PHC string, or what the reference stored. One that begins with `!`, or is empty, is nobody's.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    /// Without the hash: passwords are guessed from hashes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_usable() { "a hash" } else { "none" })
    }
}

/// What is stored where there is no password: no hash, so nothing matches it.
const UNUSABLE: &str = "!";

impl PasswordHash {
    /// As [`PasswordHash::with`] at the default cost, for those who know no settings.
    pub fn new(password: &str) -> Result<Self> {
        Self::with(password, &Cost::default())
    }

    /// Hashes `password` with a salt of its own. Takes tens of milliseconds by design: call it off the reactor.
    pub fn with(password: &str, cost: &Cost) -> Result<Self> {
        let salt = random::bytes::<16>()?;
        let (params, mut output) = (cost.params(), [0_u8; 32]);
        let written = format!("$argon2id$v=19${params}");
        argon::compute(params.clone(), password.as_bytes(), &salt, &mut output)
            .map_err(|error| anyhow::anyhow!("hashing a password: {error}"))?;
        let [salt, output] =
            [salt.as_slice(), output.as_slice()].map(|bytes| BASE64_STANDARD_NO_PAD.encode(bytes));
        Ok(Self(format!("{written}${salt}${output}")))
    }

    /// Takes a hash that was made elsewhere, if it is one that can be checked here.
    pub fn parse(text: &str) -> Option<Self> {
        let is_argon = || parts(text).is_some();
        (django::is_sound(text) || is_argon()).then(|| Self(text.to_owned()))
    }

    /// The password of somebody who has none: nothing matches it.
    pub fn unusable() -> Self {
        Self(UNUSABLE.to_owned())
    }

    /// The SHA-256 of what is stored: tells two hashes apart without keeping the older one.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// Whether there is a password at all.
    pub fn is_usable(&self) -> bool {
        !self.0.is_empty() && !self.0.starts_with(UNUSABLE)
    }

    pub(in crate::domain::accounts) fn from_column(text: String) -> Self {
        Self(text)
    }

    /// What is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `password` is the one that was hashed; `None`, at once, if what is stored is nobody's password.
    /// Else it takes as long as hashing does.
    pub fn matches(&self, password: &str) -> Option<bool> {
        django::compare(&self.0, password).or_else(|| self.compare(password))
    }

    /// Whether it would be stored otherwise today.
    pub fn is_outdated(&self, cost: &Cost) -> bool {
        let current = format!("$argon2id$v=19${}$", cost.params());
        !self.0.starts_with(&current)
    }

    fn compare(&self, password: &str) -> Option<bool> {
        let (params, salt, output) = parts(&self.0)?;
        let mut computed = vec![0; output.len()];
        argon::compute(params, password.as_bytes(), salt.as_ref(), &mut computed).ok()?;
        // Outputs compare in constant time.
        Some(Output::new(&computed).ok()? == output)
    }
}

/// What a stored Argon2id hash is made of; `None` if it is none, or one that would cost too much to check.
fn parts(stored: &str) -> Option<(Params, Salt, Output)> {
    let stored = argon2::PasswordHash::new(django::without_prefix(stored)).ok()?;
    let is_ours = stored.algorithm.as_str() == "argon2id" && stored.version == Some(0x13);
    let params = Params::try_from(&stored)
        .ok()
        .filter(|params| is_ours && argon::is_bearable(params))?;
    Some((params, stored.salt?, stored.hash?))
}

/// Spends the time of a check without a password to check, so that an answer does not tell who exists.
pub fn burn(password: &str, cost: &Cost) {
    let _nobody_has_it = PasswordHash::with(password, cost);
}

/// A password nobody chose: 120 random bits in letters and digits that are easy to copy.
pub fn generate() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    Ok(random::bytes::<24>()?
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_that_was_hashed_matches() {
        let hash = PasswordHash::new("correct horse").unwrap();
        assert!(hash.as_str().starts_with("$argon2id$"));
        assert_eq!(hash.matches("correct horse"), Some(true));
        assert_eq!(hash.matches("wrong horse"), Some(false));
        let as_django_has_it = PasswordHash::from_column(format!("argon2{}", hash.as_str()));
        assert_eq!(as_django_has_it.matches("correct horse"), Some(true));
    }

    #[test]
    fn what_was_stored_at_another_cost_or_by_the_reference_is_outdated() {
        let hash = PasswordHash::new("correct horse").unwrap();
        assert!(!hash.is_outdated(&Cost::default()));
        assert!(hash.is_outdated(&Cost::new(19_456, 3, 1).unwrap()));
        let of_reference = PasswordHash::from_column("pbkdf2_sha256$1$salt$x".to_owned());
        assert!(of_reference.is_outdated(&Cost::default()));
    }

    #[test]
    fn an_unusable_password_is_nobodys() {
        let good = PasswordHash::new("x").unwrap();
        for stored in [
            String::new(),
            "!".to_owned(),
            format!("!{}", good.as_str()),
            good.as_str().replace("argon2id", "argon2d"),
            good.as_str().replace("m=19456", "m=4294967295"),
            good.as_str().replace("t=2", "t=4000000"),
        ] {
            let hash = PasswordHash::from_column(stored);
            assert_eq!(hash.matches("x"), None, "{hash:?}");
        }
    }

    #[test]
    fn hashes_of_elsewhere_are_taken_where_they_can_be_checked() {
        let own = PasswordHash::new("correct horse").unwrap();
        assert_eq!(PasswordHash::parse(own.as_str()), Some(own));
        for bad in [
            "",
            "!",
            "correct horse",
            "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
            "$argon2id$v=19$m=40000000,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
            "$argon2id$v=19$m=19456,t=2,p=1",
        ] {
            assert_eq!(PasswordHash::parse(bad), None, "{bad}");
        }
        let nobody = PasswordHash::unusable();
        assert!(!nobody.is_usable());
        assert_eq!((nobody.matches("!"), nobody.matches("")), (None, None));
    }
}
