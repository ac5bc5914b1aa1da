//! Passwords: Argon2id, and the rule a new one must keep.

use std::sync::LazyLock;

use argon2::Params;
use argon2::password_hash::phc::Output;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use crate::domain::accounts::argon;
use crate::domain::accounts::django;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

/// A hashed password: a PHC string of Argon2, or PBKDF2 as the reference stores it; or a text that nothing matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// What is stored where there is no password: no hash, so nothing matches it.
const UNUSABLE: &str = "!";

impl PasswordHash {
    /// Hashes `password` with a salt of its own. Takes tens of milliseconds by design: call it off the reactor.
    pub fn new(password: &str) -> Result<Self> {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        let (params, mut output) = (Params::default(), [0_u8; 32]);
        let written = format!("$argon2id$v=19${params}");
        argon::compute(params, password.as_bytes(), &salt, &mut output)
            .map_err(|error| anyhow::anyhow!("hashing a password: {error}"))?;
        let [salt, output] =
            [salt.as_slice(), output.as_slice()].map(|bytes| BASE64_STANDARD_NO_PAD.encode(bytes));
        Ok(Self(format!("{written}${salt}${output}")))
    }

    pub(super) fn from_column(text: String) -> Self {
        Self(text)
    }

    /// Takes a hash that was made elsewhere, if it is one that can be checked here.
    pub fn parse(text: &str) -> Option<Self> {
        let is_argon = || {
            let stored = argon2::PasswordHash::new(text).ok()?;
            let params = Params::try_from(&stored).ok()?;
            let bounded = params.m_cost() <= MEMORY_MAX && params.t_cost() <= PASSES_MAX;
            let whole = stored.salt.is_some() && stored.hash.is_some();
            Some(stored.algorithm.as_str() == "argon2id" && bounded && whole)
        };
        (django::Stored::parse(text).is_some() || is_argon() == Some(true))
            .then(|| Self(text.to_owned()))
    }

    /// The hash of nobody's password, for accounts that sign in by other means.
    pub fn unusable() -> Self {
        Self(UNUSABLE.to_owned())
    }

    /// Whether there is a password at all.
    pub fn is_usable(&self) -> bool {
        !self.0.starts_with(UNUSABLE)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `password` is the one that was hashed. Takes as long as hashing does.
    pub fn matches(&self, password: &str) -> bool {
        self.compare(password).unwrap_or_else(|| {
            burn(password);
            false
        })
    }

    /// `None` if what is stored is no hash that can be checked.
    fn compare(&self, password: &str) -> Option<bool> {
        if let Some(stored) = django::Stored::parse(&self.0) {
            return Some(stored.matches(password));
        }
        let stored = argon2::PasswordHash::new(&self.0).ok()?;
        let params = Params::try_from(&stored).ok()?;
        let (salt, output) = (stored.salt?, stored.hash?);
        let mut computed = vec![0; output.len()];
        argon::compute(params, password.as_bytes(), salt.as_ref(), &mut computed).ok()?;
        // Outputs compare in constant time.
        Some(Output::new(&computed).ok()? == output)
    }
}

/// The most memory, in KiB, and the most passes that a hash made elsewhere may ask for.
const MEMORY_MAX: u32 = 128 * 1024;
const PASSES_MAX: u32 = 10;

/// Spends the time of a check without a user to check, so that an answer does not tell who exists.
pub fn burn(password: &str) {
    static NOBODY: LazyLock<Option<PasswordHash>> =
        LazyLock::new(|| PasswordHash::new("nobody").ok());
    if let Some(hash) = &*NOBODY {
        let _nobody_matches = hash.matches(password);
    }
}

/// Checks a password somebody chose: `minimum` characters at least, and not digits alone.
pub fn check_rule(password: &str, minimum: usize) -> Result<()> {
    if password.chars().count() < minimum {
        let message =
            format!("This password is too short. It must contain at least {minimum} characters.");
        return Err(Error::invalid("password", "password_too_short", message));
    }
    if password.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::invalid(
            "password",
            "password_entirely_numeric",
            "This password is entirely numeric.",
        ));
    }
    Ok(())
}

/// A password nobody chose: 120 random bits in letters and digits that are easy to copy.
pub fn generate() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0_u8; 24];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(random
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
        assert!(hash.matches("correct horse"));
        assert!(!hash.matches("wrong horse"));
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
            "$argon2id$v=19$m=4000000,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
            "$argon2id$v=19$m=19456,t=2,p=1",
        ] {
            assert_eq!(PasswordHash::parse(bad), None, "{bad}");
        }
        let nobody = PasswordHash::unusable();
        assert!(!nobody.is_usable() && !nobody.matches("!") && !nobody.matches(""));
    }
}
