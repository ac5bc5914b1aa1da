//! Upload bodies as the different clients write them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::support::tarball::Artifact;

const BOUNDARY: &str = "===============7330845974216740156==";

/// A multipart form under construction.
#[derive(Default)]
pub struct Form(Vec<u8>);

impl Form {
    /// One file, as `curl -F` writes it.
    pub fn of(artifact: &Artifact) -> Self {
        Self::default().file(&artifact.file_name(), &artifact.bytes)
    }

    /// A plain file part.
    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        let head = format!(
            "Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        self.part(&head, bytes)
    }

    /// A file part byte for byte as `ansible-galaxy` writes it: base64 in lines of 76 characters.
    pub fn base64_file(self, name: &str, bytes: &[u8]) -> Self {
        let head = format!(
            "Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let text = BASE64_STANDARD.encode(bytes);
        let mut lines = Vec::with_capacity(text.len() + text.len() / 38 + 2);
        for line in text.as_bytes().chunks(76) {
            lines.extend_from_slice(line);
            lines.extend_from_slice(b"\r\n");
        }
        self.part(&head, &lines)
    }

    /// A text part.
    pub fn text(self, name: &str, value: &str) -> Self {
        self.part(
            &format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n"),
            value.as_bytes(),
        )
    }

    /// A part with headers of one's own; they end in their empty line, or do not.
    pub fn part(mut self, head: &str, bytes: &[u8]) -> Self {
        self.0
            .extend_from_slice(format!("--{BOUNDARY}\r\n{head}").as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary=\"{BOUNDARY}\"")
    }

    pub fn body(&self) -> Vec<u8> {
        [&self.0, format!("--{BOUNDARY}--\r\n").as_bytes()].concat()
    }
}
