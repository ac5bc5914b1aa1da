//! The form documentation is shown in: maps of options and return values become lists whose entries have a `name`,
//! in the order of the names (contract 06 §6.6).

use serde_json::Map;
use serde_json::Value;

/// Turns the map at `field` of `holder` into a list, and so within its entries, at the key `field` or `suboptions`.
///
/// What is no map of maps stays as it is: it is shown as its author wrote it.
pub fn list_options(holder: &mut Value, field: &str) {
    let Some(place) = holder.get_mut(field) else {
        return;
    };
    if let Value::Object(map) = place {
        let nested = match field {
            "options" => &["suboptions", "options"][..],
            "suboptions" => &["suboptions"],
            _ => &["contains"],
        };
        *place = list(std::mem::take(map), nested);
    }
}

/// The return values of a plugin as a list; whatever is no map, or an empty one, stays as it is.
pub fn list_returns(returns: Value) -> Value {
    match returns {
        Value::Object(map) if !map.is_empty() => list(map, &["contains"]),
        other => other,
    }
}

fn list(map: Map<String, Value>, nested: &[&str]) -> Value {
    let entries = map.into_iter().map(|(name, mut entry)| {
        for field in nested {
            list_options(&mut entry, field);
        }
        match entry {
            Value::Object(mut fields) => {
                // The reference lets an own `name` stand: some options of callbacks have one, as a label.
                fields.entry("name").or_insert(Value::String(name));
                Value::Object(fields)
            }
            other => Value::Object(Map::from_iter([
                ("name".to_owned(), Value::String(name)),
                ("description".to_owned(), other),
            ])),
        }
    });
    Value::Array(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn options_and_returns_become_lists_at_every_level() {
        let mut doc = json!({"options": {"b": {"type": "dict", "suboptions": {"x": {"type": "int"}}}, "a": {}, "c": null, "d": {"name": "own"}}});
        list_options(&mut doc, "options");
        let expected = json!([
            {"name": "a"}, {"type": "dict", "suboptions": [{"type": "int", "name": "x"}], "name": "b"},
            {"name": "c", "description": null}, {"name": "own"},
        ]);
        assert_eq!(doc["options"], expected);
        let returns = list_returns(json!({"r": {"contains": {"s": {"contains": {"t": {}}}}}}));
        assert_eq!(
            returns,
            json!([{"contains": [{"contains": [{"name": "t"}], "name": "s"}], "name": "r"}])
        );
        assert_eq!(list_returns(json!("text")), json!("text"));
    }
}
