//! Bodies made by chance: how they are cut must not matter.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Texts made of what matters to the parser.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "\r",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "-",
        "--",
        "--b-b",
        "\r\n--b-b",
        "\r\n--b-b\r\n",
        "b-b",
        "\r\n--b-b--",
        " ",
        "\t",
        ":",
        ";",
        "=",
        "\"",
        "\\",
        "A",
        "QUJD",
        "QQ==",
        "\0",
        "é",
        "Content-Disposition: form-data; name=\"a\"",
        "\r\nContent-Disposition: file; name=a\r\n",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: base64\r\n\r\n",
        "filename*=UTF-8''%41",
    ];
    let piece = prop::sample::select(pieces.map(str::as_bytes).to_vec());
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A part that can be told from its delimiter, and the way it is written.
fn any_part() -> impl Strategy<Value = (Part, Vec<u8>)> {
    let content = prop_oneof![soup(), vec(any::<u8>(), 0..200)];
    let content = content.prop_filter("no delimiter", |content| {
        !format!("\n{}", String::from_utf8_lossy(content)).contains("\n--b-b")
    });
    (content, any::<bool>(), "[a-z]{1,8}", 0..4_u8).prop_map(|(content, typed, name, style)| {
        let mut text = format!("Content-Disposition: form-data; name=\"{name}\"\r\n").into_bytes();
        if typed {
            text.extend(b"Content-Type: a/b\r\n");
        }
        match style {
            0 => {
                let encoded = STANDARD.encode(&content);
                let lines: Vec<&[u8]> = encoded.as_bytes().chunks(76).collect();
                text.extend(b"Content-Transfer-Encoding: base64\r\n\r\n");
                text.extend(lines.join(b"\r\n".as_slice()));
            }
            1 => text.extend([b"\n".as_slice(), &content].concat()),
            _ => text.extend([b"\r\n".as_slice(), &content].concat()),
        }
        (part(&name, None, typed.then_some("a/b"), &content), text)
    })
}

proptest! {
    #[test]
    fn parts_come_back_as_they_were_written_however_the_body_is_cut(
        parts in vec(any_part(), 0..6),
        sizes in vec(1..100_usize, 1..10),
    ) {
        let mut body = Vec::new();
        for (_, text) in &parts {
            body.extend([b"--b-b\r\n".as_slice(), text, b"\r\n"].concat());
        }
        body.extend(b"--b-b--\r\n");
        let wanted: Vec<Part> = parts.into_iter().map(|(part, _)| part).collect();
        let (got, result) = parse_in_pieces(&body, &sizes);
        result.unwrap();
        prop_assert_eq!(&got.parts, &wanted);
        prop_assert_eq!(parse(&body), wanted);
    }

    #[test]
    fn any_text_is_understood_in_one_way_however_it_is_cut(
        begin in prop::sample::select(vec!["", "--b-b\r\n", "--b-b\r\nContent-Disposition: x; name=a\r\n"]),
        soup in soup(),
        sizes in vec(1..20_usize, 1..10),
    ) {
        let body = [begin.as_bytes(), &soup].concat();
        let (whole, result) = parse_in_pieces(&body, &[usize::MAX]);
        let (pieces, again) = parse_in_pieces(&body, &sizes);
        prop_assert_eq!(whole, pieces);
        prop_assert_eq!(format!("{result:?}"), format!("{again:?}"));
    }
}
