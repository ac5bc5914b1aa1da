//! Shapes: what is left of a JSON document when its values are data.
//!
//! The rules are those of `recorded/README.md`, "Comparing by shape": types and keys must agree, strings keep
//! their form, elements of a list are merged before they are compared, an empty list says nothing, a null in
//! the expected document means "may be null", the keys of maps are data.
//! Start reading at [`Shape::of`] and [`Shape::differences`].

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;
use uuid::Uuid;

/// Objects whose keys are data: what they hold is compared like the elements of a list.
const MAPS: &[&str] = &[
    "allowed_permissions",
    "artifacts",
    "dependencies",
    "doc_strings",
    "pulp_labels",
];

/// Objects whose members are maps.
const OF_MAPS: &[&str] = &["content_summary"];

/// What is known about one place in a document, merged over all elements of the lists above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// `null`, `bool`, `int`, `float`, or a form of text, as [`form`] names it.
    scalars: BTreeSet<&'static str>,
    /// What the elements are, once a list has been seen; nothing is known of those of an empty one.
    elements: Option<Box<Shape>>,
    /// The same for the members of a map.
    members: Option<Box<Shape>>,
    fields: BTreeMap<String, Field>,
    /// How many objects have been merged into `fields`.
    objects: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Field {
    shape: Shape,
    /// How many of the objects have it.
    seen: usize,
}

/// One place where two documents differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Keys and `[]`, from the root: `body.data[].href`.
    pub path: String,
    /// What the expected document has there.
    pub expected: String,
    /// What was found there.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            expected,
            found,
        } = self;
        write!(f, "{path}: expected {expected}, found {found}")
    }
}

impl Shape {
    /// The shape of a document.
    pub fn of(document: &Value) -> Self {
        let mut shape = Self::default();
        shape.add(document, "", "");
        shape
    }

    /// Merges a value into this place, which is the field `name` of `parent`.
    fn add(&mut self, value: &Value, name: &str, parent: &str) {
        match value {
            Value::Null => self.scalar("null"),
            Value::Bool(_) => self.scalar("bool"),
            Value::Number(number) if number.is_f64() => self.scalar("float"),
            Value::Number(_) => self.scalar("int"),
            Value::String(text) => self.scalar(form(text)),
            Value::Array(list) => {
                let elements = self.elements.get_or_insert_default();
                list.iter()
                    .for_each(|element| elements.add(element, "", ""));
            }
            Value::Object(object) if MAPS.contains(&name) || OF_MAPS.contains(&parent) => {
                let members = self.members.get_or_insert_default();
                object
                    .values()
                    .for_each(|member| members.add(member, "", ""));
            }
            Value::Object(object) => {
                self.objects += 1;
                for (key, value) in object {
                    let field = self.fields.entry(key.clone()).or_default();
                    field.seen += 1;
                    field.shape.add(value, key, name);
                }
            }
        }
    }

    fn scalar(&mut self, kind: &'static str) {
        self.scalars.insert(kind);
    }

    /// Every place where `found` is not what this shape says, with paths that begin with `root`.
    ///
    /// `nullable` decides by its path whether a null may stand where the expected document has values only.
    pub fn differences(
        &self,
        found: &Self,
        root: &str,
        nullable: &dyn Fn(&str) -> bool,
    ) -> Vec<Difference> {
        let mut walk = Walk {
            nullable,
            found: Vec::new(),
        };
        walk.compare(self, found, root);
        walk.found
    }

    /// Whether anything but null was seen here.
    fn is_known(&self) -> bool {
        self.kinds().iter().any(|kind| *kind != "null")
    }

    fn kinds(&self) -> BTreeSet<&'static str> {
        let mut kinds = self.scalars.clone();
        let shaped = [
            ("list", self.elements.is_some()),
            ("map", self.members.is_some()),
            ("object", self.objects > 0),
        ];
        kinds.extend(
            shaped
                .into_iter()
                .filter(|(_, seen)| *seen)
                .map(|(kind, _)| kind),
        );
        kinds
    }

    /// Whether a value of that kind may stand here: a text that is just text may look like anything.
    fn admits(&self, kind: &str) -> bool {
        let kinds = self.kinds();
        kinds.contains(kind) || (FORMS.contains(&kind) && kinds.contains("string"))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<&str> = self.kinds().into_iter().collect();
        f.write_str(if kinds.is_empty() { "nothing" } else { "" })?;
        f.write_str(&kinds.join(" or "))
    }
}

struct Walk<'a> {
    nullable: &'a dyn Fn(&str) -> bool,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn compare(&mut self, expected: &Shape, found: &Shape, path: &str) {
        if !expected.is_known() {
            return;
        }
        let allowed =
            |kind: &str| expected.admits(kind) || (kind == "null" && (self.nullable)(path));
        if !found.kinds().into_iter().all(allowed) {
            self.differ(path, expected.to_string(), found.to_string());
            return;
        }
        if let (Some(expected), Some(found)) = (&expected.elements, &found.elements) {
            self.compare(expected, found, &format!("{path}[]"));
        }
        if let (Some(expected), Some(found)) = (&expected.members, &found.members) {
            self.compare(expected, found, &format!("{path}{{}}"));
        }
        if expected.objects > 0 && found.objects > 0 {
            self.compare_fields(expected, found, path);
        }
    }

    /// A key that all expected objects have must be in all that were found; one that none has, in none.
    fn compare_fields(&mut self, expected: &Shape, found: &Shape, path: &str) {
        for (key, field) in &expected.fields {
            let path = format!("{path}.{key}");
            match found.fields.get(key) {
                Some(there) => {
                    if field.seen == expected.objects && there.seen < found.objects {
                        self.differ(
                            &path,
                            field.shape.to_string(),
                            "no such key in some".to_owned(),
                        );
                    }
                    self.compare(&field.shape, &there.shape, &path);
                }
                None if field.seen == expected.objects => {
                    self.differ(&path, field.shape.to_string(), "no such key".to_owned());
                }
                None => {}
            }
        }
        for (key, field) in &found.fields {
            if !expected.fields.contains_key(key) {
                let path = format!("{path}.{key}");
                self.differ(&path, "no such key".to_owned(), field.shape.to_string());
            }
        }
    }

    fn differ(&mut self, path: &str, expected: String, found: String) {
        self.found.push(Difference {
            path: path.to_owned(),
            expected,
            found,
        });
    }
}

/// Every form of text but the plain one.
const FORMS: &[&str] = &[
    "datetime",
    "datetime with offset",
    "path",
    "sha256",
    "string",
    "token",
    "url",
    "uuid",
];

/// What a text looks like: `uuid`, `datetime`, `datetime with offset`, `sha256`, `token`, `url`, `path`,
/// or just `string`. The placeholders of the recordings count as what they stand for.
pub fn form(text: &str) -> &'static str {
    let is_hex = |length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let one_line = !text.contains(char::is_whitespace);
    match text {
        "{token}" => "token",
        _ if text.len() == 36 && Uuid::try_parse(text).is_ok() => "uuid",
        _ if is_hex(64) => "sha256",
        _ if is_hex(40) => "token",
        _ if one_line
            && ["{host}/", "http://", "https://"]
                .iter()
                .any(|start| text.starts_with(start)) =>
        {
            "url"
        }
        _ if one_line && text.starts_with('/') => "path",
        _ => datetime(text).unwrap_or("string"),
    }
}

/// `2026-11-23T09:11:26.499965Z`, whose fraction may be absent, or the same with an offset and maybe a blank.
fn datetime(text: &str) -> Option<&'static str> {
    let (clock, fraction) = text.split_at_checked(19)?;
    let pattern: String = clock
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let digits = |text: &str| {
        text.strip_prefix('.')
            .unwrap_or(text)
            .bytes()
            .all(|b| b.is_ascii_digit())
    };
    match (
        pattern.as_str(),
        fraction.strip_suffix('Z'),
        fraction.strip_suffix("+00:00"),
    ) {
        ("0000-00-00T00:00:00", Some(rest), _) if digits(rest) => Some("datetime"),
        ("0000-00-00T00:00:00" | "0000-00-00 00:00:00", _, Some(rest)) if digits(rest) => {
            Some("datetime with offset")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn differences(expected: Value, found: Value) -> Vec<String> {
        let (expected, found) = (Shape::of(&expected), Shape::of(&found));
        let found = expected.differences(&found, "body", &|path| path.ends_with(".maybe"));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn texts_are_known_by_their_form() {
        for (text, kind) in [
            ("01a207ac-ac14-7b28-bd5f-0a88910ed6cf", "uuid"),
            ("2026-11-23T09:11:26.499965Z", "datetime"),
            ("2026-11-23T09:11:26Z", "datetime"),
            ("2026-11-23 09:11:26.499965+00:00", "datetime with offset"),
            ("/api/galaxy/?limit=1", "path"),
            ("{host}/pulp/content/x?{signed}", "url"),
            ("https://example.com/", "url"),
            ("/a b", "string"),
            ("", "string"),
            ("1.0.0", "string"),
        ] {
            assert_eq!(form(text), kind, "{text}");
        }
        assert_eq!(form(&"a0".repeat(32)), "sha256");
        assert_eq!(form(&"a0".repeat(20)), "token");
    }

    #[test]
    fn keys_must_agree_and_lists_are_merged() {
        let expected = json!({"data": [{"a": 1, "b": "x"}, {"a": 2}], "gone": true});
        assert_eq!(
            differences(expected.clone(), json!({"data": [], "gone": false})),
            [""; 0]
        );
        assert_eq!(
            differences(expected.clone(), json!({"data": [{"a": 3}], "gone": true})),
            [""; 0]
        );
        assert_eq!(
            differences(expected, json!({"data": [{"a": 1}, {"c": 1}]})),
            [
                "body.data[].a: expected int, found no such key in some",
                "body.data[].c: expected no such key, found int",
                "body.gone: expected bool, found no such key",
            ]
        );
    }

    #[test]
    fn types_and_forms_must_agree() {
        let expected = json!({"n": 1, "f": 1.0, "href": "/a/", "text": "x", "l": []});
        let found = json!({"n": 1.5, "f": 1, "href": "a", "text": "/a/", "l": {}});
        assert_eq!(
            differences(expected, found),
            [
                "body.f: expected float, found int",
                "body.href: expected path, found string",
                "body.l: expected list, found object",
                "body.n: expected int, found float",
            ]
        );
    }

    #[test]
    fn a_null_may_stand_for_anything_but_not_the_other_way() {
        assert_eq!(differences(json!({"a": null}), json!({"a": [1]})), [""; 0]);
        assert_eq!(differences(json!([null, "/a/"]), json!([null])), [""; 0]);
        assert_eq!(
            differences(json!({"a": 1}), json!({"a": null})),
            ["body.a: expected int, found null"]
        );
        assert_eq!(
            differences(json!({"maybe": 1}), json!({"maybe": null})),
            [""; 0]
        );
    }

    #[test]
    fn the_keys_of_maps_are_data() {
        let expected = json!({"dependencies": {"a.b": "*"}, "content_summary": {"added": {"x": {"count": 1}}}});
        let found = json!({"dependencies": {"c.d": "1"}, "content_summary": {"added": {"y": {"count": 2}}}});
        assert_eq!(differences(expected.clone(), found), [""; 0]);
        let found = json!({"dependencies": {"a.b": 1}, "content_summary": {"added": {}}});
        assert_eq!(
            differences(expected, found),
            ["body.dependencies{}: expected string, found int"]
        );
    }
}
