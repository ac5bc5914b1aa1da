//! `collection_info`: what a collection says about itself, and the rules for it (contract 06 §6.3).
//!
//! The checks run field by field in the order of the reference, since with several faults the first
//! one found is the one that is told. Start reading at [`CollectionInfo`].

use std::collections::BTreeMap;

use crate::archive::manifest::dependencies;
use crate::archive::manifest::fields::Fields;
use crate::archive::manifest::fields::Scalar;
use crate::archive::manifest::spdx;
use crate::archive::quote::quoted_list;
use crate::archive::rejection::Rejection;
use crate::kernel::name::NAME_MAX;
use crate::kernel::name::Name;
use crate::kernel::version::Version;

const AUTHOR_MAX: usize = 64;
const LICENSE_MAX: usize = 32;
const TAG_MAX: usize = 64;
const TAGS_MAX: usize = 20;
const URL_MAX: usize = 2000;

const KEYS: [&str; 14] = [
    "namespace",
    "name",
    "version",
    "license",
    "description",
    "repository",
    "documentation",
    "homepage",
    "issues",
    "authors",
    "tags",
    "license_file",
    "readme",
    "dependencies",
];

/// The metadata of a collection, all rules kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionInfo {
    /// The namespace.
    pub namespace: Name,
    /// The name inside the namespace.
    pub name: Name,
    /// The version.
    pub version: Version,
    /// At least one author, each of at most 64 characters.
    pub authors: Vec<String>,
    /// The path of the README in the archive.
    pub readme: String,
    /// What the collection is for.
    pub description: Option<String>,
    /// A URL, at most 2000 characters.
    pub documentation: Option<String>,
    /// A URL, at most 2000 characters.
    pub homepage: Option<String>,
    /// A URL, at most 2000 characters.
    pub issues: Option<String>,
    /// A URL, at most 2000 characters, not empty.
    pub repository: String,
    /// SPDX identifiers; empty exactly if there is a `license_file`.
    pub license: Vec<String>,
    /// The path of the licence in the archive, not empty.
    pub license_file: Option<String>,
    /// At most 20 tags.
    pub tags: Vec<String>,
    /// The collections needed, `namespace.name`, with a valid version range for each.
    pub dependencies: BTreeMap<String, String>,
}

/// Reads `collection_info` and applies the rules. Unknown keys are refused.
pub fn read(fields: &Fields<'_>) -> Result<CollectionInfo, Rejection> {
    fields.refuse_unknown("CollectionInfo", &KEYS)?;
    let namespace = name(fields, "namespace")?;
    let name = name(fields, "name")?;
    let version = version(fields)?;
    let license = license(fields)?;
    let description = text(fields, "description")?;
    let repository = required(fields, "repository")?;
    check_url("repository", Some(&repository))?;
    let documentation = url(fields, "documentation")?;
    let homepage = url(fields, "homepage")?;
    let issues = url(fields, "issues")?;
    let authors = authors(fields)?;
    let tags = tags(fields)?;
    let license_file = text(fields, "license_file")?.filter(|path| !path.is_empty());
    let readme = required(fields, "readme")?;
    let dependencies = dependencies::read(fields, &namespace, &name)?;
    check_either_license(&license, license_file.as_deref())?;
    Ok(CollectionInfo {
        namespace,
        name,
        version,
        authors,
        readme,
        description,
        documentation,
        homepage,
        issues,
        repository,
        license,
        license_file,
        tags,
        dependencies,
    })
}

/// A text or null.
fn text(fields: &Fields<'_>, key: &str) -> Result<Option<String>, Rejection> {
    match fields.scalar(key) {
        Scalar::Null => Ok(None),
        Scalar::Text(text) if text.contains('\0') => Err(Rejection::metadata(format!(
            "'{key}' must not contain a NUL character"
        ))),
        Scalar::Text(text) => Ok(Some(text.into_owned())),
        Scalar::Broken => Err(Rejection::metadata(format!(
            "'{key}' holds half a surrogate pair"
        ))),
        Scalar::Other => Err(Rejection::metadata(format!("'{key}' must be a string"))),
    }
}

fn require(fields: &Fields<'_>, key: &str) -> Result<(), Rejection> {
    match fields.is_empty(key) {
        true => Err(Rejection::metadata(format!("'{key}' is required"))),
        false => Ok(()),
    }
}

/// A text that is not empty.
fn required(fields: &Fields<'_>, key: &str) -> Result<String, Rejection> {
    require(fields, key)?;
    Ok(text(fields, key)?.unwrap_or_default())
}

/// A list of texts; a missing one is empty.
fn texts(fields: &Fields<'_>, key: &str) -> Result<Vec<String>, Rejection> {
    let list = match fields.raw(key) {
        None => Some(Vec::new()),
        Some(_) => fields.texts(key),
    };
    let list = list
        .ok_or_else(|| Rejection::metadata(format!("Expecting '{key}' to be a list of strings")))?;
    match list.iter().any(|text| text.contains('\0')) {
        true => Err(Rejection::metadata(format!(
            "'{key}' must not contain a NUL character"
        ))),
        false => Ok(list),
    }
}

fn check_length(text: &str, max: usize, what: &str) -> Result<(), Rejection> {
    // Most texts are short enough in bytes; only others are counted.
    match text.len() > max && text.chars().count() > max {
        true => Err(Rejection::metadata(format!(
            "{what} must not be greater than {max} characters"
        ))),
        false => Ok(()),
    }
}

fn name(fields: &Fields<'_>, key: &str) -> Result<Name, Rejection> {
    let text = required(fields, key)?;
    let wrong = || Rejection::metadata(format!("'{key}' has invalid format: {text}"));
    if !Name::is_well_formed(&text) {
        return Err(wrong());
    }
    check_length(&text, NAME_MAX, &format!("'{key}'"))?;
    Name::parse(&text).ok_or_else(wrong)
}

fn version(fields: &Fields<'_>) -> Result<Version, Rejection> {
    let text = required(fields, "version")?;
    check_length(&text, Version::MAX_LENGTH, "'version'")?;
    Version::parse(&text).ok_or_else(|| {
        Rejection::metadata(format!(
            "Expecting 'version' to be in semantic version format, instead found '{text}'."
        ))
    })
}

fn license(fields: &Fields<'_>) -> Result<Vec<String>, Rejection> {
    let ids = texts(fields, "license")?;
    for id in &ids {
        check_length(id, LICENSE_MAX, "Each license in 'licenses' list")?;
    }
    let is_unknown = |id: &&str| !spdx::is_license(id);
    let unknown: Vec<&str> = ids.iter().map(String::as_str).filter(is_unknown).collect();
    match unknown.is_empty() {
        true => Ok(ids),
        false => Err(Rejection::metadata(format!(
            "Expecting 'license' to be a list of valid SPDX license identifiers, \
             instead found invalid license identifiers: '{}' in 'license' value {}. \
             For more info, visit https://spdx.org",
            unknown.join(", "),
            quoted_list(&ids)
        ))),
    }
}

fn url(fields: &Fields<'_>, key: &str) -> Result<Option<String>, Rejection> {
    let url = text(fields, key)?;
    check_url(key, url.as_deref())?;
    Ok(url)
}

fn check_url(key: &str, url: Option<&str>) -> Result<(), Rejection> {
    check_length(url.unwrap_or_default(), URL_MAX, &format!("'{key}'"))
}

fn authors(fields: &Fields<'_>) -> Result<Vec<String>, Rejection> {
    require(fields, "authors")?;
    let authors = texts(fields, "authors")?;
    for author in &authors {
        check_length(author, AUTHOR_MAX, "Each author in 'authors' list")?;
    }
    Ok(authors)
}

fn tags(fields: &Fields<'_>) -> Result<Vec<String>, Rejection> {
    let tags = texts(fields, "tags")?;
    if tags.len() > TAGS_MAX {
        return Err(Rejection::metadata(format!(
            "Expecting no more than {TAGS_MAX} tags in metadata"
        )));
    }
    for tag in &tags {
        if !Name::is_well_formed(tag) {
            return Err(Rejection::metadata(format!(
                "'tag' has invalid format: {tag}"
            )));
        }
        check_length(tag, TAG_MAX, "Each tag in 'tags' list")?;
    }
    Ok(tags)
}

fn check_either_license(license: &[String], file: Option<&str>) -> Result<(), Rejection> {
    match (license.is_empty(), file) {
        (false, Some(_)) => Err(Rejection::metadata(
            "The 'license' and 'license_file' keys are mutually exclusive",
        )),
        (true, None) => Err(Rejection::metadata(
            "Valid values for 'license' or 'license_file' are required. \
             But 'license' ([]) and 'license_file' (None) were invalid.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::sample::Sample;
    use serde_json::Value;
    use serde_json::json;

    fn read_with(key: &str, value: Value) -> Result<CollectionInfo, String> {
        let mut info = Sample::new().info;
        info[key] = value;
        let text = info.to_string();
        read(&Fields::parse(&text).unwrap()).map_err(|refusal| refusal.to_string())
    }

    /// Checks lines of a key, the JSON value it is given, and how the refusal goes on.
    fn expect_refusals(lines: &str) {
        for line in lines.lines() {
            let [key, value, text] = line.split(" | ").collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let refusal = read_with(key, serde_json::from_str(value).unwrap()).unwrap_err();
            assert_eq!(refusal, format!("Invalid collection metadata. {text}"));
        }
    }

    fn expect_too_long(key: &str, value: Value, what: &str, max: usize) {
        let text = format!("{what} must not be greater than {max} characters");
        let refusal = read_with(key, value).unwrap_err();
        assert_eq!(refusal, format!("Invalid collection metadata. {text}"));
    }

    #[test]
    fn good_metadata_is_read() {
        let info = read_with("description", json!("Über-tools")).unwrap();
        assert_eq!(info.description.as_deref(), Some("Über-tools"));
        assert_eq!((info.homepage, info.license_file), (None, None));
        assert_eq!(info.dependencies["ansible.posix"], ">=1.0.0,<3.0.0");
        let info = read_with("dependencies", json!(null)).unwrap();
        assert!(info.dependencies.is_empty());
    }

    #[test]
    fn names_versions_and_texts_are_checked() {
        expect_refusals(
            r#"name | null | 'name' is required
namespace | "" | 'namespace' is required
name | 42 | 'name' must be a string
name | "Tools" | 'name' has invalid format: Tools
version | "1.0" | Expecting 'version' to be in semantic version format, instead found '1.0'.
version | [] | 'version' is required
repository | null | 'repository' is required
repository | 7 | 'repository' must be a string
readme | null | 'readme' is required
description | ["a"] | 'description' must be a string
description | "a\u0000" | 'description' must not contain a NUL character"#,
        );
    }

    #[test]
    fn lists_and_licenses_are_checked() {
        expect_refusals(
            r#"authors | [] | 'authors' is required
authors | "Ada" | Expecting 'authors' to be a list of strings
tags | null | Expecting 'tags' to be a list of strings
tags | ["a", 1] | Expecting 'tags' to be a list of strings
tags | ["Bad-Tag"] | 'tag' has invalid format: Bad-Tag
license | [] | Valid values for 'license' or 'license_file' are required. But 'license' ([]) and 'license_file' (None) were invalid.
license_file | "LICENSE" | The 'license' and 'license_file' keys are mutually exclusive
license | ["NOT-A-LICENSE"] | Expecting 'license' to be a list of valid SPDX license identifiers, instead found invalid license identifiers: 'NOT-A-LICENSE' in 'license' value ['NOT-A-LICENSE']. For more info, visit https://spdx.org"#,
        );
        let tags = read_with("tags", json!(vec!["t"; 21])).unwrap_err();
        assert!(tags.ends_with("Expecting no more than 20 tags in metadata"));
        assert!(read_with("tags", json!(vec!["t"; 20])).is_ok());
    }

    #[test]
    fn what_is_too_long_is_refused_in_characters() {
        let [name, id] = ["x".repeat(65), "x".repeat(33)];
        let version = format!("1.0.0-{}", "9".repeat(123));
        expect_too_long("name", json!(name), "'name'", 64);
        expect_too_long("version", json!(version), "'version'", 128);
        expect_too_long("homepage", json!("x".repeat(2001)), "'homepage'", 2000);
        let each = |what: &str| format!("Each {what} list");
        expect_too_long(
            "authors",
            json!(["é".repeat(65)]),
            &each("author in 'authors'"),
            64,
        );
        expect_too_long("tags", json!([name]), &each("tag in 'tags'"), 64);
        expect_too_long("license", json!([id]), &each("license in 'licenses'"), 32);
        assert!(read_with("authors", json!(["é".repeat(64)])).is_ok());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert_eq!(
            read_with("surprise", json!(null)).unwrap_err(),
            "CollectionInfo.__init__() got an unexpected keyword argument 'surprise'"
        );
    }
}
