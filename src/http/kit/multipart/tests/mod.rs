//! Whole bodies, and the sink they are read into: as clients write them, faulty, and at random.

mod clients;
mod faults;
mod random;

use std::io;

use super::*;

/// A sink that keeps the parts in memory.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    parts: Vec<Part>,
    open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    head: PartHead,
    content: Vec<u8>,
}

impl Parts {
    /// A sink in the middle of its first part.
    pub(super) fn one() -> Self {
        Self {
            parts: vec![part("x", None, None, b"")],
            open: true,
        }
    }

    /// The content of the only part.
    pub(super) fn into_content(mut self) -> Vec<u8> {
        assert_eq!(self.parts.len(), 1);
        self.parts.remove(0).content
    }
}

impl Sink for Parts {
    fn part(&mut self, head: &PartHead) -> io::Result<()> {
        assert!(!self.open);
        self.open = true;
        self.parts.push(Part {
            head: head.clone(),
            content: Vec::new(),
        });
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        assert!(self.open && !bytes.is_empty());
        self.parts
            .last_mut()
            .unwrap()
            .content
            .extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        assert!(self.open);
        self.open = false;
        Ok(())
    }
}

fn part(name: &str, file_name: Option<&str>, content_type: Option<&str>, content: &[u8]) -> Part {
    Part {
        head: PartHead {
            name: name.to_owned(),
            file_name: file_name.map(str::to_owned),
            content_type: content_type.map(str::to_owned),
        },
        content: content.to_vec(),
    }
}

fn parser(boundary: &str) -> Multipart {
    let value = format!("multipart/form-data; boundary=\"{boundary}\"");
    let boundary = Boundary::from_content_type(&value).unwrap();
    Multipart::new(&boundary, Limits::default())
}

/// Parses a body with the boundary `b-b` in pieces of the sizes given, over and over.
fn parse_in_pieces(body: &[u8], sizes: &[usize]) -> (Parts, Result<(), MultipartError>) {
    let mut parts = Parts::default();
    let mut parser = parser("b-b");
    let mut rest = body;
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, later) = rest.split_at(size.min(rest.len()));
        if let Err(error) = parser.push(chunk, &mut parts) {
            return (parts, Err(error));
        }
        rest = later;
    }
    (parts, parser.finish())
}

/// Parses a body with the boundary `b-b`, which has to be right; once at once, once by the byte.
fn parse(body: impl AsRef<[u8]>) -> Vec<Part> {
    let (whole, result) = parse_in_pieces(body.as_ref(), &[usize::MAX]);
    result.unwrap();
    assert!(!whole.open);
    let (bytes, result) = parse_in_pieces(body.as_ref(), &[1]);
    result.unwrap();
    assert_eq!(whole, bytes);
    whole.parts
}

fn refusal(body: impl AsRef<[u8]>) -> MultipartError {
    parse_in_pieces(body.as_ref(), &[7]).1.unwrap_err()
}

const DIGEST: &str = "d6fdb927bc620797724f5baeb1eeeaf965f5d2c6fe8278b760364447c000b438";
