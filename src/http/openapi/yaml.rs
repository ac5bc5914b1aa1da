//! The document as YAML: block style; names and texts in double quotes, where YAML reads what JSON does.

use serde_json::Value;

/// The text of a document, with a line end.
pub(super) fn write(document: &Value) -> String {
    let mut text = String::new();
    block(document, 0, &mut text);
    text
}

/// A value that begins on a line of its own, and ends with a line end.
fn block(value: &Value, indent: usize, text: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                text.push_str(&format!("{margin}{}:", Value::from(name.as_str())));
                below(value, indent, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                text.push_str(&format!("{margin}-"));
                below(item, indent, text);
            }
        }
        other => text.push_str(&format!("{margin}{other}\n")),
    }
}

/// What follows a name or a dash.
fn below(value: &Value, indent: usize, text: &mut String) {
    let is_block = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        text.push('\n');
        block(value, indent + 2, text);
    } else {
        text.push_str(&format!(" {value}\n"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_is_written_in_blocks() {
        let document = json!({"a": [{"b": "no: \"x\""}, [], 1], "c": {}, "d": null});
        let text =
            "\"a\":\n  -\n    \"b\": \"no: \\\"x\\\"\"\n  - []\n  - 1\n\"c\": {}\n\"d\": null\n";
        assert_eq!(write(&document), text);
    }
}
