//! The search for the line that ends a part.
//!
//! Content before a delimiter is passed on as slices of what came in. Only the end of a chunk that
//! might be the beginning of a delimiter is copied and held back, at most some 270 bytes. Start
//! reading at [`Delimiter::search`].

use memchr::memmem::Finder;

use crate::http::kit::multipart::boundary::Boundary;

/// A search that goes on from chunk to chunk.
#[derive(Debug)]
pub(super) struct Delimiter {
    /// Finds `\n--boundary`; a `\r` in front of it belongs to the delimiter too. Senders that end
    /// all their lines with `\n` alone are understood this way.
    finder: Finder<'static>,
    /// The end of what came in so far, if it may be the beginning of a delimiter.
    held: Vec<u8>,
    /// How many bytes of `held` never came in.
    assumed: usize,
}

/// How the search in one chunk ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'c> {
    /// The chunk is used up.
    Nothing,
    /// A delimiter after which a part begins, in the rest of the chunk.
    Separator(&'c [u8]),
    /// The delimiter after which nothing of interest comes.
    Close,
}

/// What a text is that begins where a delimiter may begin.
enum Candidate {
    Undecided,
    No,
    /// A separator that ends at this offset.
    Separator(usize),
    Close,
}

/// White space after a boundary is allowed (RFC 2046 §5.1.1), but no more than this many bytes.
const MAX_PADDING: usize = 64;

impl Delimiter {
    /// A search at the start of a body.
    pub(super) fn new(boundary: &Boundary) -> Self {
        let needle = format!("\n--{}", boundary.as_str());
        let mut delimiter = Self {
            finder: Finder::new(&needle).into_owned(),
            held: Vec::new(),
            assumed: 0,
        };
        delimiter.start_of_line();
        delimiter
    }

    /// Lets a delimiter begin right here, as if a line had ended before: the line end of the
    /// headers serves an empty part as its own.
    pub(super) fn start_of_line(&mut self) {
        self.held.clear();
        self.held.push(b'\n');
        self.assumed = 1;
    }

    /// Looks for a delimiter and hands everything before it to `data`, whose errors come out.
    ///
    /// Once one is found, the next search has to begin with [`Delimiter::start_of_line`].
    pub(super) fn search<'c, E>(
        &mut self,
        chunk: &'c [u8],
        mut data: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Found<'c>, E> {
        if !self.held.is_empty() {
            let before = self.held.len();
            match self.resume(chunk) {
                Candidate::Undecided => return Ok(Found::Nothing),
                Candidate::Separator(used) => return Ok(Found::Separator(&chunk[used..])),
                Candidate::Close => return Ok(Found::Close),
                // Nothing in a delimiter can begin another one, so what was held back is data.
                Candidate::No if before > self.assumed => data(&self.held[self.assumed..before])?,
                Candidate::No => {}
            }
            self.held.clear();
            self.assumed = 0;
        }
        let (content, found) = self.split(chunk);
        if !content.is_empty() {
            data(content)?;
        }
        Ok(found)
    }

    /// Decides about the text held back with as few bytes of `chunk` as that needs; the offset of
    /// a separator counts from the start of `chunk`.
    fn resume(&mut self, chunk: &[u8]) -> Candidate {
        for (at, &byte) in chunk.iter().enumerate() {
            self.held.push(byte);
            match self.judge(&self.held) {
                Candidate::Undecided => {}
                Candidate::Separator(_) => return Candidate::Separator(at + 1),
                decided => return decided,
            }
        }
        Candidate::Undecided
    }

    /// Divides a chunk into content and what the search found behind it. Nothing is held back
    /// from before.
    fn split<'c>(&mut self, chunk: &'c [u8]) -> (&'c [u8], Found<'c>) {
        for at in self.finder.find_iter(chunk) {
            let content = without_cr(&chunk[..at]);
            match self.judge(&chunk[at..]) {
                Candidate::No => {}
                Candidate::Separator(end) => {
                    return (content, Found::Separator(&chunk[at + end..]));
                }
                Candidate::Close => return (content, Found::Close),
                Candidate::Undecided => {
                    self.held.extend_from_slice(&chunk[content.len()..]);
                    return (content, Found::Nothing);
                }
            }
        }
        let content = self.without_beginning(chunk);
        self.held.extend_from_slice(&chunk[content.len()..]);
        (content, Found::Nothing)
    }

    /// The chunk without the beginning of a boundary that it may end in.
    fn without_beginning<'c>(&self, chunk: &'c [u8]) -> &'c [u8] {
        let needle = self.finder.needle();
        let tail = chunk.len().saturating_sub(needle.len());
        match memchr::memrchr(b'\n', &chunk[tail..]) {
            Some(at) if needle.starts_with(&chunk[tail + at..]) => without_cr(&chunk[..tail + at]),
            _ => without_cr(chunk),
        }
    }

    /// Judges a text that begins with the line end of a delimiter, or with a part of it.
    fn judge(&self, text: &[u8]) -> Candidate {
        let line = text.strip_prefix(b"\r").unwrap_or(text);
        let needle = self.finder.needle();
        let Some(after) = line.strip_prefix(needle) else {
            let begun = needle.starts_with(line);
            return if begun {
                Candidate::Undecided
            } else {
                Candidate::No
            };
        };
        if after.starts_with(b"--") {
            return Candidate::Close;
        }
        let blanks = after.iter().take(MAX_PADDING + 1);
        let padding = blanks.take_while(|byte| b" \t".contains(byte)).count();
        let end = text.len() - after.len() + padding;
        match &after[padding..] {
            _ if padding > MAX_PADDING => Candidate::No,
            b"-" if padding == 0 => Candidate::Undecided,
            [] | b"\r" => Candidate::Undecided,
            [b'\n', ..] => Candidate::Separator(end + 1),
            [b'\r', b'\n', ..] => Candidate::Separator(end + 2),
            _ => Candidate::No,
        }
    }
}

fn without_cr(content: &[u8]) -> &[u8] {
    content.strip_suffix(b"\r").unwrap_or(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter() -> Delimiter {
        let boundary = Boundary::from_content_type("multipart/form-data; boundary=b-b").unwrap();
        Delimiter::new(&boundary)
    }

    /// Searches a text cut in two at each place, and returns the content and the rest.
    fn search(text: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
        let mut results = Vec::new();
        for cut in 0..=text.len() {
            let mut delimiter = delimiter();
            let mut content = Vec::new();
            let mut data = |bytes: &[u8]| {
                assert!(!bytes.is_empty());
                content.extend_from_slice(bytes);
                Ok::<(), ()>(())
            };
            let (first, second) = text.split_at(cut);
            let mut rest = None;
            match delimiter.search(first, &mut data).unwrap() {
                Found::Nothing => match delimiter.search(second, &mut data).unwrap() {
                    Found::Nothing => {}
                    Found::Separator(after) => rest = Some(after.to_vec()),
                    Found::Close => rest = Some(b"closed".to_vec()),
                },
                Found::Separator(after) => rest = Some([after, second].concat()),
                Found::Close => rest = Some(b"closed".to_vec()),
            }
            results.push((content, rest));
        }
        assert!(results.iter().all(|result| *result == results[0]));
        results.swap_remove(0)
    }

    #[test]
    fn a_separator_is_found_wherever_the_text_is_cut() {
        for text in [
            "one\r\n--b-b\r\nrest",
            "one\n--b-b\nrest",
            "one\r\n--b-b \t\r\nrest",
        ] {
            let found = search(text.as_bytes());
            assert_eq!(found, (b"one".to_vec(), Some(b"rest".to_vec())), "{text:?}");
        }
    }

    #[test]
    fn a_delimiter_may_be_the_very_first_line() {
        assert_eq!(search(b"--b-b\r\nx"), (vec![], Some(b"x".to_vec())));
        assert_eq!(search(b"\r\n--b-b\r\nx"), (vec![], Some(b"x".to_vec())));
        assert_eq!(search(b"--b-b--"), (vec![], Some(b"closed".to_vec())));
    }

    #[test]
    fn line_ends_before_a_delimiter_are_content_but_for_the_last() {
        let (content, _) = search(b"one\r\n\r\r\n\n\r\n--b-b--\r\n");
        assert_eq!(content, b"one\r\n\r\r\n\n");
    }

    #[test]
    fn what_only_looks_like_a_delimiter_is_content() {
        let padded = format!("\r\n--b-b{}\r\nx", " ".repeat(MAX_PADDING + 1));
        for text in [
            "\r\n--b-",
            "\r\n--b-bb\r\n",
            "\r\n--b-b-\r\n",
            "\r\n--b-b -\r\n",
            "\r\n--b-b\rx",
            "\r--b-b\r\n",
            "x--b-b\r\n",
            "\r\n--b-b\t\r\r\n",
            padded.as_str(),
        ] {
            let whole = format!("{text}\r\n--b-b--");
            let (content, rest) = search(whole.as_bytes());
            assert_eq!(String::from_utf8(content).unwrap(), text);
            assert_eq!(rest.as_deref(), Some(b"closed".as_slice()));
        }
    }

    #[test]
    fn little_is_held_back_of_a_body_of_lookalikes() {
        let mut delimiter = delimiter();
        for _ in 0..10_000 {
            let found = delimiter.search(b"\r\n--b-b      \r", |_| Ok::<(), ()>(()));
            assert_eq!(found, Ok(Found::Nothing));
            assert!(delimiter.held.len() <= 80);
        }
    }
}
