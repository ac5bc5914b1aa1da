//! The tree of an archive: what would lie on disk if it were unpacked, without doing so.
//!
//! Start reading at [`Tree`]; [`Tree::find`] is the question asked most.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::archive::limits::Limits;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::links;
use crate::archive::tarball::links::Lost;
use crate::archive::tarball::path;
use crate::archive::tarball::tape::ADVICE;

/// A regular file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The SHA-256 of its content.
    pub sha256: [u8; 32],
    /// Its length in bytes.
    pub size: u64,
    /// Its content, if it was asked for.
    pub content: Option<Arc<Vec<u8>>>,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A directory, with or without an entry of its own.
    Directory,
    /// A regular file or a hard link to one.
    File(File),
    /// A symbolic link, with its target relative to its own directory.
    Link(String),
}

/// What is found at the end of a path, after all links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// A regular file.
    File(&'a File),
    /// A directory.
    Directory,
    /// Nothing, or something outside the archive.
    Nothing,
}

/// Everything in an archive, by path.
#[derive(Debug)]
pub struct Tree {
    nodes: BTreeMap<String, Node>,
    entries_max: u64,
    /// Bytes that names and link targets may still take.
    names_left: u64,
    repeated: Option<String>,
    steps: Cell<u32>,
}

impl Tree {
    /// An empty tree that refuses to grow beyond `limits`.
    pub fn new(limits: &Limits) -> Self {
        Self {
            nodes: BTreeMap::new(),
            entries_max: limits.entries,
            names_left: limits.document,
            repeated: None,
            steps: Cell::new(0),
        }
    }

    /// Adds an entry, and the directories above it where they are missing.
    ///
    /// Refuses an entry below a file or a link, one that stands where something of another kind does,
    /// and whatever is over the limits. A file that comes again takes the place of the first one,
    /// as it would on disk; see [`Tree::repeated`].
    pub fn add(&mut self, path: String, node: Node) -> Result<(), Rejection> {
        self.add_parents(&path)?;
        match (self.nodes.get(&path), &node) {
            (None, _) if path.is_empty() && node == Node::Directory => Ok(()),
            (None, _) if !path.is_empty() => self.insert(path, node),
            (Some(old), new) if *old == *new => Ok(()),
            (Some(Node::File(old)), Node::File(new)) => {
                if old.sha256 != new.sha256 {
                    self.repeated = Some(path.clone());
                }
                self.nodes.insert(path, node);
                Ok(())
            }
            _ => Err(Rejection::invalid(format!(
                "The entry {} is in the archive twice, as different things. Please {ADVICE}",
                quoted(&path)
            ))),
        }
    }

    /// Adds another name for a file that is there already.
    pub fn add_hard_link(&mut self, path: String, target: &str) -> Result<(), Rejection> {
        let target = path::parts(target).collect::<Vec<_>>().join("/");
        match self.nodes.get(&target) {
            Some(Node::File(file)) => {
                let file = file.clone();
                self.add(path, Node::File(file))
            }
            _ => Err(leads_nowhere(&path)),
        }
    }

    /// Refuses links that lead out of the archive, to nothing, or round in circles.
    pub fn check_links(&self) -> Result<(), Rejection> {
        let links = self.nodes.iter().filter_map(|(path, node)| match node {
            Node::Link(_) => Some(path),
            _ => None,
        });
        for path in links {
            match links::resolve(&self.nodes, &self.steps, path) {
                Ok(_) => {}
                Err(Lost::Outside) => {
                    return Err(Rejection::invalid("Invalid link target detected."));
                }
                Err(Lost::Missing) => return Err(leads_nowhere(path)),
                Err(Lost::TooFar) => {
                    let text = "leads through too many links, or back to itself";
                    let text = format!("The link {} of the archive {text}", quoted(path));
                    return Err(Rejection::invalid(format!("{text}. Please remove it")));
                }
            }
        }
        Ok(())
    }

    /// What a path from the root leads to, links followed.
    pub fn find(&self, path: &str) -> Found<'_> {
        let node = match self.nodes.get(path) {
            Some(node @ (Node::File(_) | Node::Directory)) => Ok(Some(node)),
            _ if path.starts_with('/') => Err(Lost::Outside),
            _ => links::resolve(&self.nodes, &self.steps, path),
        };
        match node {
            Ok(Some(Node::File(file))) => Found::File(file),
            // The root has no node.
            Ok(_) => Found::Directory,
            Err(_) => Found::Nothing,
        }
    }

    /// What stands at exactly this path, links not followed.
    pub fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(path)
    }

    /// Every path in the archive but the root, in the order of their bytes.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// Lets go of all content that was kept: FILES.json can be a large part of the memory of an import.
    pub fn forget_contents(&mut self) {
        for node in self.nodes.values_mut() {
            if let Node::File(file) = node {
                file.content = None;
            }
        }
    }

    /// Every regular file, hard links included.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.nodes.values().filter_map(|node| match node {
            Node::File(file) => Some(file),
            _ => None,
        })
    }

    /// A file that is there more than once, with different content.
    pub fn repeated(&self) -> Option<&str> {
        self.repeated.as_deref()
    }

    fn add_parents(&mut self, path: &str) -> Result<(), Rejection> {
        let mut missing = Vec::new();
        let mut next = path::parent(path).filter(|dir| !dir.is_empty());
        while let Some(directory) = next {
            match self.nodes.get(directory) {
                Some(Node::Directory) => break,
                Some(_) => {
                    let (path, directory) = (quoted(path), quoted(directory));
                    return Err(Rejection::invalid(format!(
                        "The entry {path} lies below {directory}, which is not a directory. \
                         Please {ADVICE}"
                    )));
                }
                None => missing.push(directory.to_owned()),
            }
            next = path::parent(directory).filter(|dir| !dir.is_empty());
        }
        missing
            .into_iter()
            .try_for_each(|directory| self.insert(directory, Node::Directory))
    }

    fn insert(&mut self, path: String, node: Node) -> Result<(), Rejection> {
        let target = match &node {
            Node::Link(target) => target.len(),
            _ => 0,
        };
        let names_left = self.names_left.checked_sub((path.len() + target) as u64);
        match names_left {
            Some(left) if (self.nodes.len() as u64) < self.entries_max => self.names_left = left,
            _ => {
                return Err(Rejection::invalid(format!(
                    "The collection has more than {} files and directories, or very long names, \
                     the limit of this server (max_archive_entries). Leave some out with `build_ignore` in galaxy.yml",
                    self.entries_max
                )));
            }
        }
        self.nodes.insert(path, node);
        Ok(())
    }
}

fn leads_nowhere(path: &str) -> Rejection {
    Rejection::invalid(format!(
        "The link {} leads nowhere: its target is not in the archive. Please remove it",
        quoted(path)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: u8) -> Node {
        Node::File(File {
            sha256: [content; 32],
            size: 1,
            content: None,
        })
    }

    fn link(target: &str) -> Node {
        Node::Link(target.to_owned())
    }

    fn tree<const N: usize>(nodes: [(&str, Node); N]) -> Result<Tree, String> {
        let mut tree = Tree::new(&Limits::default());
        nodes
            .into_iter()
            .try_for_each(|(path, node)| tree.add(path.to_owned(), node))
            .and_then(|()| tree.check_links())
            .map(|()| tree)
            .map_err(|refusal| refusal.to_string())
    }

    fn content(tree: &Tree, path: &str) -> Option<u8> {
        match tree.find(path) {
            Found::File(file) => Some(file.sha256[0]),
            _ => None,
        }
    }

    #[test]
    fn directories_above_an_entry_are_there_too() {
        let tree = tree([("a/b/c", file(1)), ("a", Node::Directory)]).unwrap();
        assert_eq!(tree.paths().collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
        assert_eq!(tree.find("a/b"), Found::Directory);
        assert_eq!(tree.find("./a//../a/b/./c"), tree.find("a/b/c"));
        assert_eq!(tree.find("/a/b/c"), Found::Nothing);
        assert_eq!(tree.find("../a"), Found::Nothing);
    }

    #[test]
    fn links_lead_to_what_they_would_on_disk() {
        let tree = tree([
            ("plugins/modules/real.py", file(7)),
            ("plugins/modules/link.py", link("real.py")),
            ("also", link("plugins/modules")),
            ("deep/er", link("../also/link.py")),
            ("up", link("also/..")),
            ("deep/root", link("..")),
        ])
        .unwrap();
        assert_eq!(tree.find("deep/root"), Found::Directory);
        for path in [
            "plugins/modules/link.py",
            "also/real.py",
            "deep/er",
            "up/modules/real.py",
        ] {
            assert_eq!(content(&tree, path), Some(7), "{path}");
        }
        assert_eq!(tree.find("also"), Found::Directory);
        assert!(matches!(tree.get("also"), Some(Node::Link(_))));
    }

    #[test]
    fn a_link_that_leads_nowhere_out_or_round_is_refused() {
        let refusal = |nodes| tree::<2>(nodes).unwrap_err();
        let dangling = [("a", file(1)), ("b", link("c"))];
        assert!(refusal(dangling).contains("'b' leads nowhere"));
        let through_a_file = [("a", file(1)), ("b", link("a/c"))];
        assert!(refusal(through_a_file).contains("'b' leads nowhere"));
        let as_if_a_directory = [("a", file(1)), ("b", link("a/"))];
        assert!(refusal(as_if_a_directory).contains("'b' leads nowhere"));
        assert!(tree([("d/a", file(1)), ("b", link("d/."))]).is_ok());
        let round = [("a", link("b")), ("b", link("a"))];
        assert!(refusal(round).contains("too many links"));
        // The text of the second link stays inside; following the first one, it does not.
        let out = [("d/x", link("..")), ("d/y", link("x/../a"))];
        assert_eq!(refusal(out), "Invalid link target detected.");
    }

    #[test]
    fn nothing_lies_below_a_file_or_a_link() {
        assert!(tree([("a", file(1)), ("a/b", file(1))]).is_err());
        assert!(tree([("d", Node::Directory), ("a", link("d")), ("a/b", file(1))]).is_err());
        assert!(tree([("a/b", file(1)), ("a", file(1))]).is_err());
        assert!(tree([("a", link("b")), ("b", file(1)), ("a", file(2))]).is_err());
        assert!(tree([("", file(1))]).is_err());
    }

    #[test]
    fn a_file_that_comes_twice_is_the_last_one_and_noted_when_it_differs() {
        let same = tree([("a", file(1)), ("a", file(1))]).unwrap();
        assert_eq!(same.repeated(), None);
        let changed = tree([("a", file(1)), ("a", file(2)), ("b", file(1))]).unwrap();
        assert_eq!(
            (changed.repeated(), content(&changed, "a")),
            (Some("a"), Some(2))
        );
    }

    #[test]
    fn a_hard_link_is_the_file_it_names() {
        let mut tree = tree([("docs/a", file(5))]).unwrap();
        tree.add_hard_link("b".to_owned(), "./docs/a").unwrap();
        assert_eq!(content(&tree, "b"), Some(5));
        assert!(tree.add_hard_link("c".to_owned(), "docs").is_err());
        assert!(tree.add_hard_link("c".to_owned(), "later").is_err());
    }

    #[test]
    fn entries_and_names_are_counted_directories_included() {
        let limits = Limits {
            entries: 4,
            document: 30,
            ..Limits::default()
        };
        let mut tree = Tree::new(&limits);
        tree.add("a/b/c".to_owned(), file(1)).unwrap();
        tree.add("d".to_owned(), file(1)).unwrap();
        assert!(tree.add("e".to_owned(), file(1)).is_err());
        let mut tree = Tree::new(&limits);
        assert!(tree.add("x".repeat(31), file(1)).is_err());
        assert!(tree.add("x".to_owned(), link(&"y".repeat(30))).is_err());
    }

    #[test]
    fn links_through_deep_directories_take_bounded_time() {
        let mut tree = Tree::new(&Limits::default());
        let deep = "d/".repeat(1000) + "end";
        tree.add(deep.clone(), file(1)).unwrap();
        for number in 0..5000 {
            tree.add(format!("link{number}"), link(&deep)).unwrap();
        }
        let refusal = tree.check_links().unwrap_err().to_string();
        assert!(refusal.contains("too many links"));
    }
}
