//! The digest of a namespace's metadata, in the one spelling that mirrors recompute.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::Digest as _;
use sha2::Sha256;

use crate::domain::namespaces::Profile;

/// SHA-256 of the profile as JSON with sorted keys, `", "` and `": "` between, non-ASCII escaped
/// (contract 02 §2.9: mirrors recompute it and refuse a mismatch, so it is matched byte for byte).
pub fn digest(name: &str, profile: &Profile) -> String {
    let links = profile
        .links
        .iter()
        .map(|link| (link.name.as_str(), link.url.as_str()))
        .collect();
    let document = Document {
        avatar_sha256: profile.avatar_sha256.as_deref(),
        company: &profile.company,
        description: &profile.description,
        email: &profile.email,
        links,
        name,
        resources: &profile.resources,
    };
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, PythonStyle);
    // Strings and one map into a Vec: there is nothing that could fail.
    let written = document.serialize(&mut serializer);
    debug_assert!(written.is_ok());
    hex::encode(Sha256::digest(&bytes))
}

/// The fields in alphabetical order, which is the order they are hashed in.
#[derive(Serialize)]
struct Document<'a> {
    avatar_sha256: Option<&'a str>,
    company: &'a str,
    description: &'a str,
    email: &'a str,
    links: BTreeMap<&'a str, &'a str>,
    name: &'a str,
    resources: &'a str,
}

/// JSON as Python's `json.dumps(…, sort_keys=True)` writes it.
struct PythonStyle;

impl serde_json::ser::Formatter for PythonStyle {
    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first {
            Ok(())
        } else {
            writer.write_all(b", ")
        }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
    ) -> std::io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> std::io::Result<()> {
        let mut units = [0_u16; 2];
        for character in fragment.chars() {
            // Python escapes what lies outside ASCII, each UTF-16 unit on its own.
            if character.is_ascii() {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::namespaces::Link;

    #[test]
    fn the_digest_is_that_of_the_reference() {
        // Recorded from the reference: namespaces that have a name only, and one with a profile.
        let plain = |name| digest(name, &Profile::default());
        assert_eq!(
            plain("rec_gamma"),
            "5025af5078aafe451a531390d7281fcc2f848410b233c96afdd05f816651e551"
        );
        assert_eq!(
            plain("1rec"),
            "a5c0cb7616b1b28715bb3b8cd7ed882de66d037acf01386cbdc39bf87936c70d"
        );
        let profile = Profile {
            company: "Rec Alpha Inc".to_owned(),
            email: "alpha@example.com".to_owned(),
            description: "Alpha things".to_owned(),
            resources: "# Resources".to_owned(),
            links: vec![Link {
                name: "Home".to_owned(),
                url: "https://example.com/".to_owned(),
            }],
            avatar_sha256: None,
        };
        assert_eq!(
            digest("rec_alpha", &profile),
            "63ad0ceee7915984085146a26be7b3a12fed73c52766d1d9a2e771d2e97bb314"
        );
    }
}
