//! Symbolic links, followed inside the tree of an archive as a system would follow them on disk.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::archive::tarball::path;
use crate::archive::tarball::tree::Node;

/// How many links may follow each other, as on Linux.
const HOPS_MAX: usize = 40;

/// How many steps from directory to directory are taken for all links together.
///
/// A real collection takes some hundreds. A hostile one could make each of its
/// thousands of links walk through thousands of directories.
const STEPS_MAX: u32 = 2_000_000;

/// Why a path leads to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It climbs above the root.
    Outside,
    /// Something on the way is not there, or not a directory.
    Missing,
    /// It goes round in circles, or all paths together have taken too many steps.
    TooFar,
}

/// Walks along `path` from the root, through links; `None` is the root itself.
///
/// `steps` counts what all calls for one archive have cost.
pub fn resolve<'a>(
    nodes: &'a BTreeMap<String, Node>,
    steps: &Cell<u32>,
    path: &str,
) -> Result<Option<&'a Node>, Lost> {
    // Parts yet to go, the next one last.
    let mut ahead: Vec<&str> = backwards(path).collect();
    let mut here = String::new();
    let mut node = None;
    let mut hops = 0;
    while let Some(part) = ahead.pop() {
        steps.set(steps.get().saturating_add(1));
        if steps.get() > STEPS_MAX {
            return Err(Lost::TooFar);
        }
        if part == "." {
            continue;
        }
        if part == ".." {
            here.truncate(path::parent(&here).ok_or(Lost::Outside)?.len());
            node = nodes.get(&here);
            continue;
        }
        if !here.is_empty() {
            here.push('/');
        }
        here.push_str(part);
        node = Some(nodes.get(&here).ok_or(Lost::Missing)?);
        match node {
            Some(Node::File(_)) if !ahead.is_empty() => return Err(Lost::Missing),
            Some(Node::Link(target)) => {
                hops += 1;
                if hops > HOPS_MAX {
                    return Err(Lost::TooFar);
                }
                ahead.extend(backwards(target));
                here.truncate(path::parent(&here).unwrap_or_default().len());
                node = nodes.get(&here);
            }
            _ => {}
        }
    }
    Ok(node)
}

/// The parts of a path from its end, after a dot if the path can only be that of a directory: `name/`, `name/.`.
fn backwards(path: &str) -> impl Iterator<Item = &str> {
    let is_directory = path.ends_with('/') || path.ends_with("/.");
    is_directory
        .then_some(".")
        .into_iter()
        .chain(path::parts(path).rev())
}
