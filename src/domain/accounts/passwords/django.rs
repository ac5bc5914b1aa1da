//! Password hashes as the reference stores them, `pbkdf2_sha256$<iterations>$<salt>$<base64>`: good for one more
//! sign-in each, which replaces them.

use argon2::password_hash::phc::Output;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::Sha256;

const ALGORITHM: &str = "pbkdf2_sha256";
/// The most iterations that are computed: four times what Django asks for today, about a second.
const ITERATIONS_MAX: u32 = 4_000_000;
/// How long an output is, in bytes.
const LENGTH: usize = 32;
/// What Django puts in front of a PHC string.
const ARGON: &str = "argon2";

/// Whether `password` is the one behind `stored`; `None` if that is no such hash, or one that is too expensive.
pub(in crate::domain::accounts) fn compare(stored: &str, password: &str) -> Option<bool> {
    let (iterations, salt, output) = parse(stored)?;
    let mut computed = [0; LENGTH];
    pbkdf2::pbkdf2_hmac::<Sha256>(
        password.as_bytes(),
        salt.as_bytes(),
        iterations,
        &mut computed,
    );
    // Outputs compare in constant time.
    Some(Output::new(&computed).ok()? == Output::new(&output).ok()?)
}

/// Whether some password could match `stored`.
pub(in crate::domain::accounts) fn is_sound(stored: &str) -> bool {
    parse(stored).is_some_and(|(_, salt, output)| !salt.is_empty() && output.len() == LENGTH)
}

/// Iterations, salt and output.
fn parse(stored: &str) -> Option<(u32, &str, Vec<u8>)> {
    let mut parts = stored.split('$');
    let (algorithm, iterations, salt, output) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if algorithm != ALGORITHM || parts.next().is_some() {
        return None;
    }
    let iterations: u32 = iterations.parse().ok()?;
    if !(1..=ITERATIONS_MAX).contains(&iterations) {
        return None;
    }
    Some((iterations, salt, BASE64_STANDARD.decode(output).ok()?))
}

/// The PHC string in `stored`, be it Django's spelling of one or ours.
pub(in crate::domain::accounts) fn without_prefix(stored: &str) -> &str {
    stored
        .strip_prefix(ARGON)
        .filter(|rest| rest.starts_with('$'))
        .unwrap_or(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `django.contrib.auth.hashers.make_password` writes, with few iterations.
    const STORED: &str = "pbkdf2_sha256$1000$seasalt$";

    fn stored(output: &[u8]) -> String {
        format!("{STORED}{}", BASE64_STANDARD.encode(output))
    }

    #[test]
    fn a_hash_of_the_reference_matches_its_password_only() {
        // hashlib.pbkdf2_hmac('sha256', b'letmein', b'seasalt', 1000)
        let output =
            hex::decode("475fc67d6b70a20d53f04bfd5677600e3ce4891cdb16bf09a6626d2fd70c9905")
                .unwrap();
        let stored = stored(&output);
        assert_eq!(compare(&stored, "letmein"), Some(true));
        assert_eq!(compare(&stored, "letmeout"), Some(false));
    }

    #[test]
    fn a_hash_that_is_none_or_costs_too_much_matches_nothing() {
        let output = BASE64_STANDARD.encode([0; 32]);
        for stored in [
            "",
            "!",
            "!unusable",
            "pbkdf2_sha256",
            "pbkdf2_sha256$1000$salt",
            "pbkdf2_sha256$1000$salt$not-base64!",
            &format!("pbkdf2_sha256$0$salt${output}"),
            &format!("pbkdf2_sha256$-1$salt${output}"),
            &format!("pbkdf2_sha256$4000001$salt${output}"),
            &format!("pbkdf2_sha256$99999999999$salt${output}"),
            &format!("pbkdf2_sha1$1000$salt${output}"),
            &format!("pbkdf2_sha256$1000$salt${output}$more"),
        ] {
            assert_eq!(compare(stored, "x"), None, "{stored}");
        }
        let short = BASE64_STANDARD.encode([0; 16]);
        let stored = format!("pbkdf2_sha256$1000$salt${short}");
        assert_eq!(compare(&stored, "x"), Some(false), "cut short");
    }
}
