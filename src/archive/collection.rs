//! The front door: an uploaded file becomes a collection, or a reason why it is none.
//!
//! Everything of contract 06 §6.1 to §6.4 is checked, in the order of the reference.
//! What is inside (documentation, contents, `meta/runtime.yml`) is not looked at. Start reading at [`read`].

use std::io::Read;
use std::io::Seek;

use crate::archive::compression;
use crate::archive::files;
use crate::archive::info::CollectionInfo;
use crate::archive::json;
use crate::archive::limits::Limits;
use crate::archive::manifest;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::source::Source;
use crate::archive::tape::ADVICE;
use crate::archive::tree::Found;
use crate::archive::tree::Node;
use crate::archive::tree::Tree;
use crate::archive::walk;
use crate::kernel::name::ArtifactName;

/// A collection whose archive is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// What it says about itself.
    pub info: CollectionInfo,
    /// MANIFEST.json without blanks; keys, numbers and texts are as they were, in their order.
    pub manifest: String,
    /// FILES.json without blanks, likewise.
    pub files: String,
}

/// Reads the collection in `file`, from its start, and checks that it is the one its file name promises.
///
/// Memory is bounded by `limits`, whatever the file holds. Refuses with [`Rejection::Invalid`], in a sentence
/// for the uploader, and fails with [`Rejection::Io`] only when `file` itself cannot be read.
pub fn read(
    file: &mut (impl Read + Seek),
    expected: &ArtifactName,
    limits: &Limits,
) -> Result<Collection, Rejection> {
    let tree = walk(file, limits)?;
    let manifest_text = document(&tree, manifest::NAME, limits.manifest)?;
    let manifest_text =
        manifest_text.ok_or_else(|| Rejection::invalid("No manifest found in collection"))?;
    let manifest = manifest::parse(manifest_text)?;
    files::check_sum(manifest::FILES, manifest.files_sha256.as_deref(), &tree)?;
    let files_text = document(&tree, manifest::FILES, limits.document)?.unwrap_or_default();
    files::check(files_text, &tree)?;
    check_file_name(expected, &manifest.info)?;
    let named = [
        Some(&manifest.info.readme),
        manifest.info.license_file.as_ref(),
    ];
    for path in named.into_iter().flatten() {
        check_presence(path, &tree)?;
    }
    // On disk the last one of a name wins, and its faults have been told by now as the reference would.
    // If it has none, the first one is still a file that nothing vouches for.
    if let Some(path) = tree.repeated() {
        return Err(Rejection::invalid(format!(
            "The file {} is in the archive twice, with different content. Please {ADVICE}",
            quoted(path)
        )));
    }
    Ok(Collection {
        info: manifest.info,
        manifest: json::compact(manifest_text),
        files: json::compact(files_text),
    })
}

fn walk(file: &mut (impl Read + Seek), limits: &Limits) -> Result<Tree, Rejection> {
    let mut source = Source::new(file);
    let tree = match compression::open(&mut source) {
        Ok(reader) => walk::walk(reader, limits, |path| {
            path == manifest::NAME || path == manifest::FILES
        }),
        Err(error) => Err(Rejection::Io(error)),
    };
    match source.into_failure() {
        Some(failure) => Err(Rejection::Io(failure)),
        None => tree,
    }
}

/// The text of a document at the root, `None` if it is not there.
fn document<'a>(tree: &'a Tree, name: &str, limit: u64) -> Result<Option<&'a str>, Rejection> {
    let content = match tree.get(name) {
        None => return Ok(None),
        Some(Node::File(file)) if file.size > limit => return Err(walk::too_large(name, limit)),
        Some(Node::File(file)) => file.content.as_ref(),
        Some(_) => None,
    };
    let Some(content) = content else {
        let text = format!("{name} is not a regular file in the archive. Please {ADVICE}");
        return Err(Rejection::invalid(text));
    };
    json::text(name, content).map(Some)
}

fn check_file_name(expected: &ArtifactName, info: &CollectionInfo) -> Result<(), Rejection> {
    let pairs = [
        (
            "namespace",
            expected.namespace.as_str(),
            info.namespace.as_str(),
        ),
        ("name", expected.name.as_str(), info.name.as_str()),
        ("version", expected.version.as_str(), info.version.as_str()),
    ];
    match pairs
        .into_iter()
        .find(|(_, file, metadata)| file != metadata)
    {
        Some((item, file, metadata)) => Err(Rejection::invalid(format!(
            "Filename {item} \"{file}\" did not match metadata \"{metadata}\""
        ))),
        None => Ok(()),
    }
}

fn check_presence(path: &str, tree: &Tree) -> Result<(), Rejection> {
    match tree.find(path) {
        Found::File(_) => Ok(()),
        _ => {
            let base = path.rsplit('/').next().unwrap_or(path);
            Err(Rejection::invalid(format!("Could not find file {base}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::sample;
    use crate::archive::sample::Sample;
    use proptest::prelude::*;
    use serde_json::Value;
    use serde_json::json;
    use std::io;
    use std::io::Cursor;

    fn read_as(file_name: &str, bytes: Vec<u8>) -> Result<Collection, Rejection> {
        let expected = ArtifactName::parse(file_name).unwrap();
        read(&mut Cursor::new(bytes), &expected, &Limits::default())
    }

    fn refusal(sample: &Sample) -> String {
        let file = sample::gzip(&sample.tar());
        read_as("acme-tools-1.0.0.tar.gz", file)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_good_file_becomes_a_collection() {
        let sample = Sample::new();
        let file = sample::gzip(&sample.tar());
        let collection = read_as("acme-tools-1.0.0.tar.gz", file).unwrap();
        assert_eq!(collection.info.version.as_str(), "1.0.0");
        let files: Value = serde_json::from_str(&collection.files).unwrap();
        assert_eq!(files["files"], Value::from(sample.rows));
        assert!(!collection.manifest.contains('\n'));
        let manifest: Value = serde_json::from_str(&collection.manifest).unwrap();
        assert_eq!(manifest["collection_info"], sample.info);
    }

    #[test]
    fn a_file_name_that_promises_something_else_is_refused() {
        let cases = [
            (
                "other-renamed-9.9.9",
                "namespace \"other\" did not match metadata \"acme\"",
            ),
            (
                "acme-renamed-9.9.9",
                "name \"renamed\" did not match metadata \"tools\"",
            ),
            (
                "acme-tools-9.9.9",
                "version \"9.9.9\" did not match metadata \"1.0.0\"",
            ),
        ];
        for (name, text) in cases {
            let refused = read_as(&format!("{name}.tar.gz"), Sample::new().tar());
            assert_eq!(refused.unwrap_err().to_string(), format!("Filename {text}"));
        }
    }

    #[test]
    fn missing_files_are_named() {
        let mut sample = Sample::new();
        sample.info["readme"] = json!("docs/../NOPE.md");
        assert_eq!(refusal(&sample), "Could not find file NOPE.md");
        sample.info["readme"] = json!("plugins");
        assert_eq!(refusal(&sample), "Could not find file plugins");
        let mut sample = Sample::new();
        sample.info["license"] = json!([]);
        sample.info["license_file"] = json!("../../LICENSE");
        assert_eq!(refusal(&sample), "Could not find file LICENSE");
        let tar = [sample::file("README.md", b""), vec![0; 1024]].concat();
        let refused = read_as("acme-tools-1.0.0.tar.gz", tar).unwrap_err();
        assert_eq!(refused.to_string(), "No manifest found in collection");
    }

    #[test]
    fn a_changed_list_of_files_is_refused() {
        let sample = Sample::new();
        let mut tar = sample.tar();
        let at = tar.windows(5).rposition(|w| w == b"\"dir\"").unwrap();
        tar[at + 1] = b'D';
        let refused = read_as("acme-tools-1.0.0.tar.gz", tar)
            .unwrap_err()
            .to_string();
        let listed = sample::sha256(&sample.listing());
        assert!(refused.starts_with(&format!("File FILES.json sha256sum should be {listed} but")));
    }

    #[test]
    fn documents_must_be_regular_files_of_sane_size() {
        for kind in [b'5', b'2'] {
            let manifest = match kind {
                b'2' => sample::link(kind, "MANIFEST.json", "README.md"),
                _ => sample::entry(kind, "MANIFEST.json", b""),
            };
            let tar = [manifest, sample::file("README.md", b"")].concat();
            let refused = read_as("acme-tools-1.0.0.tar.gz", tar).unwrap_err();
            assert!(refused.to_string().contains("not a regular file"));
        }
        let padded = sample::file("MANIFEST.json", &vec![b' '; 5 << 20]);
        let refused = read_as("acme-tools-1.0.0.tar.gz", padded).unwrap_err();
        assert!(refused.to_string().contains("larger than 4194304 bytes"));
    }

    #[test]
    fn a_file_twice_is_the_last_one_for_every_rule_and_then_refused() {
        let mut sample = Sample::new();
        sample.entries.push(sample::file("README.md", b"# Other\n"));
        assert!(refusal(&sample).starts_with("File README.md sha256sum should be"));
        sample.entries.push(sample::file("README.md", b"# Tools\n"));
        assert!(refusal(&sample).contains("'README.md' is in the archive twice"));
        let mut sample = Sample::new();
        sample.entries.push(sample.entries[0].clone());
        assert!(read_as("acme-tools-1.0.0.tar.gz", sample.tar()).is_ok());
    }

    #[test]
    fn a_broken_disk_is_not_the_fault_of_the_file() {
        struct Disk(Cursor<Vec<u8>>);
        impl Read for Disk {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                match self.0.position() {
                    0..100 => self.0.read(&mut into[..6]),
                    _ => Err(io::Error::other("bad sector")),
                }
            }
        }
        impl Seek for Disk {
            fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
                self.0.seek(to)
            }
        }
        let mut disk = Disk(Cursor::new(sample::gzip(&Sample::new().tar())));
        let expected = ArtifactName::parse("acme-tools-1.0.0.tar.gz").unwrap();
        let failed = read(&mut disk, &expected, &Limits::default()).unwrap_err();
        assert!(matches!(failed, Rejection::Io(error) if error.to_string() == "bad sector"));
        let mut cut = sample::gzip(&Sample::new().tar());
        cut.truncate(cut.len() / 2);
        let refused = read_as("acme-tools-1.0.0.tar.gz", cut).unwrap_err();
        assert!(matches!(refused, Rejection::Invalid(_)));
    }

    proptest! {
        #[test]
        fn no_damage_makes_it_panic(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
            let mut tar = Sample::new().tar();
            for (at, byte) in damage {
                let at = at.index(tar.len());
                tar[at] = byte;
            }
            let _ = read_as("acme-tools-1.0.0.tar.gz", tar);
        }
    }
}
