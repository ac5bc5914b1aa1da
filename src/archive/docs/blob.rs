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

/// `{"docs_blob": {…}}` on its way into gzip: first the pages, then the contents.
pub(super) struct Blob {
    out: GzEncoder<Vec<u8>>,
    /// What goes before the next page or content.
    separator: &'static [u8],
}

impl Blob {
    /// A document with the page about the collection.
    pub(super) fn new(readme: &Page<'_>) -> io::Result<Self> {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(b"{\"docs_blob\":{\"collection_readme\":")?;
        serde_json::to_writer(&mut out, readme)?;
        let separator = b",\"documentation_files\":[";
        Ok(Self { out, separator })
    }

    /// Adds another page.
    pub(super) fn page(&mut self, page: &Page<'_>) -> io::Result<()> {
        self.put(page)
    }

    /// Ends the pages; contents follow.
    pub(super) fn end_pages(&mut self) -> io::Result<()> {
        self.end_list()?;
        self.separator = b",\"contents\":[";
        Ok(())
    }

    /// Adds a content.
    pub(super) fn content(&mut self, content: &Entry<'_, impl Serialize>) -> io::Result<()> {
        self.put(content)
    }

    /// The compressed document.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.end_list()?;
        self.out.write_all(b"}}")?;
        self.out.finish()
    }

    fn put(&mut self, item: &impl Serialize) -> io::Result<()> {
        self.out.write_all(self.separator)?;
        self.separator = b",";
        Ok(serde_json::to_writer(&mut self.out, item)?)
    }

    fn end_list(&mut self) -> io::Result<()> {
        if self.separator != b"," {
            self.out.write_all(self.separator)?;
        }
        self.out.write_all(b"]")
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
        (0..pages).for_each(|_| blob.page(&page("a.md")).unwrap());
        blob.end_pages().unwrap();
        let content = Entry {
            content_name: "say",
            content_type: "module",
            doc_strings: Value::Null,
            readme_file: None,
            readme_html: None,
        };
        (0..contents).for_each(|_| blob.content(&content).unwrap());
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
