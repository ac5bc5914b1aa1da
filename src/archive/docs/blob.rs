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
    /// How many bytes went in.
    written: u64,
    is_first: bool,
}

impl Blob {
    /// A document with its first page; then come its other pages, then its contents, one by one.
    pub(super) fn new(readme: &Page<'_>) -> io::Result<Self> {
        let mut blob = Self {
            out: GzEncoder::new(Vec::new(), Compression::default()),
            written: 0,
            is_first: true,
        };
        blob.write_all(b"{\"docs_blob\":{\"collection_readme\":")?;
        serde_json::to_writer(&mut blob, readme)?;
        blob.write_all(b",\"documentation_files\":[")?;
        Ok(blob)
    }

    /// Adds a page.
    pub(super) fn add_page(&mut self, page: &Page<'_>) -> io::Result<()> {
        self.add(page)
    }

    /// Says that all pages are there.
    pub(super) fn end_pages(&mut self) -> io::Result<()> {
        self.is_first = true;
        self.write_all(b"],\"contents\":[")
    }

    /// Adds a content.
    pub(super) fn add_content(&mut self, entry: &Entry<'_, impl Serialize>) -> io::Result<()> {
        self.add(entry)
    }

    /// How many bytes of JSON there are so far.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// The compressed document.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.write_all(b"]}}")?;
        self.out.finish()
    }

    fn add(&mut self, item: &impl Serialize) -> io::Result<()> {
        if !std::mem::take(&mut self.is_first) {
            self.write_all(b",")?;
        }
        Ok(serde_json::to_writer(self, item)?)
    }
}

impl Write for Blob {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.out.write(bytes)?;
        self.written += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use serde_json::Value;
    use serde_json::json;

    fn written(pages: usize, contents: usize) -> Value {
        let page = |name| Page {
            name,
            html: String::new(),
        };
        let mut blob = Blob::new(&page("README.md")).unwrap();
        (0..pages).for_each(|_| blob.add_page(&page("a.md")).unwrap());
        blob.end_pages().unwrap();
        let content = Entry {
            content_name: "say",
            content_type: "module",
            doc_strings: Value::Null,
            readme_file: None,
            readme_html: None,
        };
        (0..contents).for_each(|_| blob.add_content(&content).unwrap());
        serde_json::from_reader(GzDecoder::new(blob.finish().unwrap().as_slice())).unwrap()
    }

    #[test]
    fn lists_of_any_length_are_json() {
        for (pages, contents) in [(0, 0), (1, 0), (0, 1), (2, 3)] {
            let blob = &written(pages, contents)["docs_blob"];
            assert_eq!(
                blob["collection_readme"],
                json!({"name": "README.md", "html": ""})
            );
            assert_eq!(blob["documentation_files"].as_array().unwrap().len(), pages);
            assert_eq!(blob["contents"].as_array().unwrap().len(), contents);
        }
    }
}
