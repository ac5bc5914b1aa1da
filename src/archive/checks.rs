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
/// Lists of sanity tests that the authors switched off, one for each release of Ansible.
const IGNORES: &str = "tests/sanity/ignore-";
/// How many of these are looked at: links could lead to the same long list any number of times.
const IGNORES_MAX: usize = 50;

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
        .take(IGNORES_MAX)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::limits::Limits;
    use crate::archive::sample::Lines;
    use crate::archive::tarball::tree::File;
    use crate::archive::tarball::tree::Node;

    /// A tree of these files and what was harvested of them.
    fn harvested(files: &[(&str, &str)]) -> (Tree, Harvest) {
        let mut tree = Tree::new(&Limits::default());
        let mut harvest = Harvest::new(&Limits::default()).unwrap();
        for (number, (path, content)) in files.iter().enumerate() {
            let sha256 = [u8::try_from(number).unwrap(); 32];
            let (size, bytes) = (content.len() as u64, content.as_bytes().to_vec());
            assert!(harvest.wants(path, size), "{path}");
            harvest.take(path, sha256, bytes).unwrap();
            let content = None;
            let file = File {
                sha256,
                size,
                content,
            };
            tree.add((*path).to_owned(), Node::File(file)).unwrap();
        }
        (tree, harvest)
    }

    fn required(runtime: &str) -> Result<String, String> {
        let (tree, harvest) = harvested(&[(RUNTIME, runtime)]);
        let runtime = Runtime::read(&tree, &harvest);
        runtime
            .requires_ansible(&tree)
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn the_range_of_ansible_must_be_one_of_python() {
        for range in [
            ">=2.15.0",
            "==2.10",
            ">=2.9,<2.11",
            ">=2.12.0b1",
            ">=2.9.10,!=2.10.*",
        ] {
            assert_eq!(
                required(&format!("requires_ansible: '{range}'")).as_deref(),
                Ok(range)
            );
        }
        for runtime in [
            "requires_ansible: '2.10'",
            "requires_ansible: 2.10",
            "requires_ansible: [a]",
        ] {
            let refusal = required(runtime).unwrap_err();
            assert_eq!(
                refusal,
                "'requires_ansible' is not a valid requirement specification"
            );
        }
        let long = format!("requires_ansible: '>=2.9{}'", ",!=2.10".repeat(40));
        assert!(required(&long).unwrap_err().contains("255 characters"));
    }

    #[test]
    fn each_way_of_saying_nothing_is_told_apart() {
        assert!(
            required("plugin_routing: {}")
                .unwrap_err()
                .contains("'requires_ansible' not found")
        );
        assert!(
            required("[]")
                .unwrap_err()
                .contains("the file is no mapping")
        );
        assert!(
            required("a: [")
                .unwrap_err()
                .starts_with("meta/runtime.yml is not valid YAML")
        );
        let (tree, harvest) = harvested(&[]);
        let missing = Runtime::read(&tree, &harvest)
            .requires_ansible(&tree)
            .unwrap_err();
        assert!(missing.to_string().contains("no meta/runtime.yml found"));
    }

    #[test]
    fn what_had_better_be_there_is_a_warning() {
        let environment = "dependencies: {python: requirements.txt, system: bindep.txt}";
        let ignores = "plugins/a.py validate-modules\n\n# no\nplugins/b.py pep8\n";
        let (tree, harvest) = harvested(&[
            (EXECUTION_ENVIRONMENT, environment),
            ("tests/sanity/ignore-2.15.txt", ignores),
        ]);
        let mut lines = Lines::default();
        advise(&tree, &harvest, &mut lines);
        let said: Vec<&str> = lines.said.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(
            said[0].contains("'requirements.txt' for python")
                && said[1].contains("'bindep.txt' for system")
        );
        assert!(
            said[2].starts_with("No changelog found.")
                && said[3].contains("ignore-2.15.txt with 2 statement(s)")
        );
    }
}
