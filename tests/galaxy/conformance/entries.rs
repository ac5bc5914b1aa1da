//! Archives taken apart, changed and packed again, into files that no honest tool would write.

use std::io::Read;
use std::io::Write;

use bzip2::write::BzEncoder;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use liblzma::write::XzEncoder;
use serde_json::Value;
use serde_json::json;
use tar::EntryType;
use tar::Header;

use crate::support::tarball::sha256;

/// An archive taken apart.
pub struct Entries(Vec<(Header, Vec<u8>)>);

impl Entries {
    pub fn of(gz: &[u8]) -> Self {
        let tar = gunzip(gz);
        let mut archive = tar::Archive::new(tar.as_slice());
        let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.header().clone(), bytes)
        };
        Self(archive.entries().unwrap().map(read).collect())
    }

    pub fn tar(&self) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (header, bytes) in &self.0 {
            let mut header = header.clone();
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            tar.append(&header, bytes.as_slice()).unwrap();
        }
        tar.into_inner().unwrap()
    }

    /// Adds an entry at the end, with any name and any target.
    pub fn add(&mut self, kind: EntryType, name: &str, target: &str, bytes: &[u8]) {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        let fields = header.as_gnu_mut().unwrap();
        fields.name[..name.len()].copy_from_slice(name.as_bytes());
        fields.linkname[..target.len()].copy_from_slice(target.as_bytes());
        self.0.push((header, bytes.to_vec()));
    }

    pub fn remove(&mut self, name: &str) {
        self.0
            .retain(|(header, _)| header.path_bytes() != name.as_bytes());
    }

    fn bytes(&mut self, name: &str) -> &mut Vec<u8> {
        let entry = self
            .0
            .iter_mut()
            .find(|(header, _)| header.path_bytes() == name.as_bytes());
        &mut entry.unwrap().1
    }

    pub fn json(&mut self, name: &str) -> Value {
        serde_json::from_slice(self.bytes(name)).unwrap()
    }

    pub fn edit(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut document = self.json(name);
        change(&mut document);
        *self.bytes(name) = document.to_string().into_bytes();
    }

    /// Cuts the end off.
    pub fn cut(&mut self, name: &str) {
        let bytes = self.bytes(name);
        bytes.truncate(bytes.len() - 20);
    }

    /// Gives a file another content, and lists it as such.
    pub fn replace(&mut self, name: &str, content: &[u8]) {
        *self.bytes(name) = content.to_vec();
        self.relist(|it| {
            it.edit("FILES.json", |list| {
                let rows = list["files"].as_array_mut().unwrap();
                let row = rows.iter_mut().find(|row| row["name"] == name).unwrap();
                row["chksum_sha256"] = json!(sha256(content));
            });
        });
    }

    /// Changes FILES.json and lets MANIFEST.json vouch for what comes out.
    pub fn relist(&mut self, change: impl FnOnce(&mut Self)) {
        change(self);
        let digest = sha256(self.bytes("FILES.json"));
        self.edit("MANIFEST.json", |manifest| {
            manifest["file_manifest_file"]["chksum_sha256"] = json!(digest);
        });
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut tar).unwrap();
    tar
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut bz = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz.write_all(bytes).unwrap();
    bz.finish().unwrap()
}

pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut xz = XzEncoder::new(Vec::new(), 0);
    xz.write_all(bytes).unwrap();
    xz.finish().unwrap()
}
