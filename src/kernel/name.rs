//! Names of namespaces and collections, and the file names made of them.

use std::fmt;

use crate::kernel::version::Version;

/// Longest namespace, and longest collection name, in characters (contract 06 §6.1).
pub const NAME_MAX: usize = 64;

/// A namespace or collection name as it may stand inside an artifact: `^(?!.*__)[a-z][0-9a-z_]*$`, at most 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Takes `text` if it is a valid name.
    pub fn parse(text: &str) -> Option<Self> {
        (Self::is_well_formed(text) && text.len() <= NAME_MAX).then(|| Self(text.to_owned()))
    }

    /// The pattern alone, without the length: messages tell the two apart.
    pub fn is_well_formed(text: &str) -> bool {
        let bytes = text.as_bytes();
        bytes.first().is_some_and(u8::is_ascii_lowercase)
            && bytes
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
            && !text.contains("__")
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an artifact's file name says: `namespace-name-version.tar.gz` (contract 06 §6.1).
///
/// Namespace and name are plain text here: the file name rule is looser than [`Name`],
/// and a manifest that breaks the stricter rule is told so by the import, not by the upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactName {
    /// The namespace, `\w+`.
    pub namespace: String,
    /// The collection name, `\w+`.
    pub name: String,
    /// The version.
    pub version: Version,
}

/// Why a file name is not that of an artifact; the texts are those of the reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactNameError {
    /// Not three parts, or not `.tar.gz`.
    #[error("Invalid filename {0}. Expected format: namespace-name-version.tar.gz")]
    Format(String),
    /// The third part is not a semantic version.
    #[error(
        "Invalid version string {version} from filename {file}. Expected semantic version format."
    )]
    Version {
        /// The part that should be a version.
        version: String,
        /// The whole file name.
        file: String,
    },
    /// A part is longer than allowed.
    #[error("Expected {part} to be max length of {max}")]
    Length {
        /// `namespace`, `name` or `version`.
        part: &'static str,
        /// The longest length that is allowed.
        max: usize,
    },
}

impl ArtifactName {
    /// Reads a file name; directories in front of it are dropped first, as the reference does.
    pub fn parse(file: &str) -> Result<Self, ArtifactNameError> {
        let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let format = || ArtifactNameError::Format(base.to_owned());
        let stem = base.strip_suffix(".tar.gz").ok_or_else(format)?;
        let mut parts = stem.splitn(3, '-');
        let (Some(namespace), Some(name), Some(version)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(format());
        };
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        let version_text = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-'))
        };
        if !word(namespace) || !word(name) || !version_text(version) {
            return Err(format());
        }
        for (part, text, max) in [
            ("namespace", namespace, NAME_MAX),
            ("name", name, NAME_MAX),
            ("version", version, Version::MAX_LENGTH),
        ] {
            if text.len() > max {
                return Err(ArtifactNameError::Length { part, max });
            }
        }
        let Some(parsed) = Version::parse(version) else {
            return Err(ArtifactNameError::Version {
                version: version.to_owned(),
                file: base.to_owned(),
            });
        };
        Ok(Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            version: parsed,
        })
    }
}

impl fmt::Display for ArtifactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}-{}.tar.gz",
            self.namespace, self.name, self.version
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_pattern_of_the_importer() {
        for good in ["a", "acme", "a1_b", "community"] {
            assert!(Name::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "1st",
            "_under",
            "two__under",
            "Upper",
            "da-sh",
            "do.t",
            "naïve",
            "line\n",
            &"x".repeat(65),
        ] {
            assert!(Name::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_name_is_split_at_its_first_two_dashes() {
        let name = ArtifactName::parse("../../acme-tools-1.0.0-rc.1+b-2.tar.gz").unwrap();
        assert_eq!(
            (name.namespace.as_str(), name.name.as_str()),
            ("acme", "tools")
        );
        assert_eq!(name.version.as_str(), "1.0.0-rc.1+b-2");
        assert_eq!(name.to_string(), "acme-tools-1.0.0-rc.1+b-2.tar.gz");
    }

    #[test]
    fn a_wrong_file_name_is_answered_in_the_words_of_the_reference() {
        let text = |file: &str| ArtifactName::parse(file).unwrap_err().to_string();
        assert_eq!(
            text("a-wrong-name.tar.gz"),
            "Invalid version string name from filename a-wrong-name.tar.gz. Expected semantic version format."
        );
        assert_eq!(
            text("a-b-1.0.0.zip"),
            "Invalid filename a-b-1.0.0.zip. Expected format: namespace-name-version.tar.gz"
        );
        assert_eq!(
            text(&format!("a-b-1.0.0-{}.tar.gz", "9".repeat(128))),
            "Expected version to be max length of 128"
        );
        assert_eq!(
            text(&format!("a-{}-1.0.0.tar.gz", "n".repeat(65))),
            "Expected name to be max length of 64"
        );
    }
}
