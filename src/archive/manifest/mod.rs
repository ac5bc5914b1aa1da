//! MANIFEST.json: its own structure; what it says about the collection is judged by [`info`].

pub mod dependencies;
pub mod fields;
pub mod files;
pub mod info;
pub mod json;
pub mod spdx;

use std::borrow::Cow;

use crate::archive::manifest::fields::Fields;
use crate::archive::manifest::info::CollectionInfo;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::tape::ADVICE;

/// Where it lies, from the root of the archive.
pub const NAME: &str = "MANIFEST.json";
/// Where the list of files lies, which the manifest points to.
pub const FILES: &str = "FILES.json";

/// What MANIFEST.json says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The collection.
    pub info: CollectionInfo,
    /// The SHA-256 that FILES.json should have, as it is written; `None` if there is none.
    pub files_sha256: Option<String>,
}

/// Reads the text of MANIFEST.json and applies every rule of contract 06 §6.3, in the order of the reference.
///
/// Unknown keys are refused. The number of the format is not looked at, as on the reference.
pub fn parse(text: &str) -> Result<Manifest, Rejection> {
    let fields = Fields::parse(text).map_err(|error| json::fault(NAME, &error))?;
    let info = match fields.raw("collection_info") {
        Some(raw) if raw.starts_with('{') => Fields::parse(raw),
        other => return Err(not_a_mapping(other)),
    };
    let info = info::read(&info.map_err(|error| json::fault(NAME, &error))?)?;
    let Some(files) = fields.raw("file_manifest_file") else {
        return Err(Rejection::invalid(
            "MANIFEST.json did not contain a 'file_manifest_file' item pointing to FILES.json",
        ));
    };
    let files_sha256 = files_sha256(files)?;
    let known = ["collection_info", "file_manifest_file", "format"];
    fields.refuse_unknown("CollectionArtifactManifest", &known)?;
    Ok(Manifest { info, files_sha256 })
}

fn files_sha256(raw: &str) -> Result<Option<String>, Rejection> {
    let fields = Fields::parse(raw).map_err(|_| elsewhere("something else"))?;
    let known = [
        "name",
        "ftype",
        "src_name",
        "chksum_type",
        "chksum_sha256",
        "format",
    ];
    fields.refuse_unknown("CollectionArtifactFile", &known)?;
    match fields.scalar("name").text() {
        Some(name) if name == FILES => {}
        Some(name) => return Err(elsewhere(&quoted(&name))),
        None => return Err(elsewhere("no name")),
    }
    let sha256 = fields.scalar("chksum_sha256").text();
    Ok(sha256.map(Cow::into_owned))
}

/// The reference reads whatever file is named; `ansible-galaxy` writes no name but this one.
fn elsewhere(found: &str) -> Rejection {
    Rejection::invalid(format!(
        "The 'file_manifest_file' of MANIFEST.json must point to FILES.json, \
         instead found {found}. Please {ADVICE}"
    ))
}

/// In the words of the reference, although they are those of its language.
fn not_a_mapping(raw: Option<&str>) -> Rejection {
    let kind = match raw.and_then(|raw| raw.bytes().next()) {
        None | Some(b'n') => "NoneType",
        Some(b'"') => "str",
        Some(b'[') => "list",
        Some(b't' | b'f') => "bool",
        Some(_) => "number",
    };
    let class = "galaxy_importer.schema.CollectionInfo()";
    Rejection::invalid(format!(
        "{class} argument after ** must be a mapping, not {kind}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = r#""collection_info": {"namespace": "acme", "name": "tools", "version": "1.0.0",
        "authors": ["Ada"], "readme": "README.md", "license": ["MIT"], "repository": "https://x"}"#;

    fn refusal(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_manifest_leads_to_files_json() {
        let files = r#""file_manifest_file": {"name": "FILES.json", "ftype": "file",
            "chksum_type": "sha256", "chksum_sha256": "abc", "format": 1}"#;
        let manifest = parse(&format!("{{{INFO}, {files}, \"format\": 1}}")).unwrap();
        assert_eq!(manifest.files_sha256.as_deref(), Some("abc"));
        assert_eq!(manifest.info.name.as_str(), "tools");
        assert_eq!(
            refusal(&format!("{{{INFO}, {files}, \"surprise\": 1}}")),
            "CollectionArtifactManifest.__init__() got an unexpected keyword argument 'surprise'"
        );
    }

    #[test]
    fn a_manifest_without_its_parts_is_refused_in_the_words_of_the_reference() {
        assert_eq!(
            refusal("{}"),
            "galaxy_importer.schema.CollectionInfo() argument after ** must be a mapping, not NoneType"
        );
        assert_eq!(
            refusal(&format!("{{{INFO}}}")),
            "MANIFEST.json did not contain a 'file_manifest_file' item pointing to FILES.json"
        );
        let elsewhere = r#""file_manifest_file": {"name": "../FILES.json", "ftype": "file"}"#;
        assert!(refusal(&format!("{{{INFO}, {elsewhere}}}")).contains("'../FILES.json'"));
    }

    #[test]
    fn what_is_not_an_object_is_refused_with_its_place() {
        for text in [
            "",
            "null",
            "[]",
            "{\"a\": 1,}",
            "\u{feff}{}",
            &"[".repeat(100_000),
        ] {
            let refusal = refusal(text);
            assert!(refusal.starts_with("MANIFEST.json ") && refusal.contains(" line 1 column "));
        }
    }
}
