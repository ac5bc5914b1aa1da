//! Bodies that are wrong or made to hurt, and sinks that fail.

use super::*;

#[test]
fn a_body_cut_off_anywhere_is_refused() {
    let body = format!(
        "pre\r\n--b-b\r\nContent-Disposition: form-data; name=sha256\r\n{DIGEST}\r\n--b-b\r\n\
         Content-Disposition: form-data; name=x; filename*=utf-8''%41\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\nQQ==\r\n--b-b--"
    );
    assert_eq!(parse(&body).len(), 2);
    for length in 0..body.len() {
        for sizes in [[1], [usize::MAX]] {
            let (_, result) = parse_in_pieces(&body.as_bytes()[..length], &sizes);
            match result.unwrap_err() {
                MultipartError::Truncated => {}
                MultipartError::Empty => assert_eq!(length, 0),
                other => panic!("{other} at {length}"),
            }
        }
    }
}

#[test]
fn too_many_parts_are_refused() {
    let one = "--b-b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
    assert_eq!(parse(one.repeat(64) + "--b-b--").len(), 64);
    for count in [65, 10_000] {
        let refused = refusal(one.repeat(count));
        assert!(matches!(refused, MultipartError::TooManyParts(64)));
    }
}

#[test]
fn endless_headers_are_refused() {
    for endless in [
        "A: b\r\n".repeat(100_000),
        "a".repeat(100_000),
        format!("A: {}", "b".repeat(100_000)),
        format!("A: b\r\n{}", " \r\n".repeat(100_000)),
    ] {
        let refused = refusal(format!("--b-b\r\n{endless}"));
        assert!(matches!(refused, MultipartError::HeadTooLong(8192)));
    }
}

#[test]
fn faulty_parts_are_refused() {
    let part = |headers: &str| refusal(format!("--b-b\r\n{headers}\r\n\r\nx!\r\n--b-b--"));
    let named = "Content-Disposition: form-data; name=a";
    assert!(matches!(
        part("Content-Type: a/b"),
        MultipartError::MissingName
    ));
    let quoted = part(&format!(
        "{named}\r\nContent-Transfer-Encoding: quoted-printable"
    ));
    assert!(matches!(quoted, MultipartError::UnsupportedEncoding(_)));
    let base64 = part(&format!("{named}\r\nContent-Transfer-Encoding: base64"));
    assert!(matches!(base64, MultipartError::BadBase64));
    assert!(matches!(
        refusal("--b-b\r\n--b-b\r\n"),
        MultipartError::MissingName
    ));
    assert!(matches!(
        refusal("{\"not\": \"multipart\"}"),
        MultipartError::Truncated
    ));
}

#[test]
fn an_error_of_the_sink_comes_out() {
    struct Full;
    impl Sink for Full {
        fn part(&mut self, _: &PartHead) -> io::Result<()> {
            Ok(())
        }
        fn data(&mut self, _: &[u8]) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn end(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for encoding in ["binary", "base64"] {
        let body = format!(
            "--b-b\r\nContent-Disposition: form-data; name=a\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\nQUJD\r\n--b-b--"
        );
        match parser("b-b").push(body.as_bytes(), &mut Full) {
            Err(MultipartError::Sink(error)) => {
                assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn plain_content_is_not_copied() {
    struct Inside<'c>(&'c [u8], usize);
    impl Sink for Inside<'_> {
        fn part(&mut self, _: &PartHead) -> io::Result<()> {
            Ok(())
        }
        fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
            let inside = self.0.as_ptr_range();
            assert!(inside.contains(&bytes.as_ptr()));
            self.1 += 1;
            Ok(())
        }
        fn end(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let lookalikes = "\r\n--b-\n--b-bb\r\r\n".repeat(10_000);
    let body =
        format!("--b-b\r\nContent-Disposition: form-data; name=a\r\n\r\n{lookalikes}\r\n--b-b--");
    let mut sink = Inside(body.as_bytes(), 0);
    parser("b-b").push(body.as_bytes(), &mut sink).unwrap();
    assert_eq!(sink.1, 1, "the content comes in one piece");
}
