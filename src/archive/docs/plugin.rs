//! The documentation of one plugin, from its sources to `doc_strings` (contract 06 §6.6).

use serde_json::Map;
use serde_json::Value;

use crate::archive::contents::Content;
use crate::archive::contents::kind::Kind;
use crate::archive::docs::fragments::Shelf;
use crate::archive::docs::origin::Origin;
use crate::archive::docs::shape;
use crate::archive::harvest::Harvest;
use crate::archive::python::PluginSource;
use crate::archive::python::Text;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;
use crate::archive::yaml;
use crate::archive::yaml::Bounds;

/// What plugins of one collection have in common.
pub(super) struct Surroundings<'a> {
    pub(super) tree: &'a Tree,
    pub(super) harvest: &'a Harvest,
    /// `namespace.name`
    pub(super) collection: &'a str,
    /// `meta/runtime.yml`
    pub(super) runtime: &'a Value,
    pub(super) bounds: Bounds,
}

/// The documentation of a plugin and all that is wrong with it.
#[derive(Default)]
pub(super) struct Documented {
    /// `None` if it has none.
    pub(super) doc_strings: Option<DocStrings>,
    /// Sentences, each beginning with the file.
    pub(super) faults: Vec<String>,
}

/// **doc_strings** of contract 06 §6.6.
#[derive(Debug, serde::Serialize)]
pub(super) struct DocStrings {
    doc: Value,
    examples: Value,
    metadata: Value,
    #[serde(rename = "return")]
    returns: Value,
}

impl DocStrings {
    /// The sentence a list of contents shows.
    pub(super) fn short_description(&self) -> Option<&str> {
        self.doc.get("short_description")?.as_str()
    }
}

/// The texts before they are put together.
struct Raw {
    /// The file they are from.
    path: String,
    doc: Map<String, Value>,
    returns: Value,
    examples: Value,
    metadata: Value,
}

/// Documents the plugin `content`: from its Python source, from one beside it, or from YAML beside it.
pub(super) fn document(
    content: &Content,
    around: &Surroundings<'_>,
    shelf: &mut Shelf<'_>,
) -> Documented {
    let mut faults = Vec::new();
    let raw =
        python(content, around, &mut faults).or_else(|| sidecar(content, around, &mut faults));
    let doc_strings = raw.map(|raw| assemble(raw, content, around, shelf, &mut faults));
    Documented {
        doc_strings,
        faults,
    }
}

fn assemble(
    raw: Raw,
    content: &Content,
    around: &Surroundings<'_>,
    shelf: &mut Shelf<'_>,
    faults: &mut Vec<String>,
) -> DocStrings {
    let Raw {
        path,
        mut doc,
        mut returns,
        examples,
        metadata,
    } = raw;
    let is_module = content.kind == Kind::Module;
    let origin = Origin {
        collection: around.collection,
        is_module,
    };
    origin.mark(&mut doc);
    origin.mark_returns(&mut returns);
    let missing = shelf.extend(&mut doc, is_module);
    faults.extend(missing.into_iter().map(|fault| format!("{path}: {fault}")));
    doc.insert("collection".to_owned(), Value::from(around.collection));
    doc.insert(
        "plugin_name".to_owned(),
        Value::from(format!("{}.{}", around.collection, content.name)),
    );
    // The reference shows a path in the importer's temporary folder: see the end of contract 06.
    doc.remove("filename");
    if is_module {
        doc.insert(
            "has_action".to_owned(),
            Value::from(has_action(content, around)),
        );
    }
    let mut doc = Value::Object(doc);
    shape::list_options(&mut doc, "options");
    DocStrings {
        doc,
        examples,
        metadata,
        returns: shape::list_returns(returns),
    }
}

/// Whether an action plugin of the same name runs on the controller when the module is called.
fn has_action(content: &Content, around: &Surroundings<'_>) -> bool {
    let path = format!("plugins/action/{}.py", content.name.replace('.', "/"));
    let is_routed = || {
        let routes = around.runtime.pointer("/plugin_routing/action");
        routes
            .and_then(|routes| routes.get(&content.name))
            .is_some()
    };
    matches!(around.tree.find(&path), Found::File(_)) || is_routed()
}

/// The documentation in the Python source, which for a PowerShell module lies beside it.
fn python(content: &Content, around: &Surroundings<'_>, faults: &mut Vec<String>) -> Option<Raw> {
    let path = format!("{}.py", stem(content));
    let Found::File(file) = around.tree.find(&path) else {
        return None;
    };
    let Some(source) = around.harvest.plugin(file) else {
        faults.extend(
            around
                .harvest
                .text(around.tree, &path)
                .err()
                .map(|why| format!("{path} {why}")),
        );
        return None;
    };
    faults.extend(source.faults.iter().map(|fault| format!("{path}, {fault}")));
    let PluginSource {
        documentation,
        examples,
        returns,
        metadata,
        ..
    } = source;
    let documentation = documentation
        .as_ref()
        .filter(|text| !text.text.trim().is_empty())?;
    let doc = match parsed("DOCUMENTATION", documentation, &path, around.bounds) {
        Ok(Value::Object(doc)) => doc,
        Ok(_) => {
            faults.push(format!(
                "{path}, line {}: DOCUMENTATION is no mapping",
                documentation.line
            ));
            return None;
        }
        Err(fault) => {
            faults.push(fault);
            return None;
        }
    };
    let returns = match returns
        .as_ref()
        .map(|text| (text, parsed("RETURN", text, &path, around.bounds)))
    {
        None => Value::Null,
        Some((_, Ok(returns @ (Value::Null | Value::Object(_))))) => returns,
        Some((text, Ok(_))) => {
            faults.push(format!("{path}, line {}: RETURN is no mapping", text.line));
            Value::Null
        }
        Some((_, Err(fault))) => {
            faults.push(fault);
            Value::Null
        }
    };
    Some(Raw {
        path,
        doc,
        returns,
        examples: examples
            .as_ref()
            .map_or(Value::Null, |text| Value::from(text.text.as_str())),
        metadata: metadata.clone().unwrap_or_default(),
    })
}

fn parsed(name: &str, text: &Text, path: &str, bounds: Bounds) -> Result<Value, String> {
    yaml::parse(&text.text, bounds).map_err(|fault| {
        let line = text.line + fault.line.saturating_sub(1);
        format!(
            "{path}, line {line}: {name} is not valid YAML: {}",
            fault.what
        )
    })
}

/// The documentation in a file of YAML beside the source.
fn sidecar(content: &Content, around: &Surroundings<'_>, faults: &mut Vec<String>) -> Option<Raw> {
    let path = ["yml", "yaml"]
        .into_iter()
        .map(|ending| format!("{}.{ending}", stem(content)))
        .find(|path| matches!(around.tree.find(path), Found::File(_)))?;
    let mut document = match around.harvest.yaml(around.tree, &path) {
        Ok(Value::Object(document)) => document,
        Ok(_) => {
            faults.push(format!("{path} is no mapping"));
            return None;
        }
        Err(fault) => {
            faults.push(format!("{path} {fault}"));
            return None;
        }
    };
    let mut part = |name: &str| document.remove(name).unwrap_or_default();
    let (doc, returns) = (part("DOCUMENTATION"), part("RETURN"));
    let (examples, metadata) = (part("EXAMPLES"), part("ANSIBLE_METADATA"));
    let Value::Object(doc) = doc else {
        faults.push(format!("{path} has no mapping DOCUMENTATION"));
        return None;
    };
    Some(Raw {
        path,
        doc,
        returns,
        examples,
        metadata,
    })
}

/// The path of the source without its ending.
pub(super) fn stem(content: &Content) -> &str {
    content
        .path
        .rsplit_once('.')
        .map_or(content.path.as_str(), |(stem, _)| stem)
}
