//! `multipart/form-data` as upload clients really write it.
//!
//! A push parser: the caller hands over the body chunk by chunk, a [`Sink`] gets the parts, already
//! decoded from their transfer encoding. The parser does no I/O of its own and never holds more of
//! the body than one part's headers, one line that might be a boundary, and (for base64 parts) a
//! buffer of 28 KiB.
//!
//! It takes everything that contract 02 §2.4 has seen in clients, above all base64 parts and parts
//! whose value follows the headers without a blank line. Start reading at [`Multipart::push`].

mod base64;
mod boundary;
mod delimiter;
mod error;
mod head;
mod params;
#[cfg(test)]
mod tests;
pub mod texts;

use std::io;
use std::mem;

use crate::http::kit::multipart::base64::Base64;
use crate::http::kit::multipart::delimiter::Delimiter;
use crate::http::kit::multipart::delimiter::Found;
use crate::http::kit::multipart::head::Encoding;
use crate::http::kit::multipart::head::HeadLines;

pub use crate::http::kit::multipart::boundary::Boundary;
pub use crate::http::kit::multipart::error::MultipartError;
pub use crate::http::kit::multipart::head::PartHead;

/// Where the parts of a body go.
///
/// For each part `part` is called once, `data` any number of times (never with nothing), `end`
/// once; parts do not overlap. An error ends the parse and comes out as [`MultipartError::Sink`].
/// The parser sets no limit on the size of a part: a sink that collects text must.
pub trait Sink {
    /// A part begins.
    fn part(&mut self, head: &PartHead) -> io::Result<()>;
    /// Decoded content of the part, in order. Pieces can be as small as one byte.
    fn data(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// The part is complete. Only now is its content known to be whole.
    fn end(&mut self) -> io::Result<()>;
}

/// How much of a body may be something else than content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most parts a body may have.
    pub parts: usize,
    /// The most bytes the headers of one part may have, line ends included.
    pub head_bytes: usize,
}

impl Default for Limits {
    /// 64 parts with 8 KiB of headers each; a real upload has two parts with 200 bytes each.
    fn default() -> Self {
        Self {
            parts: 64,
            head_bytes: 8 * 1024,
        }
    }
}

/// The parser of one body.
#[derive(Debug)]
pub struct Multipart {
    limits: Limits,
    place: Place,
    delimiter: Delimiter,
    /// How many parts have begun.
    parts: usize,
    /// Whether any byte has been pushed.
    begun: bool,
}

/// Where in the body the next byte belongs.
#[derive(Debug)]
enum Place {
    Preamble,
    Head(HeadLines),
    Plain,
    Base64(Box<Base64>),
    Epilogue,
}

impl Multipart {
    /// A parser for a body whose parts are separated by `boundary`.
    pub fn new(boundary: &Boundary, limits: Limits) -> Self {
        Self {
            limits,
            place: Place::Preamble,
            delimiter: Delimiter::new(boundary),
            parts: 0,
            begun: false,
        }
    }

    /// Takes the next bytes of the body, however they were cut, and passes on what they complete.
    ///
    /// Content of plain parts is passed on as slices of `chunk`. Fails on what
    /// [`MultipartError`] lists, any error of `sink` included; the parser is of no use after that.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Sink) -> Result<(), MultipartError> {
        self.begun |= !chunk.is_empty();
        let mut rest = chunk;
        while !rest.is_empty() {
            rest = match &mut self.place {
                Place::Epilogue => return Ok(()),
                Place::Head(lines) => {
                    let Some(used) = lines.read(rest, self.limits.head_bytes)? else {
                        return Ok(());
                    };
                    let (head, content) = lines.split();
                    self.begin_part(&head, sink)?;
                    self.read_content(&content, sink)?; // too short to hold a delimiter
                    &rest[used..]
                }
                _ => self.read_content(rest, sink)?,
            };
        }
        Ok(())
    }

    /// Says whether the body was whole, once its last chunk has been pushed.
    ///
    /// Fails with [`MultipartError::Empty`] when there was no body at all, and with
    /// [`MultipartError::Truncated`] when it stopped before its closing boundary.
    pub fn finish(self) -> Result<(), MultipartError> {
        match self.place {
            Place::Epilogue => Ok(()),
            _ if !self.begun => Err(MultipartError::Empty),
            _ => Err(MultipartError::Truncated),
        }
    }

    /// Opens the part whose header lines are `head`.
    fn begin_part(&mut self, head: &[u8], sink: &mut impl Sink) -> Result<(), MultipartError> {
        if self.parts == self.limits.parts {
            return Err(MultipartError::TooManyParts(self.limits.parts));
        }
        self.parts += 1;
        let (head, encoding) = head::parse(head)?;
        sink.part(&head)?;
        self.delimiter.start_of_line();
        self.place = match encoding {
            Encoding::Identity => Place::Plain,
            Encoding::Base64 => Place::Base64(Box::default()),
        };
        Ok(())
    }

    /// Reads content up to the next delimiter; returns what comes after it.
    fn read_content<'c>(
        &mut self,
        chunk: &'c [u8],
        sink: &mut impl Sink,
    ) -> Result<&'c [u8], MultipartError> {
        let place = &mut self.place;
        let found = self.delimiter.search(chunk, |bytes| match place {
            Place::Plain => Ok(sink.data(bytes)?),
            Place::Base64(decoder) => decoder.push(bytes, sink),
            _ => Ok(()), // the preamble speaks to readers without a parser
        })?;
        let (next, rest) = match found {
            Found::Nothing => return Ok(&[]),
            Found::Separator(rest) => (Place::Head(HeadLines::default()), rest),
            Found::Close => (Place::Epilogue, &chunk[chunk.len()..]),
        };
        match mem::replace(&mut self.place, next) {
            Place::Plain => sink.end()?,
            Place::Base64(mut decoder) => {
                decoder.finish(sink)?;
                sink.end()?;
            }
            _ => {}
        }
        Ok(rest)
    }
}
