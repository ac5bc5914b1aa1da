//! What a role says about itself (contract 06 §6.5, step 9).

use serde_json::Map;
use serde_json::Value;

use crate::archive::contents::Content;
use crate::archive::docs::shape;
use crate::archive::harvest::Harvest;
use crate::archive::rejection::Rejection;
use crate::archive::report::Report;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;

/// The file name of the page about a role.
pub const README: &str = "README.md";

/// The sentence about a role in its `meta/main.yml`; what is missing is a warning.
pub fn description(
    role: &Content,
    tree: &Tree,
    harvest: &Harvest,
    report: &mut dyn Report,
) -> Option<String> {
    let Some(path) = document(role, tree, "main") else {
        report.warn("Could not get role description, no role metadata found");
        return None;
    };
    let described = match harvest.yaml(tree, &path) {
        Ok(meta) => match meta.pointer("/galaxy_info/description") {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(
                "has no text at galaxy_info.description; say there what the role is for".to_owned(),
            ),
        },
        Err(fault) => Err(fault),
    };
    described
        .map_err(|fault| report.warn(format!("Could not get role description, {path} {fault}")))
        .ok()
}

/// The page about a role, as Markdown. Every role has one.
pub fn readme<'h>(role: &Content, tree: &Tree, harvest: &'h Harvest) -> Result<&'h str, Rejection> {
    let path = format!("{}/{README}", role.path);
    match harvest.page(tree, &path)? {
        Some(page) => Ok(page),
        // The words of the reference, which do not name the role: the line before does.
        None => Err(Rejection::invalid("No role readme found.")),
    }
}

/// The entry points of a role with their options, from `meta/argument_specs.yml` or the same key of `meta/main.yml`.
///
/// An empty object if the role declares none; the reference never shows any.
pub fn doc_strings(
    role: &Content,
    tree: &Tree,
    harvest: &Harvest,
    report: &mut dyn Report,
) -> Value {
    let mut found = Map::new();
    for name in ["argument_specs", "main"] {
        let Some(path) = document(role, tree, name) else {
            continue;
        };
        match harvest.yaml(tree, &path) {
            Ok(Value::Object(mut meta)) => {
                if let Some(Value::Object(specs)) = meta.remove("argument_specs") {
                    found.insert("entry_points".to_owned(), Value::Object(specs));
                    break;
                }
            }
            Ok(_) => {}
            // A fault of main.yml has been told with the description.
            Err(fault) if name != "main" => report.warn(format!("{path} {fault}")),
            Err(_) => {}
        }
    }
    if let Some(Value::Object(points)) = found.get_mut("entry_points") {
        points
            .values_mut()
            .for_each(|point| shape::list_options(point, "options"));
    }
    Value::Object(found)
}

/// The path of `meta/<name>` of the role, with either ending.
fn document(role: &Content, tree: &Tree, name: &str) -> Option<String> {
    ["yml", "yaml"]
        .into_iter()
        .map(|ending| format!("{}/meta/{name}.{ending}", role.path))
        .find(|path| matches!(tree.find(path), Found::File(_)))
}
