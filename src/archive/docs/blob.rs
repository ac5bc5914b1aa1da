//! The documentation of a whole collection as one JSON document, compressed while it is written (contract 06 §6.6).
//!
//! Large collections come to tens of megabytes, so only one plugin's documentation is in memory at a time, and the
//! result is what a browser takes as it is.

use std::io;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

/// A page of Markdown, rendered.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    pub(super) name: &'a str,
    pub(super) html: String,
}

/// One content of the collection.
#[derive(Debug, Serialize)]
pub(super) struct Entry<'a, D> {
    pub(super) content_name: &'a str,
    pub(super) content_type: &'a str,
    pub(super) doc_strings: D,
    pub(super) readme_file: Option<&'a str>,
    pub(super) readme_html: Option<String>,
}

/// `{"docs_blob": {…}}` on its way into gzip.
pub(super) struct Blob {
    out: GzEncoder<Vec<u8>>,
    is_first: bool,
}

impl Blob {
    /// A document with its pages; its contents come one by one.
    pub(super) fn new(readme: &Page<'_>, pages: &[Page<'_>]) -> io::Result<Self> {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(b"{\"docs_blob\":{\"collection_readme\":")?;
        serde_json::to_writer(&mut out, readme)?;
        out.write_all(b",\"documentation_files\":")?;
        serde_json::to_writer(&mut out, pages)?;
        out.write_all(b",\"contents\":[")?;
        Ok(Self {
            out,
            is_first: true,
        })
    }

    /// Adds a content.
    pub(super) fn add(&mut self, entry: &Entry<'_, impl Serialize>) -> io::Result<()> {
        if !std::mem::take(&mut self.is_first) {
            self.out.write_all(b",")?;
        }
        Ok(serde_json::to_writer(&mut self.out, entry)?)
    }

    /// The compressed document.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.out.write_all(b"]}}")?;
        self.out.finish()
    }
}
