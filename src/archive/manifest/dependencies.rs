//! `dependencies`: the collections that a collection needs, and the rules for them (contract 06 §6.3).

use std::collections::BTreeMap;

use crate::archive::manifest::fields::Fields;
use crate::archive::manifest::fields::Scalar;
use crate::archive::rejection::Rejection;
use crate::kernel::name::Name;
use crate::kernel::range::VersionRange;

/// Reads `dependencies` of the collection `namespace.name`; null and a missing one are empty.
pub fn read(
    fields: &Fields<'_>,
    namespace: &Name,
    name: &Name,
) -> Result<BTreeMap<String, String>, Rejection> {
    if matches!(fields.raw("dependencies"), None | Some("null")) {
        return Ok(BTreeMap::new());
    }
    let map = fields.object("dependencies");
    let map =
        map.ok_or_else(|| Rejection::metadata("'dependencies' must be a mapping of strings"))?;
    map.into_iter()
        .map(|(collection, range)| {
            let Scalar::Text(range) = range else {
                // Spelled like this on the reference.
                return Err(Rejection::metadata(
                    "Expecting depencency version to be string",
                ));
            };
            check(&collection, &range, namespace, name)?;
            Ok((collection, range.into_owned()))
        })
        .collect()
}

fn check(
    collection: &str,
    range: &str,
    own_namespace: &Name,
    own_name: &Name,
) -> Result<(), Rejection> {
    let parts: Vec<&str> = collection.splitn(3, '.').collect();
    let [namespace, name] = parts.as_slice() else {
        return Err(Rejection::metadata(format!(
            "Invalid dependency format: '{collection}'"
        )));
    };
    for part in [namespace, name] {
        if !Name::is_well_formed(part) {
            return Err(Rejection::metadata(format!(
                "Invalid dependency format: '{part}' in '{collection}'"
            )));
        }
    }
    if *namespace == own_namespace.as_str() && *name == own_name.as_str() {
        return Err(Rejection::metadata("Cannot have self dependency"));
    }
    match VersionRange::parse(range) {
        Some(_) => Ok(()),
        None => Err(Rejection::metadata(format!(
            "Dependency version spec range invalid: {collection} {range}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(dependencies: &str) -> Result<BTreeMap<String, String>, String> {
        let text = format!("{{\"dependencies\": {dependencies}}}");
        let own = |text| Name::parse(text).unwrap();
        read(&Fields::parse(&text).unwrap(), &own("acme"), &own("tools"))
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn names_and_ranges_are_read() {
        let read = read_text(r#"{"ansible.posix": ">=1.0.0,<3.0.0", "acme.other": "*"}"#).unwrap();
        assert_eq!(read["ansible.posix"], ">=1.0.0,<3.0.0");
        assert_eq!(read.len(), 2);
        assert_eq!(read_text("null"), Ok(BTreeMap::new()));
    }

    #[test]
    fn what_is_no_dependency_is_refused_in_the_words_of_the_reference() {
        let cases = [
            ("[]", "'dependencies' must be a mapping of strings"),
            (
                r#"{"a.b": null}"#,
                "Expecting depencency version to be string",
            ),
            (r#"{"ab": "*"}"#, "Invalid dependency format: 'ab'"),
            (r#"{"a.b.c": "*"}"#, "Invalid dependency format: 'a.b.c'"),
            (r#"{"A.b": "*"}"#, "Invalid dependency format: 'A' in 'A.b'"),
            (r#"{"acme.tools": "*"}"#, "Cannot have self dependency"),
            (
                r#"{"a.b": "not a range"}"#,
                "Dependency version spec range invalid: a.b not a range",
            ),
        ];
        for (dependencies, text) in cases {
            let refusal = read_text(dependencies).unwrap_err();
            assert_eq!(refusal, format!("Invalid collection metadata. {text}"));
        }
    }
}
