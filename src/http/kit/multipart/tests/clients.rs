//! Bodies that are right, in the many ways clients write them.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use super::*;

const GZIP: &[u8] = b"\x1f\x8b\x08\x00\r\n--\r\n--b-\r\n\xff\n\r\n\x00:\r";
const FILE: &str = "acme-tools-1.0.0.tar.gz";

/// A body out of texts and bytes, joined with CRLF as the clients do.
fn lines(lines: &[&[u8]]) -> Vec<u8> {
    lines.join(b"\r\n".as_slice())
}

fn digest_part() -> Part {
    part("sha256", None, None, DIGEST.as_bytes())
}

#[test]
fn the_body_of_ansible_galaxy_is_read() {
    let encoded = STANDARD.encode(GZIP.repeat(20));
    let text = encoded.as_bytes().chunks(76).collect::<Vec<_>>();
    for line_end in [b"\r\n".as_slice(), b"\n"] {
        let body = lines(&[
            b"--b-b",
            b"Content-Transfer-Encoding: base64",
            b"Content-Type: application/octet-stream",
            b"Content-Disposition: form-data; name=\"file\"; filename=\"acme-tools-1.0.0.tar.gz\"",
            b"",
            &text.join(line_end),
            b"",
            b"--b-b",
            b"Content-Type: text/plain",
            b"Content-Disposition: form-data; name=\"sha256\"",
            b"",
            DIGEST.as_bytes(),
            b"--b-b--",
            b"",
        ]);
        let binary = Some("application/octet-stream");
        let wanted = [
            part("file", Some(FILE), binary, &GZIP.repeat(20)),
            part("sha256", None, Some("text/plain"), DIGEST.as_bytes()),
        ];
        assert_eq!(parse(body), wanted);
    }
}

#[test]
fn the_body_of_galaxykit_is_read() {
    let body = lines(&[
        b"--b-b",
        b"Content-Disposition: form-data; name=\"sha256\"",
        DIGEST.as_bytes(),
        b"--b-b",
        b"Content-Disposition: file; name=\"file\"; filename=\"acme-tools-1.0.0.tar.gz\"",
        b"Content-Type: application/octet-stream",
        b"",
        GZIP,
        b"--b-b--",
    ]);
    let file = part("file", Some(FILE), Some("application/octet-stream"), GZIP);
    assert_eq!(parse(body), [digest_part(), file]);
}

#[test]
fn a_type_after_the_disposition_is_read_with_and_without_a_blank_line() {
    let mut texts = Vec::new();
    for headers in [
        "content-disposition: form-data; name=sha256\r\nCONTENT-TYPE: text/plain\r\n",
        "Content-Type: text/plain\r\nContent-Disposition: form-data; name=sha256\r\n",
    ] {
        for blank in ["\r\n", "\n", ""] {
            texts.push(format!("--b-b\r\n{headers}{blank}{DIGEST}\r\n--b-b--\r\n"));
        }
    }
    for body in texts {
        let wanted = part("sha256", None, Some("text/plain"), DIGEST.as_bytes());
        assert_eq!(parse(&body), [wanted], "{body}");
    }
}

#[test]
fn the_body_of_a_browser_is_read() {
    let body = lines(&[
        b"--b-b",
        b"Content-Disposition: form-data; name=\"file\"; filename=\"\"",
        b"Content-Type: application/octet-stream",
        b"",
        b"",
        b"--b-b",
        b"Content-Disposition: form-data; name=\"text\"",
        b"",
        b"Name: value\r\n\r\n",
        b"--b-b--",
        b"",
    ]);
    let wanted = [
        part("file", None, Some("application/octet-stream"), b""),
        part("text", None, None, b"Name: value\r\n\r\n"),
    ];
    assert_eq!(parse(body), wanted);
}

#[test]
fn lines_may_end_in_lf_alone() {
    let body = "--b-b\nContent-Disposition: form-data; name=a\n\none\n\n--b-b\n\
                Content-Disposition: form-data; name=b\ntwo\n--b-b--\n";
    let wanted = [
        part("a", None, None, b"one\n"),
        part("b", None, None, b"two"),
    ];
    assert_eq!(parse(body), wanted);
}

#[test]
fn preamble_and_epilogue_are_passed_over() {
    let body = format!(
        "This is MIME.\r\n--b-bb\r\nContent-Disposition: x; name=y\r\n\r\nno\r\n\
         --b-b\r\nContent-Disposition: form-data; name=sha256\r\n\r\n{DIGEST}\r\n\
         --b-b-- \r\n--b-b\r\nContent-Disposition: form-data; name=no\r\n\r\nno\r\n--b-b--"
    );
    assert_eq!(parse(body), [digest_part()]);
}

#[test]
fn empty_parts_are_read_with_every_number_of_line_ends() {
    for ends in ["", "\r\n", "\r\n\r\n"] {
        let one = format!("--b-b\r\nContent-Disposition: form-data; name=a\r\n{ends}");
        let body = format!("{one}{one}--b-b--");
        assert_eq!(parse(body), vec![part("a", None, None, b""); 2], "{ends:?}");
    }
}

#[test]
fn a_form_without_fields_is_a_form() {
    assert_eq!(parse("--b-b--"), []);
    assert_eq!(parse("\r\n--b-b--\r\n"), []);
}

#[test]
fn a_boundary_that_looks_like_a_header_is_still_one() {
    let mut parts = Parts::default();
    let mut parser = parser("=a:b c==");
    let body = "--=a:b c==\r\nContent-Disposition: form-data; name=a\r\n--=a:b c==--";
    parser.push(body.as_bytes(), &mut parts).unwrap();
    parser.finish().unwrap();
    assert_eq!(parts.parts, [part("a", None, None, b"")]);
}
