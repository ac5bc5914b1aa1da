//! However a body is cut into pieces, the same parts come out of it, and never more bytes than went in.
//!
//! Input: four sizes of pieces, a line with the Content-Type, the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pocket_galaxy::http::kit::multipart::{Boundary, Limits, Multipart, PartHead, Sink};

#[derive(Debug, Default, PartialEq)]
struct Parts(Vec<(PartHead, Vec<u8>, bool)>);

impl Sink for Parts {
    fn part(&mut self, head: &PartHead) -> std::io::Result<()> {
        assert!(!head.name.is_empty() && self.0.last().is_none_or(|(.., ended)| *ended));
        self.0.push((head.clone(), Vec::new(), false));
        Ok(())
    }
    fn data(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let (_, content, ended) = self.0.last_mut().expect("data before any part");
        assert!(!bytes.is_empty() && !*ended);
        content.extend_from_slice(bytes);
        Ok(())
    }
    fn end(&mut self) -> std::io::Result<()> {
        let (.., ended) = self.0.last_mut().expect("an end before any part");
        assert!(!std::mem::replace(ended, true));
        Ok(())
    }
}

fn parse<'b>(boundary: &Boundary, mut pieces: impl Iterator<Item = &'b [u8]>) -> (Parts, String) {
    let mut parts = Parts::default();
    let limits = Limits { parts: 8, head_bytes: 512 };
    let mut parser = Multipart::new(boundary, limits);
    let pushed = pieces.try_for_each(|piece| parser.push(piece, &mut parts));
    let outcome = pushed.and_then(|()| parser.finish());
    (parts, format!("{outcome:?}"))
}

fuzz_target!(|input: &[u8]| {
    let Some((sizes, rest)) = input.split_at_checked(4) else {
        return;
    };
    let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let announced = std::str::from_utf8(&rest[..line]).unwrap_or_default();
    let boundary = Boundary::from_content_type(announced)
        .or_else(|_| Boundary::from_content_type("multipart/form-data; boundary=b-b"));
    let (boundary, body) = (boundary.expect("a boundary"), rest.get(line + 1..).unwrap_or_default());

    let (whole, outcome) = parse(&boundary, std::iter::once(body));
    let mut left = body;
    let mut sizes = sizes.iter().cycle();
    let pieces = std::iter::from_fn(|| {
        let size = usize::from(*sizes.next()?).max(1).min(left.len());
        left.split_off(..size).filter(|piece| !piece.is_empty())
    });
    assert_eq!(parse(&boundary, pieces), (whole, outcome));
    let (parts, _) = parse(&boundary, body.chunks(1));
    let content: usize = parts.0.iter().map(|(_, content, _)| content.len()).sum();
    assert!(parts.0.len() <= 8 && content <= body.len());
});
