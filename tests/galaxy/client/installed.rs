//! What a collection consists of: in its artifact, and where it was installed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::support::tarball::Artifact;

/// Files by their paths inside the collection.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The files in an artifact.
pub fn files_in(artifact: &Artifact) -> Files {
    let mut files = Files::new();
    let mut tar = tar::Archive::new(GzDecoder::new(artifact.bytes.as_slice()));
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.insert(path, bytes);
        }
    }
    files
}

/// The files in a folder and the folders in it.
pub fn files_below(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries =
            fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display()));
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Checks that both are the same, byte for byte.
#[track_caller]
pub fn compare(published: &Files, installed: &Files) {
    let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(installed),
        names(published),
        "the installed files are not the published ones"
    );
    for (name, bytes) in published {
        // Not assert_eq: thousands of numbers would hide the name.
        assert!(
            installed[name] == *bytes,
            "{name} is not what was published"
        );
    }
}
