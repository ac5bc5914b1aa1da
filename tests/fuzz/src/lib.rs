//! Archives made of what the fuzzer says, with the checksums that no fuzzer would guess.

use std::io::Cursor;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::arbitrary;
use libfuzzer_sys::arbitrary::Arbitrary;
use pocket_galaxy::archive::collection;
use pocket_galaxy::archive::collection::Collection;
use pocket_galaxy::archive::collection::Reading;
use pocket_galaxy::archive::limits::Limits;
use pocket_galaxy::archive::rejection::Rejection;
use pocket_galaxy::kernel::name::ArtifactName;
use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

/// What names are made of.
const PARTS: [&str; 16] = [
    "a",
    "b",
    "docs",
    "..",
    ".",
    "",
    "plugins",
    "modules",
    "a.py",
    "README.md",
    "roles",
    "meta",
    "runtime.yml",
    "é",
    "MANIFEST.json",
    "FILES.json",
];
const KINDS: &[u8] = b"00001225xgLKS\x007";

/// An entry that may be out of order in every way but for the checksum.
#[derive(Arbitrary, Debug)]
pub struct Entry<'a> {
    kind: u8,
    name: (Vec<u8>, Option<&'a [u8]>),
    link: (Vec<u8>, Option<&'a [u8]>),
    data: &'a [u8],
    /// What the header claims, where that is not the truth.
    size: Option<u64>,
    /// Where some bytes of the header are others.
    patch: Option<(u16, &'a [u8])>,
}

fn text((parts, bytes): &(Vec<u8>, Option<&[u8]>)) -> Vec<u8> {
    let parts: Vec<&str> = parts.iter().map(|part| PARTS[usize::from(part % 16)]).collect();
    bytes.map_or_else(|| parts.join("/").into_bytes(), <[u8]>::to_vec)
}

impl Entry<'_> {
    /// As it stands in an archive.
    pub fn written(&self) -> Vec<u8> {
        let kind = KINDS[usize::from(self.kind) % KINDS.len()];
        let size = self.size.unwrap_or(self.data.len() as u64);
        let mut header = header(kind, &text(&self.name), &text(&self.link), size);
        if let Some((at, bytes)) = self.patch {
            let place = &mut header.as_mut_bytes()[usize::from(at % 500)..];
            let length = place.len().min(bytes.len());
            place[..length].copy_from_slice(&bytes[..length]);
            header.set_cksum();
        }
        entry(&header, self.data)
    }
}

/// A block of 512 bytes that says what it is told to, its checksum right. What does not fit is cut.
pub fn header(kind: u8, name: &[u8], link: &[u8], size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_size(size);
    let raw = header.as_old_mut();
    for (field, text) in [(&mut raw.name, name), (&mut raw.linkname, link)] {
        let length = text.len().min(field.len());
        field[..length].copy_from_slice(&text[..length]);
    }
    raw.linkflag = [kind];
    header.set_cksum();
    header
}

/// An entry: header, data, padding.
pub fn entry(header: &tar::Header, data: &[u8]) -> Vec<u8> {
    let mut entry = header.as_bytes().to_vec();
    entry.extend_from_slice(data);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

/// A regular file.
pub fn file(name: &str, data: &[u8]) -> Vec<u8> {
    entry(&header(b'0', name.as_bytes(), b"", data.len() as u64), data)
}

/// Compressed the way `ansible-galaxy` does.
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).expect("a write to memory");
    encoder.finish().expect("a write to memory")
}

/// The tar file of a collection `acme.tools` 1.0.0 with these files, in which everything else is in order.
pub fn collection(files: &[(&str, &[u8])]) -> Vec<u8> {
    let sum = |data: &[u8]| hex::encode(Sha256::digest(data));
    let mut folders: Vec<&str> =
        files.iter().flat_map(|(name, _)| name.match_indices('/').map(|(at, _)| &name[..at])).collect();
    folders.sort_unstable();
    folders.dedup();
    let mut rows: Vec<Value> = folders.iter().map(|name| json!({"name": name, "ftype": "dir"})).collect();
    rows.extend(files.iter().map(|(name, data)| json!({"name": name, "ftype": "file", "chksum_sha256": sum(data)})));
    let listing = json!({"files": rows, "format": 1}).to_string();
    let manifest = json!({
        "collection_info": {
            "namespace": "acme", "name": "tools", "version": "1.0.0", "authors": ["Ada"],
            "readme": "README.md", "license": ["MIT"], "repository": "https://git.example.com/tools",
        },
        "file_manifest_file": {
            "name": "FILES.json", "ftype": "file", "chksum_type": "sha256",
            "chksum_sha256": sum(listing.as_bytes()), "format": 1,
        },
        "format": 1,
    });
    let documents = [("MANIFEST.json", manifest.to_string()), ("FILES.json", listing)];
    let documents = documents.iter().map(|(name, text)| file(name, text.as_bytes()));
    let files = files.iter().map(|(name, data)| file(name, data));
    let end = std::iter::once(vec![0; 1024]);
    documents.chain(files).chain(end).flatten().collect()
}

/// Reads an artifact that is called `acme-tools-1.0.0.tar.gz`.
pub fn read(artifact: &[u8], limits: &Limits) -> Result<Collection, Rejection> {
    let reading = Reading {
        expected: &ArtifactName::parse("acme-tools-1.0.0.tar.gz").expect("a good name"),
        limits,
        library: &(),
    };
    collection::read(&mut Cursor::new(artifact), reading, &mut ())
}
