//! Passwords as the reference stores them: `pbkdf2_sha256$<iterations>$<salt>$<base64>`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use sha2::Sha256;

/// The most iterations that are checked: ten times what the reference uses, so that a hash cannot occupy a core.
const ITERATIONS_MAX: u32 = 10_000_000;
/// How long the output is, in bytes.
const LENGTH: usize = 32;

/// The parts of a stored password.
pub(super) struct Stored<'t> {
    iterations: u32,
    salt: &'t str,
    output: Vec<u8>,
}

impl<'t> Stored<'t> {
    /// Takes `text` apart, if it is of this form.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.strip_prefix("pbkdf2_sha256$")?.split('$');
        let (iterations, salt, output) = (parts.next()?, parts.next()?, parts.next()?);
        let iterations = iterations.parse().ok()?;
        let output = BASE64_STANDARD.decode(output).ok()?;
        let sound = parts.next().is_none()
            && (1..=ITERATIONS_MAX).contains(&iterations)
            && !salt.is_empty()
            && output.len() == LENGTH;
        sound.then_some(Self {
            iterations,
            salt,
            output,
        })
    }

    /// Whether `password` is the one behind it. Takes as long as the iterations do.
    pub(super) fn matches(&self, password: &str) -> bool {
        let mut computed = [0; LENGTH];
        let salt = self.salt.as_bytes();
        pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, self.iterations, &mut computed);
        equal(&computed, &self.output)
    }
}

/// Compares in a time that tells nothing: by digests under a key that was made for the occasion.
fn equal(one: &[u8], other: &[u8]) -> bool {
    let mut key = [0; 64];
    if getrandom::fill(&mut key).is_err() {
        return false;
    }
    let seal = |bytes: &[u8]| {
        let mut mac = Hmac::<Sha256>::new(&key.into());
        mac.update(bytes);
        mac
    };
    seal(one)
        .verify_slice(&seal(other).finalize().into_bytes())
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_the_reference_goes_on_to_work() {
        // hashlib.pbkdf2_hmac("sha256", b"correct horse", b"saltsalt", 1000), in base64
        let text = "pbkdf2_sha256$1000$saltsalt$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0=";
        let stored = Stored::parse(text).unwrap();
        assert!(stored.matches("correct horse"));
        assert!(!stored.matches("wrong horse"));
    }

    #[test]
    fn other_forms_are_not_taken() {
        let good = "pbkdf2_sha256$1000$saltsalt$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0=";
        for bad in [
            good.replace("sha256", "sha1"),
            good.replace("1000", "0"),
            good.replace("1000", "99999999"),
            good.replace("saltsalt", ""),
            good.replace("=", ""),
            format!("{good}$x"),
        ] {
            assert!(Stored::parse(&bad).is_none(), "{bad}");
        }
    }
}
