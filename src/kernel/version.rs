//! Versions of collections: strict SemVer 2.0, ordered by a key that the database can index.

use std::cmp::Ordering;
use std::fmt;

/// A semantic version, kept as its own text, with the key that sorts it.
///
/// Numbers have no upper bound: the reference is written in Python and takes any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    text: String,
    core_end: usize,
    pre_end: usize,
}

impl Version {
    /// Longest version text, in characters (contract 06 §6.1).
    pub const MAX_LENGTH: usize = 128;

    /// Reads `MAJOR.MINOR.PATCH[-pre][+build]`; `None` if `text` is anything else or longer than 128 characters.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > Self::MAX_LENGTH {
            return None;
        }
        let (rest, build) = match text.split_once('+') {
            Some((rest, build)) => (rest, Some(build)),
            None => (text, None),
        };
        let (core, pre) = match rest.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (rest, None),
        };
        let numbers: Vec<&str> = core.split('.').collect();
        let valid = numbers.len() == 3
            && numbers.iter().all(|n| is_number(n))
            && pre.is_none_or(|pre| {
                pre.split('.')
                    .all(|id| is_identifier(id) && (!all_digits(id) || is_number(id)))
            })
            && build.is_none_or(|build| build.split('.').all(is_identifier));
        valid.then(|| Self {
            text: text.to_owned(),
            core_end: core.len(),
            pre_end: rest.len(),
        })
    }

    /// The version as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `MAJOR.MINOR.PATCH`, the three numbers as digits.
    pub fn core(&self) -> [&str; 3] {
        let mut numbers = self.text[..self.core_end].split('.');
        std::array::from_fn(|_| numbers.next().unwrap_or("0"))
    }

    /// The pre-release part without its dash, empty for a release.
    pub fn pre(&self) -> &str {
        self.text[self.core_end..self.pre_end]
            .strip_prefix('-')
            .unwrap_or("")
    }

    /// The build part without its plus, empty if there is none.
    pub fn build(&self) -> &str {
        self.text[self.pre_end..].strip_prefix('+').unwrap_or("")
    }

    /// Whether there is a pre-release part.
    pub fn is_prerelease(&self) -> bool {
        self.core_end != self.pre_end
    }

    /// Bytes whose order is SemVer precedence; versions that differ only in build metadata follow its text.
    ///
    /// A number is its count of digits and then the digits. A release ends in `FF`, above any pre-release.
    /// In a pre-release `01` opens a number, `02` a word (closed by `00`), and `00` ends the list,
    /// so numbers sort below words and a shorter list below a longer one.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.text.len() + 8);
        for number in self.core() {
            push_number(&mut key, number);
        }
        if self.is_prerelease() {
            for id in self.pre().split('.') {
                if all_digits(id) {
                    key.push(1);
                    push_number(&mut key, id);
                } else {
                    key.push(2);
                    key.extend_from_slice(id.as_bytes());
                    key.push(0);
                }
            }
            key.push(0);
        } else {
            key.push(0xFF);
        }
        key.extend_from_slice(self.build().as_bytes());
        key
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn push_number(key: &mut Vec<u8>, digits: &str) {
    // At most 128 characters in a version, so the count fits one byte.
    key.push(u8::try_from(digits.len()).unwrap_or(u8::MAX));
    key.extend_from_slice(digits.as_bytes());
}

pub(super) fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn is_number(text: &str) -> bool {
    all_digits(text) && (text == "0" || !text.starts_with('0'))
}

pub(super) fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn the_precedence_example_of_the_specification_holds() {
        let order = [
            "0.9.0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0+build",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "10.0.0",
            "99999999999999999999999.0.0",
        ];
        for pair in order.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn only_strict_semver_is_a_version() {
        for bad in [
            "",
            "1.0",
            "1.0.0.0",
            "1.01.0",
            "v1.0.0",
            "1.0.0-",
            "1.0.0rc1",
            "1.0.0-01",
            "1.0.0+",
            "1.0.0-a..b",
        ] {
            assert!(Version::parse(bad).is_none(), "{bad:?}");
        }
        assert!(Version::parse(&format!("1.0.0-{}", "9".repeat(123))).is_none());
    }
}
