//! Archives made up for tests, right ones and wrong ones.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

use crate::archive::report::Level;
use crate::archive::report::Report;

/// A tar header of the given type with whatever it is told to say, its checksum right.
pub(crate) fn header(kind: u8, name: &str, link: &str, size: u64) -> [u8; 512] {
    let mut header = tar::Header::new_ustar();
    header.set_size(size);
    let raw = header.as_old_mut();
    raw.name[..name.len()].copy_from_slice(name.as_bytes());
    raw.linkname[..link.len()].copy_from_slice(link.as_bytes());
    raw.linkflag = [kind];
    header.set_cksum();
    *header.as_bytes()
}

/// A header with some bytes at `at` replaced and its checksum right again.
pub(crate) fn patched(header: [u8; 512], at: usize, bytes: &[u8]) -> [u8; 512] {
    let mut header = tar::Header::from_byte_slice(&header).clone();
    header.as_mut_bytes()[at..at + bytes.len()].copy_from_slice(bytes);
    header.set_cksum();
    *header.as_bytes()
}

/// An entry with data and padding.
pub(crate) fn entry(kind: u8, name: &str, data: &[u8]) -> Vec<u8> {
    let mut entry = header(kind, name, "", data.len() as u64).to_vec();
    entry.extend_from_slice(data);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

/// A regular file.
pub(crate) fn file(name: &str, data: &[u8]) -> Vec<u8> {
    entry(b'0', name, data)
}

/// A link, symbolic (`b'2'`) or hard (`b'1'`).
pub(crate) fn link(kind: u8, name: &str, target: &str) -> Vec<u8> {
    header(kind, name, target, 0).to_vec()
}

/// Compresses the way `ansible-galaxy` does.
pub(crate) fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// The SHA-256 of some data in hexadecimal.
pub(crate) fn sha256(data: &[u8]) -> String {
    hex::encode(Sha256::digest(data))
}

/// A small collection, `acme.tools` 1.0.0, that a test spoils in one place.
pub(crate) struct Sample {
    /// `collection_info`.
    pub(crate) info: Value,
    /// The rows of FILES.json.
    pub(crate) rows: Vec<Value>,
    /// Entries after the two documents.
    pub(crate) entries: Vec<Vec<u8>>,
}

impl Sample {
    /// A collection with a README and one plugin.
    pub(crate) fn new() -> Self {
        let info = json!({
            "namespace": "acme", "name": "tools", "version": "1.0.0", "authors": ["Ada"],
            "readme": "README.md", "tags": ["tools"], "description": "Tools.", "license": ["MIT"],
            "license_file": null, "dependencies": {"ansible.posix": ">=1.0.0,<3.0.0"},
            "repository": "https://git.example.com/tools", "documentation": null,
            "homepage": null, "issues": null,
        });
        let rows = vec![row(".", None)];
        let entries = Vec::new();
        Self {
            info,
            rows,
            entries,
        }
        .with_file("README.md", b"# Tools\n")
        .with_directory("meta")
        .with_file("meta/runtime.yml", b"requires_ansible: '>=2.15.0'\n")
        .with_directory("plugins")
        .with_file("plugins/a.py", b"pass\n")
    }

    /// Adds a file and its row.
    pub(crate) fn with_file(mut self, name: &str, data: &[u8]) -> Self {
        self.rows.push(row(name, Some(data)));
        self.entries.push(file(name, data));
        self
    }

    /// Adds a directory and its row.
    pub(crate) fn with_directory(mut self, name: &str) -> Self {
        self.rows.push(row(name, None));
        self.entries.push(entry(b'5', name, b""));
        self
    }

    /// FILES.json, with blanks.
    pub(crate) fn listing(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(&json!({"files": self.rows, "format": 1})).unwrap()
    }

    /// MANIFEST.json, with blanks.
    pub(crate) fn manifest(&self) -> Vec<u8> {
        let listing = self.listing();
        let manifest = json!({
            "collection_info": self.info, "format": 1,
            "file_manifest_file": {
                "name": "FILES.json", "ftype": "file", "chksum_type": "sha256",
                "chksum_sha256": sha256(&listing), "format": 1,
            },
        });
        serde_json::to_vec_pretty(&manifest).unwrap()
    }

    /// The tar file.
    pub(crate) fn tar(&self) -> Vec<u8> {
        let documents = [
            file("MANIFEST.json", &self.manifest()),
            file("FILES.json", &self.listing()),
        ];
        [documents.concat(), self.entries.concat(), vec![0; 1024]].concat()
    }
}

/// A row of FILES.json: of a file with its data, or of a directory.
pub(crate) fn row(name: &str, data: Option<&[u8]>) -> Value {
    json!({
        "name": name, "ftype": if data.is_some() { "file" } else { "dir" },
        "chksum_type": data.map(|_| "sha256"), "chksum_sha256": data.map(sha256), "format": 1,
    })
}

/// What a reading said, and whether it is to stop.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Level and text.
    pub(crate) said: Vec<(Level, String)>,
    /// Stop at the next chance.
    pub(crate) is_canceled: bool,
}

impl Report for Lines {
    fn say(&mut self, level: Level, message: String) {
        self.said.push((level, message));
    }

    fn is_canceled(&mut self) -> bool {
        self.is_canceled
    }
}
