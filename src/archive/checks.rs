//! What a collection must say about where it runs, and what it had better bring (contract 06 §6.5, steps 12 to 16).

use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use serde_json::Value;

use crate::archive::harvest::Harvest;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::report::Report;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;

const RUNTIME: &str = "meta/runtime.yml";
/// Longest `requires_ansible`, in characters: the width of the reference's column.
const REQUIRES_MAX: usize = 255;
const EXECUTION_ENVIRONMENT: &str = "meta/execution-environment.yml";
const CHANGELOGS: [&str; 6] = [
    "CHANGELOG.rst",
    "CHANGELOG.md",
    "docs/CHANGELOG.md",
    "docs/CHANGELOG.rst",
    "changelogs/changelog.yaml",
    "changelogs/changelog.yml",
];
/// Lists of sanity tests that the authors switched off.
const IGNORES: &str = "tests/sanity/ignore-";

/// `meta/runtime.yml` as far as it can be read.
#[derive(Debug, Default)]
pub struct Runtime {
    /// The document, null if there is none or it cannot be read.
    pub document: Value,
    fault: Option<String>,
}

impl Runtime {
    /// Reads it; what is wrong with it is told by [`Runtime::requires_ansible`], since earlier faults count first.
    pub fn read(tree: &Tree, harvest: &Harvest) -> Self {
        if tree.find(RUNTIME) == Found::Nothing {
            return Self::default();
        }
        match harvest.yaml(tree, RUNTIME) {
            Ok(document) => Self {
                document,
                fault: None,
            },
            Err(fault) => Self {
                document: Value::Null,
                fault: Some(format!("{RUNTIME} {fault}")),
            },
        }
    }

    /// The releases of ansible-core the collection runs on, as written: it must say so, in Python's form.
    pub fn requires_ansible(&self, tree: &Tree) -> Result<String, Rejection> {
        if tree.find(RUNTIME) == Found::Nothing {
            return Err(Rejection::invalid(format!(
                "'requires_ansible' in {RUNTIME} is mandatory, but no {RUNTIME} found. \
                 Add it with a line such as: requires_ansible: \">=2.15.0\""
            )));
        }
        if let Some(fault) = &self.fault {
            return Err(Rejection::invalid(fault.clone()));
        }
        let missing = |why: &str| {
            Rejection::invalid(format!(
                "'requires_ansible' in {RUNTIME} is mandatory, but {why}. \
                 Add a line such as: requires_ansible: \">=2.15.0\""
            ))
        };
        let Value::Object(document) = &self.document else {
            return Err(missing("the file is no mapping"));
        };
        match document.get("requires_ansible") {
            None | Some(Value::Null) => Err(missing("'requires_ansible' not found")),
            Some(Value::String(text)) if text.is_empty() => {
                Err(missing("'requires_ansible' not found"))
            }
            Some(Value::String(text)) if text.chars().count() > REQUIRES_MAX => {
                Err(Rejection::invalid(format!(
                    "'requires_ansible' must not be greater than {REQUIRES_MAX} characters"
                )))
            }
            Some(Value::String(text)) if VersionSpecifiers::from_str(text).is_ok() => {
                Ok(text.clone())
            }
            Some(_) => Err(Rejection::invalid(
                "'requires_ansible' is not a valid requirement specification",
            )),
        }
    }
}

/// Warns of what is missing or out of order without being a reason to refuse the collection.
pub fn advise(tree: &Tree, harvest: &Harvest, report: &mut dyn Report) {
    execution_environment(tree, harvest, report);
    if !CHANGELOGS
        .iter()
        .any(|path| matches!(tree.find(path), Found::File(_)))
    {
        report.warn(format!(
            "No changelog found. Users look for one of {}",
            CHANGELOGS.join(", ")
        ));
    }
    for path in tree
        .paths()
        .filter(|path| path.starts_with(IGNORES) && path.ends_with(".txt"))
    {
        let statements = harvest.text(tree, path).map_or(0, |text| {
            text.lines()
                .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
                .count()
        });
        let name = path.rsplit('/').next().unwrap_or(path);
        report.warn(format!(
            "Ignore files skip ansible-test sanity tests, found {name} with {statements} statement(s)"
        ));
    }
}

/// The files with what an execution environment needs are named in `meta/execution-environment.yml`.
fn execution_environment(tree: &Tree, harvest: &Harvest, report: &mut dyn Report) {
    if tree.find(EXECUTION_ENVIRONMENT) == Found::Nothing {
        return;
    }
    let document = match harvest.yaml(tree, EXECUTION_ENVIRONMENT) {
        Ok(document) => document,
        Err(fault) => return report.warn(format!("{EXECUTION_ENVIRONMENT} {fault}")),
    };
    for kind in ["python", "system"] {
        let Some(Value::String(path)) = document.get("dependencies").and_then(|all| all.get(kind))
        else {
            continue;
        };
        if !matches!(tree.find(path), Found::File(_)) {
            report.warn(format!(
                "{EXECUTION_ENVIRONMENT} names {} for {kind} dependencies, and it is not in the collection",
                quoted(path)
            ));
        }
    }
}
