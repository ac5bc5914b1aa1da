//! Base64 as a stream: lines of any length in, bytes out.
//!
//! White space may stand anywhere; what is left must be base64 of the standard alphabet (RFC 4648
//! §4) with its padding, so that a text cut off inside a group of four is noticed.

use std::fmt;

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use crate::http::kit::multipart::MultipartError;
use crate::http::kit::multipart::Sink;

/// How much text is decoded at once. More is not faster, and a sink that writes to a file gets
/// pieces of a good size.
const TEXT: usize = 16 * 1024;

/// The decoder of one part. It holds its 28 KiB itself: keep it in a box.
pub(super) struct Base64 {
    /// Text without its white space, not yet decoded.
    text: [u8; TEXT],
    /// How much of `text` is filled.
    filled: usize,
    decoded: [u8; TEXT / 4 * 3],
    /// Whether the padding has been seen, after which nothing may come.
    ended: bool,
}

impl Base64 {
    /// Takes the next characters and passes on what fills the buffer.
    ///
    /// Fails with [`MultipartError::BadBase64`] on anything that cannot be decoded, though maybe
    /// only in a later call, and with the errors of `sink`.
    pub(super) fn push(
        &mut self,
        mut chunk: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), MultipartError> {
        while !chunk.is_empty() {
            let (now, later) = chunk.split_at(chunk.len().min(TEXT - self.filled));
            // Each byte is stored, and white space overwritten by the next one, so that there is no
            // branch to guess wrong. The local counter makes it three times as fast.
            let mut filled = self.filled;
            for &byte in now {
                self.text[filled] = byte;
                filled += usize::from(!matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
            }
            self.filled = filled;
            if self.filled == TEXT {
                self.decode(sink)?;
            }
            chunk = later;
        }
        Ok(())
    }

    /// Passes on the rest. Fails like [`Base64::push`], and if the text stops inside a group.
    pub(super) fn finish(&mut self, sink: &mut impl Sink) -> Result<(), MultipartError> {
        self.decode(sink)
    }

    /// Decodes all the text there is, which must be whole groups of four.
    fn decode(&mut self, sink: &mut impl Sink) -> Result<(), MultipartError> {
        let text = &self.text[..self.filled];
        let Some(last) = text.last() else {
            return Ok(());
        };
        if self.ended {
            return Err(MultipartError::BadBase64);
        }
        self.ended = *last == b'=';
        let length = STANDARD
            .decode_slice(text, &mut self.decoded)
            .map_err(|_| MultipartError::BadBase64)?;
        self.filled = 0;
        Ok(sink.data(&self.decoded[..length])?)
    }
}

impl Default for Base64 {
    fn default() -> Self {
        Self {
            text: [0; TEXT],
            filled: 0,
            decoded: [0; TEXT / 4 * 3],
            ended: false,
        }
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64 {{ filled: {} }}", self.filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::kit::multipart::tests::Parts;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Decodes the text in pieces of at most `piece` characters.
    fn decode(text: &[u8], piece: usize) -> Result<Vec<u8>, MultipartError> {
        let mut parts = Parts::one();
        let mut decoder = Base64::default();
        for chunk in text.chunks(piece) {
            decoder.push(chunk, &mut parts)?;
        }
        decoder.finish(&mut parts)?;
        Ok(parts.into_content())
    }

    /// Encodes the bytes in lines of `width` characters.
    fn encode(bytes: &[u8], width: usize, line_end: &str) -> String {
        let text = STANDARD.encode(bytes);
        let lines = text.as_bytes().chunks(width);
        let lines: Vec<&str> = lines.map(|line| str::from_utf8(line).unwrap()).collect();
        lines.join(line_end) + line_end
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_back_however_it_was_cut(
            bytes in vec(any::<u8>(), 0..300),
            copies in 1..100_usize,
            width in 1..100_usize,
            line_end in prop::sample::select(vec!["\r\n", "\n", " \r\n\t"]),
            piece in 1..20_000_usize,
        ) {
            let bytes = bytes.repeat(copies);
            let text = encode(&bytes, width, line_end);
            prop_assert_eq!(decode(text.as_bytes(), piece).unwrap(), bytes);
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        let long = "QUJD".repeat(TEXT);
        for bad in [
            "QQ",
            "QQ=",
            "Q",
            "=",
            "====",
            "QQ===",
            "QQ==QUJD",
            "QQ==\r\n=",
            "QU-D",
            "QU_D",
            "QU\0D",
            "QUJDé",
            "QR==",
        ] {
            for text in [
                bad.to_owned(),
                format!("{long}{bad}"),
                format!("{bad}{long}"),
            ] {
                for piece in [1, 5, 100_000] {
                    let refused = decode(text.as_bytes(), piece);
                    assert!(matches!(refused, Err(MultipartError::BadBase64)), "{bad}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_passed_on_of_nothing() {
        assert_eq!(decode(b"", 1).unwrap(), b"");
        assert_eq!(decode(b" \r\n\r\n", 1).unwrap(), b"");
    }
}
