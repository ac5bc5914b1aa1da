//! Whose version a version in documentation is: next to each, the collection that counts it is named, as by `ansible-doc`.

use serde_json::Map;
use serde_json::Value;

/// What a piece of documentation belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The collection, `namespace.name`.
    pub(super) collection: &'a str,
    /// Whether it is about a module: options of other plugins have sources with versions of their own.
    pub(super) is_module: bool,
}

impl Origin<'_> {
    /// Marks the versions in `DOCUMENTATION`.
    pub(super) fn mark(self, doc: &mut Map<String, Value>) {
        self.added(doc);
        if let Some(Value::Object(deprecated)) = doc.get_mut("deprecated") {
            self.removed(
                deprecated,
                &["removed_in", "removed_at_date"],
                "removed_from_collection",
            );
        }
        self.options(doc.get_mut("options"));
        each_object(doc.get_mut("attributes"), |attribute| self.added(attribute));
    }

    /// Marks the versions in `RETURN`.
    pub(super) fn mark_returns(self, returns: &mut Value) {
        each_object(Some(returns), |value| {
            self.added(value);
            if let Some(contains) = value.get_mut("contains") {
                self.mark_returns(contains);
            }
        });
    }

    fn options(self, options: Option<&mut Value>) {
        each_object(options, |option| {
            self.added(option);
            if !self.is_module {
                for source in ["env", "ini", "vars"] {
                    each_object(option.get_mut(source), |source| {
                        self.added(source);
                        self.deprecated(source);
                    });
                }
                self.deprecated(option);
            }
            self.options(option.get_mut("suboptions"));
        });
    }

    fn added(self, holder: &mut Map<String, Value>) {
        self.removed(holder, &["version_added"], "version_added_collection");
    }

    fn deprecated(self, holder: &mut Map<String, Value>) {
        if let Some(Value::Object(deprecated)) = holder.get_mut("deprecated") {
            self.removed(
                deprecated,
                &["version", "removed_at_date"],
                "collection_name",
            );
        }
    }

    /// Names the collection at `mark` if one of `fields` is there, and no other is named.
    fn removed(self, holder: &mut Map<String, Value>, fields: &[&str], mark: &str) {
        if fields.iter().any(|field| holder.contains_key(*field)) && !holder.contains_key(mark) {
            holder.insert(mark.to_owned(), Value::from(self.collection));
        }
    }
}

/// Calls `visit` for every object in a map or a list of objects.
fn each_object(holder: Option<&mut Value>, mut visit: impl FnMut(&mut Map<String, Value>)) {
    let mut visit_one = |value: &mut Value| {
        if let Value::Object(fields) = value {
            visit(fields);
        }
    };
    match holder {
        Some(Value::Object(map)) => map.values_mut().for_each(visit_one),
        Some(Value::Array(list)) => list.iter_mut().for_each(&mut visit_one),
        _ => {}
    }
}
