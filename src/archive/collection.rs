//! The front door: an uploaded file becomes a collection, or a reason why it is none.
//!
//! Everything of contract 06 is checked, in the order of the reference. Start reading at [`read`].

use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;

use crate::archive::checks;
use crate::archive::checks::Runtime;
use crate::archive::contents;
use crate::archive::docs;
use crate::archive::docs::Docs;
use crate::archive::docs::Subject;
use crate::archive::docs::fragments::Library;
use crate::archive::harvest::Harvest;
use crate::archive::limits::Limits;
use crate::archive::manifest;
use crate::archive::manifest::Manifest;
use crate::archive::manifest::files;
use crate::archive::manifest::info::CollectionInfo;
use crate::archive::manifest::json;
use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;
use crate::archive::report::Report;
use crate::archive::tarball::compression;
use crate::archive::tarball::source::Source;
use crate::archive::tarball::tape::ADVICE;
use crate::archive::tarball::tree::Found;
use crate::archive::tarball::tree::Node;
use crate::archive::tarball::tree::Tree;
use crate::archive::tarball::walk;
use crate::archive::tarball::walk::Visitor;
use crate::archive::tarball::walk::Wish;
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
    /// The releases of ansible-core it runs on, as written in `meta/runtime.yml`.
    pub requires_ansible: String,
    /// What is in it, and the documentation of that.
    pub docs: Docs,
}

/// What reading an artifact needs besides the artifact.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// What the file name promises.
    pub expected: &'a ArtifactName,
    /// How much it may hold.
    pub limits: &'a Limits,
    /// The documentation fragments of other collections.
    pub library: &'a dyn Library,
}

/// Reads the collection in `file`, from its start, and checks that it is the one its file name promises.
///
/// Memory is bounded by the limits, whatever the file holds. Refuses with [`Rejection::Invalid`], in a sentence
/// for the uploader; stops with [`Rejection::Canceled`] when `report` says so, and fails with [`Rejection::Io`] only
/// when `file` itself cannot be read.
pub fn read(
    file: &mut (impl Read + Seek),
    reading: Reading<'_>,
    report: &mut dyn Report,
) -> Result<Collection, Rejection> {
    let Reading {
        expected,
        limits,
        library,
    } = reading;
    let harvest =
        Harvest::new(limits).map_err(|error| Rejection::Io(std::io::Error::other(error)))?;
    let mut gatherer = Gatherer { harvest, report };
    let mut tree = walk(file, limits, &mut gatherer)?;
    let Gatherer { harvest, report } = gatherer;
    let documents = check_documents(&tree, expected, limits)?;
    tree.forget_contents();
    let info = documents.manifest.info;
    let bytes: u64 = tree.files().map(|file| file.size).sum();
    report.info(format!(
        "Checked the manifest and {} files, {bytes} bytes unpacked",
        tree.files().count()
    ));
    let collection = format!("{}.{}", info.namespace, info.name);
    let runtime = Runtime::read(&tree, &harvest);
    let subject = Subject {
        collection: &collection,
        tree: &tree,
        harvest: &harvest,
        runtime: &runtime.document,
        limits,
    };
    report.info("Getting doc strings from the sources of plugins");
    report.info("Finding content inside collection");
    let contents = contents::find(&tree, &harvest)?;
    let docs = docs::write(&subject, &contents, library, report)?;
    let requires_ansible = runtime.requires_ansible(&tree)?;
    checks::advise(&tree, &harvest, report);
    Ok(Collection {
        info,
        manifest: documents.manifest_text,
        files: documents.files_text,
        requires_ansible,
        docs,
    })
}

/// The two documents at the root, checked.
struct Documents {
    manifest: Manifest,
    /// MANIFEST.json without blanks.
    manifest_text: String,
    /// FILES.json without blanks.
    files_text: String,
}

/// Steps 3 to 5 of contract 06 §6.5: the manifest, its list of files, the file name, what the manifest points to.
fn check_documents(
    tree: &Tree,
    expected: &ArtifactName,
    limits: &Limits,
) -> Result<Documents, Rejection> {
    let manifest_text = document(tree, manifest::NAME, limits.manifest)?;
    let manifest_text =
        manifest_text.ok_or_else(|| Rejection::invalid("No manifest found in collection"))?;
    let manifest = manifest::parse(manifest_text)?;
    files::check_sum(manifest::FILES, manifest.files_sha256.as_deref(), tree)?;
    let files_text = document(tree, manifest::FILES, limits.document)?.unwrap_or_default();
    files::check(files_text, tree)?;
    check_file_name(expected, &manifest.info)?;
    let named = [
        Some(&manifest.info.readme),
        manifest.info.license_file.as_ref(),
    ];
    for path in named.into_iter().flatten() {
        check_presence(path, tree)?;
    }
    // On disk the last one of a name wins, and its faults have been told by now as the reference would.
    // If it has none, the first one is still a file that nothing vouches for.
    if let Some(path) = tree.repeated() {
        return Err(Rejection::invalid(format!(
            "The file {} is in the archive twice, with different content. Please {ADVICE}",
            quoted(path)
        )));
    }
    Ok(Documents {
        manifest_text: json::compact(manifest_text),
        files_text: json::compact(files_text),
        manifest,
    })
}

pub(super) fn walk(
    file: &mut (impl Read + Seek),
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<Tree, Rejection> {
    let mut source = Source::new(file);
    let tree = open(&mut source)
        .map_err(Rejection::Io)
        .and_then(|(reader, packed)| {
            walk::walk(reader, limits, limits.unpacked_from(packed), visitor)
        });
    match source.into_failure() {
        Some(failure) => Err(Rejection::Io(failure)),
        None => tree,
    }
}

/// The unpacked bytes of a file, and its size as it is.
fn open<F: Read + Seek>(source: &mut Source<F>) -> std::io::Result<(impl std::io::BufRead, u64)> {
    let packed = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    Ok((compression::open(source)?, packed))
}

/// Keeps the two documents and harvests the rest.
struct Gatherer<'r> {
    harvest: Harvest,
    report: &'r mut dyn Report,
}

impl Visitor for Gatherer<'_> {
    fn wish(&mut self, path: &str, size: u64) -> Result<Wish, Rejection> {
        if self.report.is_canceled() {
            return Err(Rejection::Canceled);
        }
        Ok(match path {
            manifest::NAME | manifest::FILES => Wish::Keep,
            path if self.harvest.wants(path, size) => Wish::See,
            _ => Wish::Pass,
        })
    }

    fn see(&mut self, path: &str, sha256: [u8; 32], content: Vec<u8>) -> Result<(), Rejection> {
        self.harvest.take(path, sha256, content)
    }
}

/// The text of a document at the root, `None` if it is not there.
pub(super) fn document<'a>(
    tree: &'a Tree,
    name: &str,
    limit: u64,
) -> Result<Option<&'a str>, Rejection> {
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
    use crate::archive::sample::Lines;
    use crate::archive::sample::Sample;
    use proptest::prelude::*;
    use serde_json::Value;
    use serde_json::json;
    use std::io;
    use std::io::Cursor;

    fn read_as(file_name: &str, bytes: Vec<u8>) -> Result<Collection, Rejection> {
        read_from(&mut Cursor::new(bytes), file_name, &mut Lines::default())
    }

    fn read_from(
        file: &mut (impl Read + Seek),
        file_name: &str,
        report: &mut Lines,
    ) -> Result<Collection, Rejection> {
        let reading = Reading {
            expected: &ArtifactName::parse(file_name).unwrap(),
            limits: &Limits::default(),
            library: &(),
        };
        read(file, reading, report)
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
    fn an_empty_page_is_no_empty_plugin() {
        let mut sample = Sample::new()
            .with_file("plugins/modules/__init__.py", b"")
            .with_file("plugins/doc_fragments/__init__.py", b"")
            .with_file("docs/later.md", b"")
            .with_directory("docs");
        sample.rows.extend([
            sample::row("plugins/modules", None),
            sample::row("plugins/doc_fragments", None),
        ]);
        let file = sample::gzip(&sample.tar());
        assert!(read_as("acme-tools-1.0.0.tar.gz", file).is_ok());
    }

    #[test]
    fn a_page_that_is_a_link_to_a_file_of_another_kind_is_refused_with_what_to_do() {
        let mut sample = Sample::new()
            .with_directory("docs")
            .with_file("text", b"# Page\n");
        sample
            .rows
            .push(sample::row("docs/page.md", Some(b"# Page\n")));
        sample
            .entries
            .push(sample::link(b'2', "docs/page.md", "../text"));
        assert!(
            refusal(&sample).contains("'docs/page.md' is a link to a file that is not looked into")
        );
    }

    #[test]
    fn one_page_does_not_multiply_by_links() {
        let mut sample = Sample::new()
            .with_directory("docs")
            .with_file("docs/page.md", &[b'x'; 10_000]);
        for n in 0..50 {
            let name = format!("docs/{n}.md");
            sample.rows.push(sample::row(&name, Some(&[b'x'; 10_000])));
            sample.entries.push(sample::link(b'2', &name, "page.md"));
        }
        let limits = Limits {
            shown: 400_000,
            ..Limits::default()
        };
        let reading = Reading {
            expected: &ArtifactName::parse("acme-tools-1.0.0.tar.gz").unwrap(),
            limits: &limits,
            library: &(),
        };
        let refused = read(&mut Cursor::new(sample.tar()), reading, &mut ()).unwrap_err();
        assert!(refused.to_string().contains("more than 400000 bytes"));
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
        let failed =
            read_from(&mut disk, "acme-tools-1.0.0.tar.gz", &mut Lines::default()).unwrap_err();
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
