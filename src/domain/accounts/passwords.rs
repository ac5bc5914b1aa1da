//! Passwords: Argon2id, and the rule a new one must keep.

use std::sync::LazyLock;

use argon2::Params;
use argon2::password_hash::phc::Output;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use crate::domain::accounts::argon;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

/// A hashed password, as a PHC string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

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

    /// No password: none matches. For accounts that somebody else vouches for.
    pub fn unusable() -> Self {
        Self("!".to_owned())
    }

    pub(super) fn from_column(text: String) -> Self {
        Self(text)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `password` is the one that was hashed. Takes as long as hashing does.
    pub fn matches(&self, password: &str) -> bool {
        self.compare(password).unwrap_or(false)
    }

    /// `None` if what is stored is no hash of ours.
    fn compare(&self, password: &str) -> Option<bool> {
        let stored = argon2::PasswordHash::new(&self.0).ok()?;
        let params = Params::try_from(&stored).ok()?;
        let (salt, output) = (stored.salt?, stored.hash?);
        let mut computed = vec![0; output.len()];
        argon::compute(params, password.as_bytes(), salt.as_ref(), &mut computed).ok()?;
        // Outputs compare in constant time.
        Some(Output::new(&computed).ok()? == output)
    }
}

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
        for guess in ["!", ""] {
            assert!(!PasswordHash::unusable().matches(guess));
        }
    }
}
