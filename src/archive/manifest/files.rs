//! FILES.json: the list of everything in the archive, with checksums.
//!
//! Checked against the tree of the archive in both directions (contract 06 §6.4).
//! Start reading at [`check`].

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::Visitor;

use crate::archive::manifest;
use crate::archive::manifest::fields::Scalar;
use crate::archive::manifest::json;
use crate::archive::quote::quoted_list;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;

/// Checks the text of FILES.json against what is in the archive.
///
/// Every row for a file must lead to a file with its checksum, links followed; rows for directories
/// may name anything. Every path of the archive must have a row, this file and MANIFEST.json aside.
/// Keys that nobody knows are passed over, as on the reference.
pub fn check(text: &str, tree: &Tree) -> Result<(), Rejection> {
    let listing: Listing<'_> =
        serde_json::from_str(text).map_err(|error| json::fault(manifest::FILES, &error))?;
    for row in listing.rows.iter().filter(|row| row.is_file) {
        check_sum(&row.name, row.sha256.as_deref(), tree)?;
    }
    let listed: HashSet<&str> = listing.rows.iter().map(|row| row.name.as_ref()).collect();
    let unlisted: Vec<&str> = tree
        .paths()
        .filter(|path| ![manifest::FILES, manifest::NAME].contains(path) && !listed.contains(path))
        .collect();
    match unlisted.is_empty() {
        true => Ok(()),
        false => Err(Rejection::invalid(format!(
            "Files in the artifact but not the file manifest: {}",
            quoted_list(&unlisted)
        ))),
    }
}

/// Checks that there is a file of this name and that its SHA-256, in hexadecimal, is the one that is `stated`.
pub fn check_sum(name: &str, stated: Option<&str>, tree: &Tree) -> Result<(), Rejection> {
    let file = match tree.find(name) {
        Found::File(file) => file,
        Found::Directory => {
            return Err(Rejection::invalid(format!(
                "File {name} is a directory in the artifact"
            )));
        }
        Found::Nothing => {
            return Err(Rejection::invalid(format!(
                "The file ({name}) was not found"
            )));
        }
    };
    let actual = hex::encode(file.sha256);
    match stated == Some(actual.as_str()) {
        true => Ok(()),
        false => Err(Rejection::invalid(format!(
            "File {name} sha256sum should be {} but the actual sha256sum was {actual}",
            stated.unwrap_or("None")
        ))),
    }
}

/// The part of FILES.json that counts.
#[derive(Debug)]
struct Listing<'a> {
    rows: Vec<Row<'a>>,
}

#[derive(Debug)]
struct Row<'a> {
    name: Cow<'a, str>,
    is_file: bool,
    sha256: Option<Cow<'a, str>>,
}

// Both are read by hand because the derived code refuses a key that comes twice;
// Python takes the last one.

impl<'de: 'a, 'a> Deserialize<'de> for Listing<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListingVisitor)
    }
}

struct ListingVisitor;

impl<'de> Visitor<'de> for ListingVisitor {
    type Value = Listing<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list 'files'")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listing<'de>, A::Error> {
        let mut rows = None;
        while let Some(key) = map.next_key::<Scalar<'de>>()? {
            match key.text().as_deref() {
                Some("files") => rows = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let rows = rows.ok_or_else(|| Error::missing_field("files"))?;
        Ok(Listing { rows })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Row<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with 'name', 'ftype' and 'chksum_sha256'")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
        let (mut name, mut kind, mut sha256) = (None, None, None);
        while let Some(key) = map.next_key::<Scalar<'de>>()? {
            let slot = match key.text().as_deref() {
                Some("name") => &mut name,
                Some("ftype") => &mut kind,
                Some("chksum_sha256") => &mut sha256,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = map.next_value::<Scalar<'de>>()?.text();
        }
        Ok(Row {
            name: name.ok_or_else(|| Error::missing_field("name"))?,
            is_file: kind.ok_or_else(|| Error::missing_field("ftype"))? == "file",
            sha256,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::limits::Limits;
    use crate::archive::sample;
    use crate::archive::tarball::walk::walk;

    fn checked(rows: &str) -> Result<(), String> {
        let tar = [
            sample::file("docs/a.md", b"text"),
            sample::link(b'2', "link.md", "docs/a.md"),
        ];
        let tree = walk(
            tar.concat().as_slice(),
            &Limits::default(),
            1 << 20,
            &mut (),
        )
        .unwrap();
        let text = format!("{{\"files\": [{rows}], \"format\": 1}}");
        check(&text, &tree).map_err(|refusal| refusal.to_string())
    }

    fn row(name: &str, ftype: &str, sha256: &str) -> String {
        format!(r#"{{"name": "{name}", "ftype": "{ftype}", "chksum_sha256": {sha256}}}"#)
    }

    fn complete(more: &str) -> String {
        let sum = format!("\"{}\"", sample::sha256(b"text"));
        let rows = [
            row("docs", "dir", "null"),
            row("docs/a.md", "file", &sum),
            row("link.md", "file", &sum),
        ];
        rows.join(",") + more
    }

    #[test]
    fn a_complete_list_is_taken_and_a_link_is_checked_by_what_it_leads_to() {
        assert_eq!(checked(&complete("")), Ok(()));
        let directory = row("not-there", "dir", "null");
        assert_eq!(checked(&complete(&format!(",{directory}"))), Ok(()));
    }

    #[test]
    fn what_is_listed_must_be_there_with_its_checksum() {
        let refusal = |more: String| checked(&complete(&format!(",{more}"))).unwrap_err();
        let zeros = format!("\"{}\"", "0".repeat(64));
        let actual = sample::sha256(b"text");
        assert_eq!(
            refusal(row("docs/a.md", "file", &zeros)),
            format!(
                "File docs/a.md sha256sum should be {} but the actual sha256sum was {actual}",
                "0".repeat(64)
            )
        );
        assert_eq!(
            refusal(row("docs/a.md", "file", "null")),
            format!(
                "File docs/a.md sha256sum should be None but the actual sha256sum was {actual}"
            )
        );
        for name in ["docs/missing.md", "../../etc/hostname", "/etc/hostname"] {
            let expected = format!("The file ({name}) was not found");
            assert_eq!(refusal(row(name, "file", &zeros)), expected);
        }
        assert!(refusal(row("docs", "file", &zeros)).contains("is a directory"));
    }

    #[test]
    fn what_is_there_must_be_listed() {
        let sum = format!("\"{}\"", sample::sha256(b"text"));
        assert_eq!(
            checked(&row("docs/a.md", "file", &sum)).unwrap_err(),
            "Files in the artifact but not the file manifest: ['docs', 'link.md']"
        );
    }

    #[test]
    fn a_list_of_another_form_is_refused_with_its_place() {
        for rows in [
            "{",
            "1",
            "{}",
            r#"{"name": null, "ftype": "dir"}"#,
            r#"{"name": "a"}"#,
        ] {
            let refusal = checked(rows).unwrap_err();
            assert!(refusal.starts_with("FILES.json ") && refusal.contains(" line 1 column "));
        }
        let tree = Tree::new(&Limits::default());
        assert!(check("{\"format\": 1}", &tree).is_err());
        assert!(check("[]", &tree).is_err());
    }

    #[test]
    fn the_last_of_two_equal_keys_counts_and_unknown_ones_do_not() {
        let sum = sample::sha256(b"text");
        let twice = format!(
            r#"{{"name": "x", "ftype": "dir", "ftype": "file", "name": "docs/a.md",
                "chksum_sha256": "{sum}", "mode": [1e400, {{}}]}}"#
        );
        assert_eq!(checked(&complete(&format!(",{twice}"))), Ok(()));
    }
}
