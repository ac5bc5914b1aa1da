//! What a signature of a collection is made over: its MANIFEST.json, which vouches for all other files.

use std::io::Read;
use std::io::Seek;

use crate::archive::collection;
use crate::archive::limits::Limits;
use crate::archive::manifest;
use crate::archive::rejection::Rejection;
use crate::archive::tarball::walk::Visitor;
use crate::archive::tarball::walk::Wish;

/// The bytes of MANIFEST.json in an artifact that was taken in before, exactly as they are there.
///
/// Fails as [`collection::read`] does; the limits may have been others when it was taken in.
pub fn bytes(file: &mut (impl Read + Seek), limits: &Limits) -> Result<Vec<u8>, Rejection> {
    let tree = collection::walk(file, limits, &mut ManifestOnly)?;
    match collection::document(&tree, manifest::NAME, limits.manifest)? {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => Err(Rejection::invalid("No manifest found in collection")),
    }
}

/// Keeps MANIFEST.json.
struct ManifestOnly;

impl Visitor for ManifestOnly {
    fn wish(&mut self, path: &str, _size: u64) -> Result<Wish, Rejection> {
        Ok(match path {
            manifest::NAME => Wish::Keep,
            _ => Wish::Pass,
        })
    }

    fn see(&mut self, _path: &str, _sha256: [u8; 32], _content: Vec<u8>) -> Result<(), Rejection> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::archive::sample;
    use crate::archive::sample::Sample;

    #[test]
    fn the_manifest_is_what_it_is_in_the_artifact() {
        let sample = Sample::new();
        let mut file = Cursor::new(sample::gzip(&sample.tar()));
        for _ in 0..2 {
            let found = bytes(&mut file, &Limits::default()).unwrap();
            assert_eq!(
                found,
                sample.manifest(),
                "blanks and all, from the start each time"
            );
        }
        let small = Limits {
            manifest: 10,
            ..Limits::default()
        };
        assert!(bytes(&mut file, &small).is_err());
        let empty = sample::gzip(&[0; 1024]);
        let told = bytes(&mut Cursor::new(empty), &Limits::default()).unwrap_err();
        assert_eq!(told.to_string(), "No manifest found in collection");
    }
}
