//! The walk over an archive: reads it once, from front to back, and hashes every file on the way.
//!
//! Nothing is unpacked to disk. Memory goes to the names of the entries and to the few files
//! whose content is asked for. Start reading at [`walk`].

use std::io::BufRead;
use std::sync::Arc;

use sha2::Digest;
use sha2::Sha256;

use crate::archive::limits::Limits;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::member;
use crate::archive::tarball::member::Kind;
use crate::archive::tarball::member::Member;
use crate::archive::tarball::tape::Tape;
use crate::archive::tarball::tree::File;
use crate::archive::tarball::tree::Node;
use crate::archive::tarball::tree::Tree;

/// What happens to the content of a file besides being hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    Pass,
    /// It stays in the tree. Such a file may not be larger than `limits.document`.
    Keep,
    /// It is shown to [`Visitor::see`].
    See,
}

/// Whoever looks at an archive while it is read.
pub trait Visitor {
    /// What to do with a file of `size` bytes. Asked for every file, before its content is read.
    fn wish(&mut self, path: &str, size: u64) -> Result<Wish, Rejection>;

    /// Sees the content of a file it wished to see.
    fn see(&mut self, path: &str, sha256: [u8; 32], content: Vec<u8>) -> Result<(), Rejection>;
}

/// Nobody looks: every file is hashed and that is all.
impl Visitor for () {
    fn wish(&mut self, _path: &str, _size: u64) -> Result<Wish, Rejection> {
        Ok(Wish::Pass)
    }

    fn see(&mut self, _path: &str, _sha256: [u8; 32], _content: Vec<u8>) -> Result<(), Rejection> {
        Ok(())
    }
}

/// Reads a whole tar file, unpacked to at most `unpacked` bytes, into a tree.
///
/// Refuses everything of contract 06 §6.2: paths and links that leave the archive, devices, links that lead
/// nowhere, entries that lie about themselves, and archives over the limits. What `visitor` refuses is refused too.
/// What follows the end of the archive is not read, as on the reference.
pub fn walk(
    reader: impl BufRead,
    limits: &Limits,
    unpacked: u64,
    visitor: &mut dyn Visitor,
) -> Result<Tree, Rejection> {
    let mut tape = Tape::new(reader, unpacked);
    let mut tree = Tree::new(limits);
    while let Some(Member { path, kind, size }) = member::next(&mut tape, limits)? {
        match kind {
            Kind::Directory => tree.add(path, Node::Directory)?,
            Kind::SymbolicLink(target) => tree.add(path, Node::Link(target))?,
            Kind::HardLink(target) => tree.add_hard_link(path, &target)?,
            Kind::File => {
                let wish = visitor.wish(&path, size)?;
                if wish == Wish::Keep && size > limits.document {
                    return Err(too_large(&path, limits.document));
                }
                if size > limits.file {
                    return Err(Rejection::invalid(format!(
                        "The file {} is larger than {} bytes, the limit of this server for one file (max_file_size). \
                         Leave it out with `build_ignore` in galaxy.yml",
                        quoted(&path),
                        limits.file
                    )));
                }
                let mut file = file(&mut tape, size, wish != Wish::Pass)?;
                if wish == Wish::See
                    && let Some(content) = file.content.take().and_then(Arc::into_inner)
                {
                    visitor.see(&path, file.sha256, content)?;
                }
                tree.add(path, Node::File(file))?;
            }
        }
    }
    tree.check_links()?;
    Ok(tree)
}

/// The refusal of a file that is too large to be looked into.
pub fn too_large(path: &str, limit: u64) -> Rejection {
    Rejection::invalid(format!(
        "The file {} is larger than {limit} bytes, the limit for such files",
        quoted(path)
    ))
}

fn file<R: BufRead>(tape: &mut Tape<R>, size: u64, kept: bool) -> Result<File, Rejection> {
    let mut hash = Sha256::new();
    let content = match kept {
        true => {
            let content = tape.bytes(size)?;
            hash.update(&content);
            Some(Arc::new(content))
        }
        false => {
            tape.data(size, |piece| hash.update(piece))?;
            None
        }
    };
    let sha256 = hash.finalize().into();
    Ok(File {
        sha256,
        size,
        content,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::sample;
    use crate::archive::tarball::tree::Found;
    use proptest::prelude::*;

    struct Keeper(Vec<(String, Vec<u8>)>);

    impl Visitor for Keeper {
        fn wish(&mut self, path: &str, _size: u64) -> Result<Wish, Rejection> {
            Ok(match path {
                "keep" => Wish::Keep,
                "see" => Wish::See,
                _ => Wish::Pass,
            })
        }

        fn see(
            &mut self,
            path: &str,
            _sha256: [u8; 32],
            content: Vec<u8>,
        ) -> Result<(), Rejection> {
            self.0.push((path.to_owned(), content));
            Ok(())
        }
    }

    fn walked(tar: &[u8], limits: &Limits) -> Result<Tree, String> {
        walk(tar, limits, limits.unpacked, &mut Keeper(Vec::new()))
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn what_is_seen_does_not_stay_in_the_tree() {
        let tar = [sample::file("see", b"seen"), sample::file("keep", b"kept")].concat();
        let mut keeper = Keeper(Vec::new());
        let tree = walk(tar.as_slice(), &Limits::default(), 4096, &mut keeper).unwrap();
        assert_eq!(keeper.0, [("see".to_owned(), b"seen".to_vec())]);
        assert!(
            matches!(tree.find("see"), Found::File(file) if file.content.is_none() && file.size == 4)
        );
    }

    #[test]
    fn every_file_is_hashed_and_the_chosen_ones_are_kept() {
        let tar = [
            sample::file("keep", b"kept"),
            sample::file("docs/large", &[7; 3000]),
            sample::link(b'1', "hard", "keep"),
            sample::link(b'2', "soft", "docs/large"),
        ];
        let tree = walked(&tar.concat(), &Limits::default()).unwrap();
        let file = |path| match tree.find(path) {
            Found::File(file) => file,
            _ => panic!("{path} is not a file"),
        };
        assert_eq!(file("keep").content.as_deref().unwrap(), b"kept");
        assert_eq!(file("hard"), file("keep"));
        assert_eq!(file("soft").content, None);
        assert_eq!(hex::encode(file("soft").sha256), sample::sha256(&[7; 3000]));
        assert_eq!(file("soft").size, 3000);
    }

    #[test]
    fn a_file_cut_off_is_refused() {
        let tar = sample::file("a", &[1; 600]);
        for length in [600, 1100, 1200] {
            let refusal = walked(&tar[..length], &Limits::default()).unwrap_err();
            assert!(refusal.contains("cut off"), "{length}");
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let limits = Limits {
            unpacked: 10_000,
            document: 1000,
            file: u64::MAX,
            ..Limits::default()
        };
        let bomb = sample::header(b'0', "bomb", "", 1 << 40);
        assert!(walked(&bomb, &limits).unwrap_err().contains("10000 bytes"));
        let kept = sample::header(b'0', "keep", "", 1001);
        assert!(
            walked(&kept, &limits)
                .unwrap_err()
                .contains("larger than 1000 bytes")
        );
        let many = sample::file("a", &[0; 1000]).repeat(8);
        assert!(walked(&many, &limits).unwrap_err().contains("10000 bytes"));
        let small = Limits {
            file: 500,
            ..limits
        };
        assert!(
            walked(&many, &small)
                .unwrap_err()
                .contains("larger than 500 bytes")
        );
    }

    #[test]
    fn what_follows_the_end_is_not_read() {
        let tar = [sample::file("a", b""), vec![0; 512], vec![b'x'; 9999]].concat();
        let limits = Limits {
            unpacked: 1024,
            ..Limits::default()
        };
        assert!(walked(&tar, &limits).is_ok());
    }

    /// An entry of a made-up archive: its type, its name and where it leads.
    fn entry() -> impl Strategy<Value = Vec<u8>> {
        let path = "(/|\\./|\\.\\./|a/|b/|a|b|c|\\.\\.){1,5}";
        (prop::sample::select(&b"0125"[..]), path, path).prop_map(|(kind, name, target)| match kind
        {
            b'1' | b'2' => sample::link(kind, &name, &target),
            _ => sample::entry(kind, &name, b""),
        })
    }

    proptest! {
        /// The judge is the file system: what passed is laid out there, and nothing may lead out.
        #[test]
        fn what_passes_stays_below_its_root_on_a_real_disk(entries in prop::collection::vec(entry(), 1..8)) {
            let Ok(tree) = walked(&entries.concat(), &Limits::default()) else {
                return Ok(());
            };
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().canonicalize().unwrap().join("in/side");
            std::fs::create_dir_all(&root).unwrap();
            for path in tree.paths() {
                match tree.get(path).unwrap() {
                    Node::Directory => std::fs::create_dir(root.join(path)).unwrap(),
                    Node::File(_) => std::fs::write(root.join(path), "").unwrap(),
                    Node::Link(target) => std::os::unix::fs::symlink(target, root.join(path)).unwrap(),
                }
            }
            for path in tree.paths() {
                let real = root.join(path).canonicalize();
                prop_assert!(real.is_ok_and(|real| real.starts_with(&root)), "{path}");
            }
            prop_assert_eq!(std::fs::read_dir(folder.path().join("in")).unwrap().count(), 1);
        }
    }
}
