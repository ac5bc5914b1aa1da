//! From the newest OpenAPI, which the library writes, to 3.0.3: the version of contract 02 ROOT-7, which every
//! generator of clients reads.

use serde_json::Map;
use serde_json::Value;

/// Rewrites a document in place.
pub(super) fn lower(document: &mut Value) {
    document["openapi"] = Value::from("3.0.3");
    walk(document);
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(walk);
            lower_schema(fields);
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}

/// 3.0 knows no type `null`, but `nullable`; and no schemas for the names of properties.
fn lower_schema(schema: &mut Map<String, Value>) {
    if schema.get("propertyNames").is_some_and(Value::is_object) {
        schema.remove("propertyNames");
    }
    if let Some(Value::Array(types)) = schema.get("type") {
        let mut others = types.iter().filter(|one| *one != "null").cloned();
        if let (Some(only), None) = (others.next(), others.next()) {
            schema.insert("type".to_owned(), only);
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(choices)) = schema.get_mut(key) {
            let before = choices.len();
            choices.retain(|choice| choice["type"] != "null");
            if choices.len() < before {
                schema.insert("nullable".to_owned(), Value::Bool(true));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_no_type() {
        let mut document = json!({"a": {"type": ["string", "null"]}, "b": {"oneOf": [{"type": "null"}, {"$ref": "#/x"}]}});
        lower(&mut document);
        let lowered = json!({
            "openapi": "3.0.3",
            "a": {"type": "string", "nullable": true},
            "b": {"oneOf": [{"$ref": "#/x"}], "nullable": true},
        });
        assert_eq!(document, lowered);
    }
}
