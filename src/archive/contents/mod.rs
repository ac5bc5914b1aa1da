//! Contents: what a collection brings, each plugin, role and playbook by itself (contract 06 §6.5, steps 7 to 9).
//!
//! Start reading at [`find`].

pub mod kind;

use crate::archive::contents::kind::Kind;
use crate::archive::harvest::Harvest;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::path;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Tree;

/// One thing that a collection brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Content {
    /// The word the APIs use for its kind.
    pub kind: Kind,
    /// Where it lies in the archive.
    pub path: String,
    /// What it is called inside its kind: the path below the folder of the kind, with dots.
    pub name: String,
}

/// The folders that make a folder below `roles/` a role.
const PARTS_OF_A_ROLE: [&str; 4] = ["tasks", "vars", "handlers", "meta"];

/// Everything in the archive that is a content, by kind and path.
///
/// A plugin with several sources (`x.ps1` beside `x.py`) is one content; the reference lists it twice.
/// Refuses a `meta/extensions.yml` that is not in order.
pub fn find(tree: &Tree, harvest: &Harvest) -> Result<Vec<Content>, Rejection> {
    let extensions = kind::extensions(tree, harvest)?;
    let mut found: Vec<Content> = Vec::new();
    let mut role: Option<&str> = None;
    for path in tree.paths() {
        let content = match path.split_once('/') {
            Some(("plugins", rest)) => plugin(tree, path, rest),
            Some(("playbooks", name)) => playbook(tree, path, name),
            // Paths come in order, so a role comes right before all that is in it.
            Some(("roles", _)) if role.is_some_and(|role| is_below(path, role)) => None,
            Some(("roles", name)) => {
                let content = self::role(tree, path, name);
                role = content.is_some().then_some(path).or(role);
                content
            }
            Some(("extensions", rest)) => extension(tree, path, rest, &extensions),
            _ => None,
        };
        found.extend(content);
    }
    found.sort();
    // Siblings in order of path, so that the Python source, which has the documentation, is not the one that goes.
    found.dedup_by(|later, earlier| {
        let is_same = later.kind == earlier.kind && later.name == earlier.name;
        if is_same && later.path.ends_with(".py") {
            std::mem::swap(later, earlier);
        }
        is_same
    });
    Ok(found)
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

fn is_file(tree: &Tree, path: &str) -> bool {
    matches!(tree.find(path), Found::File(_))
}

fn plugin(tree: &Tree, path: &str, rest: &str) -> Option<Content> {
    let (folder, name) = rest.split_once('/')?;
    source(tree, path, name, Kind::of_plugin_folder(folder)?)
}

fn extension(tree: &Tree, path: &str, rest: &str, extensions: &[Kind]) -> Option<Content> {
    if let Some(name) = rest.strip_prefix("patterns/") {
        let is_one = !name.contains('/');
        return is_one.then(|| content(Kind::Pattern, path, name.to_owned()));
    }
    extensions.iter().find_map(|kind| {
        let name = rest.strip_prefix(kind.as_str())?.strip_prefix('/')?;
        source(tree, path, name, *kind)
    })
}

/// A content that is a source file.
fn source(tree: &Tree, path: &str, name: &str, kind: Kind) -> Option<Content> {
    let stem = name
        .strip_suffix(".py")
        .or_else(|| name.strip_suffix(".ps1"))?;
    let is_package = stem == "__init__" || stem.ends_with("/__init__");
    (!is_package && is_file(tree, path)).then(|| content(kind, path, stem.replace('/', ".")))
}

fn playbook(tree: &Tree, path: &str, name: &str) -> Option<Content> {
    let is_one = !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml"));
    (is_one && is_file(tree, path)).then(|| content(Kind::Playbook, path, name.to_owned()))
}

fn role(tree: &Tree, path: &str, name: &str) -> Option<Content> {
    let has = |part: &&str| tree.find(&format!("{path}/{part}")) == Found::Directory;
    let is_role = tree.find(path) == Found::Directory && PARTS_OF_A_ROLE.iter().any(has);
    is_role.then(|| content(Kind::Role, path, name.replace('/', ".")))
}

fn content(kind: Kind, path: &str, name: String) -> Content {
    Content {
        kind,
        path: path.to_owned(),
        name,
    }
}

impl Content {
    /// Refuses a plugin or a role whose own name is no name for one.
    pub fn check_name(&self) -> Result<(), Rejection> {
        let base = self.name.rsplit('.').next().unwrap_or_default();
        let starts = base.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        let rest = base
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        match self.kind.is_named_by_file() || (starts && rest && !base.contains("__")) {
            true => Ok(()),
            false => Err(Rejection::invalid(format!(
                "{} name invalid format: {}",
                self.kind, self.name
            ))),
        }
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &str {
        path::parent(&self.path).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::limits::Limits;
    use crate::archive::tarball::tree::File;
    use crate::archive::tarball::tree::Node;

    fn found(paths: &[&str]) -> Vec<String> {
        let mut tree = Tree::new(&Limits::default());
        for path in paths {
            let file = File {
                sha256: [0; 32],
                size: 0,
                content: None,
            };
            tree.add((*path).to_owned(), Node::File(file)).unwrap();
        }
        let harvest = Harvest::new(&Limits::default()).unwrap();
        let found = find(&tree, &harvest).unwrap();
        found
            .into_iter()
            .map(|content| format!("{} {}", content.kind, content.name))
            .collect()
    }

    #[test]
    fn contents_are_found_where_they_belong_and_sorted_by_kind_and_path() {
        let paths = [
            "README.md",
            "plugins/modules/__init__.py",
            "plugins/modules/say.py",
            "plugins/modules/sub/dir/mod.py",
            "plugins/modules/win.ps1",
            "plugins/modules/win.py",
            "plugins/modules/notes.txt",
            "plugins/module_utils/words.py",
            "plugins/plugin_utils/x.py",
            "plugins/action/say.py",
            "playbooks/hello.yml",
            "playbooks/vars/x.yml",
            "roles/greet/tasks/main.yml",
            "roles/greet/files/inner/tasks/main.yml",
            "roles/group/one/meta/main.yml",
            "roles/none/README.md",
            "extensions/eda/plugins/event_source/tick.py",
            "extensions/patterns/site/playbooks/x.yml",
        ];
        assert_eq!(
            found(&paths),
            [
                "action say",
                "module say",
                "module sub.dir.mod",
                "module win",
                "module_utils words",
                "patterns site",
                "playbook hello.yml",
                "role greet",
                "role group.one",
            ]
        );
    }

    #[test]
    fn names_of_plugins_and_roles_are_checked_by_their_last_part() {
        let check = |kind, name: &str| content(kind, "x", name.to_owned()).check_name().is_ok();
        for name in ["say", "_old", "sub.dir.m0d", "Group.role"] {
            assert!(check(Kind::Role, name), "{name}");
        }
        for name in ["Bad-Name", "9lives", "a__b", "sub.Dir", ""] {
            assert!(!check(Kind::Role, name), "{name}");
        }
        assert!(check(Kind::Playbook, "Any Name.yml"));
        let refused = content(Kind::Role, "x", "Bad-Name".to_owned()).check_name();
        assert_eq!(
            refused.unwrap_err().to_string(),
            "role name invalid format: Bad-Name"
        );
    }
}
