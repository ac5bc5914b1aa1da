//! What a password that somebody chooses must be like: the four rules of the reference, in its order and words.

use std::collections::HashMap;
use std::io::Read;

use anyhow::Context;
use flate2::read::GzDecoder;

use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;

/// Longest password, in characters.
const LENGTH_MAX: usize = 128;

/// Common passwords in lower case, one a line: the list of Django, whose licence lies beside it.
const COMMON: &[u8] = include_bytes!("common-passwords.txt.gz");

/// Whom a password is for: it must not be like any of this.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The name to sign in with.
    pub username: &'a str,
    /// The first name.
    pub first_name: &'a str,
    /// The last name.
    pub last_name: &'a str,
    /// The address.
    pub email: &'a str,
}

/// Refuses a password that breaks a rule; `minimum` is the least number of characters.
pub fn check(password: &str, minimum: usize) -> Result<()> {
    let faults = faults(password, minimum, None)?;
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}

/// Every rule a password breaks. Without an owner it is not compared with one, as the reference does for new users.
pub fn faults(password: &str, minimum: usize, owner: Option<Owner<'_>>) -> Result<Vec<Fault>> {
    let mut found = Vec::new();
    let mut add = |code, message: String| found.push(Fault::new(Some("password"), code, message));
    let length = password.chars().count();
    if length > LENGTH_MAX {
        let message = format!("Ensure this field has no more than {LENGTH_MAX} characters.");
        add("max_length", message);
    }
    if let Some(what) = owner.and_then(|owner| resembles(password, owner)) {
        add(
            "password_too_similar",
            format!("The password is too similar to the {what}."),
        );
    }
    if length < minimum {
        let characters = if minimum == 1 {
            "character"
        } else {
            "characters"
        };
        let message =
            format!("This password is too short. It must contain at least {minimum} {characters}.");
        add("password_too_short", message);
    }
    if is_common(password)? {
        add(
            "password_too_common",
            "This password is too common.".to_owned(),
        );
    }
    if !password.is_empty() && password.chars().all(char::is_numeric) {
        add(
            "password_entirely_numeric",
            "This password is entirely numeric.".to_owned(),
        );
    }
    Ok(found)
}

/// Unpacked for each password: they are chosen rarely, and the list takes more memory than time.
fn is_common(password: &str) -> Result<bool> {
    let mut list = String::new();
    GzDecoder::new(COMMON)
        .read_to_string(&mut list)
        .context("the list of common passwords")?;
    let password = password.to_lowercase();
    let password = password.trim();
    Ok(list.lines().any(|line| line.trim() == password))
}

/// What of its owner a password is like, in words.
fn resembles(password: &str, owner: Owner<'_>) -> Option<&'static str> {
    let attributes = [
        ("username", owner.username),
        ("first name", owner.first_name),
        ("last name", owner.last_name),
        ("email address", owner.email),
    ];
    let password = password.to_lowercase();
    let found = attributes.into_iter().find(|(_, value)| {
        let value = value.to_lowercase();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut parts = value
            .split(|c| !is_word(c))
            .chain([value.as_str()])
            .filter(|part| !part.is_empty());
        parts.any(|part| is_similar(&password, part))
    });
    found.map(|(name, _)| name)
}

/// Whether seven tenths of the characters of both are the same, wherever they stand.
fn is_similar(password: &str, part: &str) -> bool {
    let mut left: HashMap<char, usize> = HashMap::new();
    part.chars().for_each(|c| *left.entry(c).or_default() += 1);
    let mut shared = 0;
    for c in password.chars() {
        if let Some(count) = left.get_mut(&c).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    let both = password.chars().count() + part.chars().count();
    20 * shared >= 7 * both
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Owner<'_> = Owner {
        username: "ana.lopez",
        first_name: "Ana",
        last_name: "Lopez-Garcia",
        email: "ana@engineering.example.com",
    };

    fn codes(password: &str, owner: Option<Owner<'_>>) -> Vec<&'static str> {
        let faults = faults(password, 9, owner).unwrap();
        faults.iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn a_password_is_told_every_rule_it_breaks() {
        assert_eq!(
            codes("12345", None),
            [
                "password_too_short",
                "password_too_common",
                "password_entirely_numeric"
            ]
        );
        assert_eq!(
            codes("x", None),
            ["password_too_short", "password_too_common"]
        );
        assert_eq!(codes(" PassWord1 ", None), ["password_too_common"]);
        assert_eq!(codes("834729471923", None), ["password_entirely_numeric"]);
        assert_eq!(codes(&"ab".repeat(65), None), ["max_length"]);
        for good in [
            "rec-Passw0rd-2",
            "correct horse battery",
            "another-Passw0rd-9",
        ] {
            assert_eq!(codes(good, None), [""; 0], "{good}");
        }
        assert_eq!(codes("", None), ["password_too_short"]);
    }

    #[test]
    fn a_password_must_not_be_like_its_owner() {
        for like in ["ana.lopez", "zepol.anA1", "Engineering7", "garcia-Lopez"] {
            assert_eq!(codes(like, Some(ANA)), ["password_too_similar"], "{like}");
        }
        assert_eq!(codes("ana-Passw0rd-2", Some(ANA)), [""; 0]);
        assert_eq!(codes("ana.lopez", None), [""; 0]);
        // Whoever has no name yet is like nothing.
        let nobody = Owner {
            username: "",
            first_name: "",
            last_name: "",
            email: "",
        };
        assert_eq!(codes("rec-Passw0rd-2", Some(nobody)), [""; 0]);
    }
}
