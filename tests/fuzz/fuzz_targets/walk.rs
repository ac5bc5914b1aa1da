//! Whatever an archive holds, no path in its tree leaves the root, every link leads somewhere, and limits are kept.
//!
//! Input: entries as the fuzzer likes them, with right checksums; or, once there are none, bytes as they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pocket_galaxy::archive::limits::Limits;
use pocket_galaxy::archive::rejection::Rejection;
use pocket_galaxy::archive::tarball::tree::{Found, Node};
use pocket_galaxy::archive::tarball::walk;
use pocket_galaxy_fuzz::{Entry, gzip, read};

fuzz_target!(|input: (bool, Vec<Entry<'_>>, &[u8])| {
    let (is_packed, entries, raw) = input;
    let limits = Limits {
        unpacked: 20_000,
        file: 5000,
        entries: 12,
        depth: 4,
        document: 2000,
        manifest: 1000,
        path: 60,
        documentation: 2000,
        source: 1000,
        page: 500,
        yaml_nodes: 100,
        ..Limits::default()
    };
    let tar: Vec<u8> = entries.iter().flat_map(Entry::written).chain(raw.iter().copied()).collect();
    let packed = if is_packed { gzip(&tar) } else { tar.clone() };
    // A refusal is said in a sentence; and memory never fails to read.
    let refusal = read(&packed, &limits).err();
    assert!(!matches!(refusal, Some(Rejection::Io(_) | Rejection::Canceled)), "{refusal:?}");
    assert!(refusal.is_none_or(|refusal| refusal.to_string().len() < 9000));

    let Ok(tree) = walk::walk(tar.as_slice(), &limits, limits.unpacked, &mut ()) else {
        return;
    };
    assert!(tree.paths().count() <= 12);
    assert!(tree.files().map(|file| file.size).all(|size| size <= 5000));
    for path in tree.paths() {
        assert!(path.len() <= 60 && path.split('/').count() <= 4 && !path.contains('\0'), "{path:?}");
        assert!(path.split('/').all(|part| !["", ".", ".."].contains(&part)), "{path:?}");
        assert_ne!(tree.find(path), Found::Nothing, "{path:?}");
        let Some(Node::Link(target)) = tree.get(path) else {
            continue;
        };
        assert!(!target.starts_with('/') && !target.is_empty());
        let mut depth = path.split('/').count() - 1;
        for part in target.split('/').filter(|part| !["", "."].contains(part)) {
            depth = if part == ".." { depth.checked_sub(1).expect("inside") } else { depth + 1 };
        }
    }
});
