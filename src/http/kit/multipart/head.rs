//! The headers of one part.
//!
//! [`HeadLines`] finds where they end, [`parse`] reads them.

use crate::http::kit::multipart::MultipartError;
use crate::http::kit::multipart::error;
use crate::http::kit::multipart::params;
use crate::http::kit::multipart::params::Params;

/// What the headers of a part say about its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHead {
    /// The field; never empty.
    pub name: String,
    /// The name of the file as it was sent, with any directories in front of it; never empty. A
    /// part without one is a text field (contract 02 §2.4).
    pub file_name: Option<String>,
    /// The media type as it was sent.
    pub content_type: Option<String>,
}

/// How the content of a part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Base64,
}

/// Collects the header lines of a part up to where its content begins.
///
/// That is after a blank line, or with the first line that does not begin like a header:
/// galaxykit and old versions of `ansible-galaxy` leave the blank line out (contract 02 §2.4).
#[derive(Debug, Default)]
pub(super) struct HeadLines {
    bytes: Vec<u8>,
    /// Where the line that is being read begins.
    line: usize,
    /// Whether that line is known to be a header.
    in_header: bool,
}

/// What the line that is being read turns out to be.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Undecided,
    Header,
    Blank,
    Content,
}

impl HeadLines {
    /// Reads on until the headers end, and says how many bytes of `chunk` that took; `None` if
    /// they go on. Fails with [`MultipartError::HeadTooLong`] after `limit` bytes.
    pub(super) fn read(
        &mut self,
        chunk: &[u8],
        limit: usize,
    ) -> Result<Option<usize>, MultipartError> {
        for (at, &byte) in chunk.iter().enumerate() {
            if self.bytes.len() >= limit {
                return Err(MultipartError::HeadTooLong(limit));
            }
            self.bytes.push(byte);
            if self.in_header {
                if byte == b'\n' {
                    self.in_header = false;
                    self.line = self.bytes.len();
                }
                continue;
            }
            match self.judge(byte) {
                Line::Undecided => {}
                Line::Header => self.in_header = true,
                Line::Blank => {
                    self.bytes.truncate(self.line);
                    return Ok(Some(at + 1));
                }
                Line::Content => return Ok(Some(at + 1)),
            }
        }
        Ok(None)
    }

    /// The header lines, and the bytes of the content that had to be read to find their end.
    pub(super) fn split(&mut self) -> (Vec<u8>, Vec<u8>) {
        let content = self.bytes.split_off(self.line);
        (std::mem::take(&mut self.bytes), content)
    }

    /// Judges the current line by its newest byte; those before it have left it undecided, so
    /// that they are a lone `\r` or the beginning of a name.
    fn judge(&self, newest: u8) -> Line {
        let before = &self.bytes[self.line..self.bytes.len() - 1];
        match newest {
            b'\n' if before.is_empty() || before == b"\r" => Line::Blank,
            _ if before == b"\r" => Line::Content,
            b'\r' if before.is_empty() => Line::Undecided,
            b' ' | b'\t' if before.is_empty() && self.line > 0 => Line::Header, // a folded one
            b':' if !before.is_empty() => Line::Header,
            b'-' if before == b"-" => Line::Content, // maybe the next boundary
            _ if is_token(newest) => Line::Undecided,
            _ => Line::Content,
        }
    }
}

/// Reads the header lines of a part.
///
/// Unknown headers are passed over, and of a header that comes twice the last one counts, as on
/// the reference.
pub(super) fn parse(head: &[u8]) -> Result<(PartHead, Encoding), MultipartError> {
    let text = String::from_utf8_lossy(head);
    let mut disposition = None;
    let mut content_type = None;
    let mut encoding = Encoding::Identity;
    for header in unfold(&text).lines() {
        let Some((name, value)) = header.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-disposition" => disposition = Some(Disposition::parse(value)?),
            "content-type" => content_type = Some(value.to_owned()),
            "content-transfer-encoding" => encoding = transfer_encoding(value)?,
            _ => {}
        }
    }
    let Disposition { name, file_name } = disposition.ok_or(MultipartError::MissingName)?;
    let head = PartHead {
        name,
        file_name,
        content_type: content_type.filter(|value| !value.is_empty()),
    };
    Ok((head, encoding))
}

/// What is of interest in a `Content-Disposition`. Its first word is not: galaxykit says `file`
/// where the standard wants `form-data`.
struct Disposition {
    name: String,
    file_name: Option<String>,
}

impl Disposition {
    fn parse(value: &str) -> Result<Self, MultipartError> {
        let params = Params::parse(value).ok_or(MultipartError::Malformed(
            "a quote in a Content-Disposition header is never closed",
        ))?;
        let name = params.get("name").filter(|name| !name.is_empty());
        let file_name = match params.get("filename*") {
            Some(extended) => Some(params::decode_extended(extended).ok_or(
                MultipartError::Malformed("filename* must be UTF-8'' and percent-encoded UTF-8"),
            )?),
            None => params.get("filename").map(str::to_owned),
        };
        Ok(Self {
            name: name.ok_or(MultipartError::MissingName)?.to_owned(),
            file_name: file_name.filter(|name| !name.is_empty()),
        })
    }
}

fn transfer_encoding(value: &str) -> Result<Encoding, MultipartError> {
    match value.to_ascii_lowercase().as_str() {
        "base64" => Ok(Encoding::Base64),
        "" | "binary" | "8bit" | "7bit" => Ok(Encoding::Identity),
        _ => Err(MultipartError::UnsupportedEncoding(error::excerpt(value))),
    }
}

/// Joins lines that begin with white space to the line before them.
fn unfold(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.replace("\n ", " ").replace("\n\t", " ")
}

/// Whether the byte may stand in the name of a header (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Splits a part into its headers and its content.
    fn split(part: &str) -> (String, String) {
        let mut lines = HeadLines::default();
        let used = lines.read(part.as_bytes(), 1000).unwrap().unwrap();
        let (head, mut content) = lines.split();
        content.extend_from_slice(&part.as_bytes()[used..]);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(head), text(content))
    }

    fn disposition(params: &str) -> Result<PartHead, MultipartError> {
        let head = format!("Content-Disposition: form-data; {params}\r\n");
        parse(head.as_bytes()).map(|(head, _)| head)
    }

    #[test]
    fn content_begins_after_a_blank_line() {
        for (part, head, content) in [
            ("A: b\r\n\r\nC: d", "A: b\r\n", "C: d"),
            ("A: b\n\nC: d", "A: b\n", "C: d"),
            ("A: b\r\n folded\r\n\r\nx", "A: b\r\n folded\r\n", "x"),
            ("A: b\r\nC-1:d\r\n\r\n\r\n", "A: b\r\nC-1:d\r\n", "\r\n"),
            ("\r\nx", "", "x"),
        ] {
            assert_eq!(split(part), (head.into(), content.into()), "{part:?}");
        }
    }

    #[test]
    fn content_begins_with_a_line_that_is_no_header() {
        for content in [
            "0123abcd\r\nrest",
            "0123abcd\nrest",
            "--bound:ary\r\n",
            "-x y\r\n",
            "\rx\r\n",
            ": x\r\n",
            "two words: x\r\n",
            "{\"a\": 1}",
            "\u{1f}\u{8}\0binary",
        ] {
            let part = format!("A: b\r\nC: d\r\n{content}");
            let wanted = ("A: b\r\nC: d\r\n".to_owned(), content.to_owned());
            assert_eq!(split(&part), wanted, "{content:?}");
        }
        assert_eq!(split(" x: y").1, " x: y", "nothing to fold into");
    }

    #[test]
    fn headers_stop_at_the_limit() {
        for part in [
            "A: b\r\n".repeat(50),
            "a".repeat(101),
            format!("A:{}", "\0".repeat(99)),
        ] {
            let mut lines = HeadLines::default();
            let refused = lines.read(part.as_bytes(), 100);
            assert!(matches!(refused, Err(MultipartError::HeadTooLong(100))));
            assert_eq!(lines.bytes.len(), 100);
        }
    }

    #[test]
    fn headers_are_read_in_any_case_and_order() {
        let plain = b"CONTENT-TYPE: a/b; c=d\r\nX-Other: y\r\ncontent-disposition: file; NAME=n\n";
        let (head, encoding) = parse(plain).unwrap();
        assert_eq!(head.name, "n");
        assert_eq!(head.file_name, None);
        assert_eq!(head.content_type.as_deref(), Some("a/b; c=d"));
        assert_eq!(encoding, Encoding::Identity);
        let folded = b"Content-Disposition: form-data;\r\n\tname=\"n\";\r\n filename=f\r\n";
        let (head, _) = parse(folded).unwrap();
        assert_eq!(
            (head.name.as_str(), head.file_name.as_deref()),
            ("n", Some("f"))
        );
    }

    #[test]
    fn file_names_come_in_many_forms() {
        for (params, wanted) in [
            (r#"name="file"; filename="a-b.tar.gz""#, Some("a-b.tar.gz")),
            (r"filename=a-b.tar.gz; name=file", Some("a-b.tar.gz")),
            (r#"name=file; filename="a \"b\" \\c""#, Some(r#"a "b" \c"#)),
            (r#"name=file; filename="../../a;b""#, Some("../../a;b")),
            ("name=file; filename*=UTF-8''%C3%A4.gz", Some("ä.gz")),
            ("name=file; filename=a; filename*=utf-8''b", Some("b")),
            (r#"name=file; filename="""#, None),
            ("name=file", None),
        ] {
            let head = disposition(params).unwrap();
            assert_eq!(head.file_name.as_deref(), wanted, "{params}");
            assert_eq!(head.name, "file");
        }
    }

    #[test]
    fn a_part_without_a_name_is_refused() {
        for head in [
            "",
            "Content-Type: text/plain\r\n",
            "Content-Disposition: form-data\r\n",
        ] {
            let refused = parse(head.as_bytes());
            assert!(
                matches!(refused, Err(MultipartError::MissingName)),
                "{head}"
            );
        }
        let refused = disposition("name=\"\"; filename=x");
        assert!(matches!(refused, Err(MultipartError::MissingName)));
    }

    #[test]
    fn a_malformed_disposition_is_refused() {
        for params in [
            "name=\"file",
            "name=a; filename*=x",
            "name=a; filename*=utf-8''%ff",
        ] {
            let refused = disposition(params);
            assert!(
                matches!(refused, Err(MultipartError::Malformed(_))),
                "{params}"
            );
        }
    }

    #[test]
    fn transfer_encodings_are_taken_or_refused_by_name() {
        for plain in ["8bit", "7BIT", "Binary", ""] {
            assert_eq!(transfer_encoding(plain).unwrap(), Encoding::Identity);
        }
        assert_eq!(transfer_encoding("BASE64").unwrap(), Encoding::Base64);
        for other in ["quoted-printable", "x-gzip", &"x".repeat(8000)] {
            let refused = transfer_encoding(other).unwrap_err();
            assert!(matches!(refused, MultipartError::UnsupportedEncoding(_)));
            assert!(refused.to_string().len() < 300);
        }
    }
}
