//! Whatever the two documents of an archive say, they are judged in a sentence, and kept without a change of meaning.
//!
//! Input: MANIFEST.json, a NUL, FILES.json.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pocket_galaxy::archive::limits::Limits;
use pocket_galaxy::archive::manifest;
use pocket_galaxy::archive::manifest::files;
use pocket_galaxy::archive::manifest::json;
use pocket_galaxy::archive::rejection::Rejection;
use pocket_galaxy::archive::tarball::tree::{Found, Tree};
use pocket_galaxy::archive::tarball::walk;
use pocket_galaxy_fuzz::{entry, file, header};
use serde_json::Value;

thread_local! {
    static TREE: LazyLock<Tree> = LazyLock::new(|| {
        let link = entry(&header(b'2', b"link", b"docs/a", 0), b"");
        let tar = [file("docs/a", b"text"), file("README.md", b""), link].concat();
        walk::walk(tar.as_slice(), &Limits::default(), 1 << 20, &mut ()).expect("a good archive")
    });
}

fn is_short(refusal: &Rejection) -> bool {
    matches!(refusal, Rejection::Invalid(text) if !text.is_empty() && text.len() < 9000)
}

fuzz_target!(|input: &str| {
    let (manifest, listing) = input.split_once('\0').unwrap_or((input, "{}"));
    if let Err(refusal) = manifest::parse(manifest) {
        assert!(is_short(&refusal), "{refusal:?}");
    }
    match TREE.with(|tree| files::check(listing, tree)) {
        Err(refusal) => assert!(is_short(&refusal), "{refusal:?}"),
        // Then it named all there is.
        Ok(()) => {
            assert!(["docs", "README.md", "link"].iter().all(|name| listing.contains('\\') || listing.contains(name)))
        }
    }
    for text in [manifest, listing] {
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            let compact = json::compact(text);
            assert!(compact.len() <= text.len());
            assert_eq!(serde_json::from_str::<Value>(&compact).expect("JSON"), value);
        }
    }
    let path = manifest.get(..100).unwrap_or(manifest);
    TREE.with(|tree| {
        if let Found::File(found) = tree.find(path) {
            assert!(found.size <= 4)
        }
    });
});
