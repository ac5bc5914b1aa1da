//! Writing YAML: block style, in the order given, quoted wherever a reader could take a text for something else.

use crate::archive::yaml::scalar;
use crate::cli::apply::node::Node;
use crate::cli::apply::node::Value;

/// The text of a document, with a line end.
pub(super) fn write(node: &Node) -> String {
    let mut text = String::new();
    match &node.value {
        Value::Map(entries) if entries.is_empty() => text.push_str("{}\n"),
        _ => block(&node.value, 0, &mut text),
    }
    text
}

/// A value below its key or dash; `text` ends with a line end.
fn block(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Map(entries) => {
            for (key, value) in entries {
                text.extend(std::iter::repeat_n(' ', indent));
                text.push_str(&scalar_text(&key.text));
                text.push(':');
                below(&value.value, indent, text);
            }
        }
        Value::List(items) => {
            for item in items {
                text.extend(std::iter::repeat_n(' ', indent));
                text.push('-');
                match &item.value {
                    // The first key stands beside the dash.
                    Value::Map(entries) if !entries.is_empty() => {
                        let mut inner = String::new();
                        block(&item.value, indent + 2, &mut inner);
                        text.push_str(&inner[indent + 1..]);
                    }
                    other => below(other, indent, text),
                }
            }
        }
        _ => below(value, indent, text),
    }
}

/// What follows a key or a dash, to the end of the line and beyond.
fn below(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Map(entries) if entries.is_empty() => text.push_str(" {}\n"),
        Value::List(items) if items.is_empty() => text.push_str(" []\n"),
        Value::Map(_) | Value::List(_) => {
            text.push('\n');
            block(value, indent + 2, text);
        }
        Value::Text(long) if fits_literal(long) => {
            let keep = if long.ends_with('\n') { "|" } else { "|-" };
            text.push_str(&format!(" {keep}\n"));
            for line in long.lines() {
                if !line.is_empty() {
                    text.extend(std::iter::repeat_n(' ', indent + 2));
                    text.push_str(line);
                }
                text.push('\n');
            }
        }
        Value::Text(short) => text.push_str(&format!(" {}\n", scalar_text(short))),
        Value::Nothing => text.push_str(" null\n"),
        Value::Switch(switch) => text.push_str(&format!(" {switch}\n")),
        Value::Whole(number) => text.push_str(&format!(" {number}\n")),
        Value::Number(number) => text.push_str(&format!(" {number:?}\n")),
    }
}

/// Whether a text of several lines can be written as it is, and is read back as it was.
fn fits_literal(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with([' ', '\n'])
        && !text.chars().any(|c| needs_escape(c) && c != '\n')
        && !body
            .lines()
            .any(|line| line.trim().is_empty() && !line.is_empty())
}

/// A text of one line.
fn scalar_text(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if needs_escape(c) => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// Whether a text without quotes is read as itself.
fn is_plain(text: &str) -> bool {
    let first = text
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphanumeric() || c == '/');
    let inside = |c: char| c.is_ascii_alphanumeric() || " _./@+-:$,=".contains(c);
    first
        && text.chars().all(inside)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && scalar::resolve(text) == *text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::apply::from_yaml;
    use crate::cli::apply::node::Key;
    use proptest::prelude::*;

    fn node(value: Value) -> Node {
        Node { line: 0, value }
    }

    fn map(entries: Vec<(&str, Value)>) -> Value {
        let key = |text: &str| Key {
            line: 0,
            text: text.to_owned(),
        };
        Value::Map(
            entries
                .into_iter()
                .map(|(k, v)| (key(k), node(v)))
                .collect(),
        )
    }

    /// Without lines, to compare.
    fn bare(node: &Node) -> Node {
        let value = match &node.value {
            Value::List(items) => Value::List(items.iter().map(bare).collect()),
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        (
                            Key {
                                line: 0,
                                ..key.clone()
                            },
                            bare(value),
                        )
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        Node { line: 0, value }
    }

    #[test]
    fn a_document_reads_as_people_write_it() {
        let user = map(vec![
            ("username", Value::Text("ana".to_owned())),
            ("superuser", Value::Switch(false)),
            (
                "groups",
                Value::List(vec![node(Value::Text("yes".to_owned()))]),
            ),
            (
                "tokens",
                Value::List(vec![node(map(vec![("name", Value::Text(String::new()))]))]),
            ),
            ("key", Value::Text("a\n  b\n".to_owned())),
        ]);
        let document = node(map(vec![
            ("users", Value::List(vec![node(user)])),
            ("roles", Value::List(vec![])),
        ]));
        let text = "users:\n  - username: ana\n    superuser: false\n    groups:\n      - \"yes\"\n    tokens:\n      \
                    - name: \"\"\n    key: |\n      a\n        b\nroles: []\n";
        assert_eq!(write(&document), text);
        assert_eq!(bare(&from_yaml::read(text).unwrap()), document);
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[ -~\n]{0,12}",
            "\\PC{0,6}",
            "(yes|null|1e3|0x1f|~|2021-02-03|: |- a|a: b|#x)"
        ];
        let leaf = prop_oneof![
            text.prop_map(Value::Text),
            any::<bool>().prop_map(Value::Switch),
            any::<i64>().prop_map(Value::Whole),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            let items = prop::collection::vec(inner.clone().prop_map(node), 0..4);
            let entries = prop::collection::btree_map("[ -~]{0,6}", inner, 0..4);
            prop_oneof![
                items.prop_map(Value::List),
                entries.prop_map(|map| {
                    let key = |text| Key { line: 0, text };
                    Value::Map(map.into_iter().map(|(k, v)| (key(k), node(v))).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in value()) {
            let document = node(map(vec![("a", value)]));
            let text = write(&document);
            let read = from_yaml::read(&text);
            prop_assert_eq!(read.as_ref().map(bare), Ok(document), "{}", text);
        }
    }
}
