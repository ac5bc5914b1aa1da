//! The parameters of a header value: `form-data; name="file"; filename="x"`.
//!
//! Reads the forms of RFC 2045 §5.1 and, for one parameter, `filename*=UTF-8''…` of RFC 8187.

/// The parameters of one header value, in the order they came.
#[derive(Debug)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads everything after the first `;`. `None` if a quoted value is never closed.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut params = Vec::new();
        let mut rest = value;
        while let Some((_, after)) = rest.split_once(';') {
            rest = after;
            let stop = after.find(['=', ';']).unwrap_or(after.len());
            let (name, tail) = after.split_at(stop);
            let Some(tail) = tail.strip_prefix('=') else {
                continue; // a word without a value
            };
            let tail = tail.trim_start();
            let (value, after) = match tail.strip_prefix('"') {
                Some(quoted) => unquote(quoted)?,
                None => {
                    let (token, after) = tail.split_at(tail.find(';').unwrap_or(tail.len()));
                    (token.trim_end().to_owned(), after)
                }
            };
            params.push((name.trim().to_ascii_lowercase(), value));
            rest = after;
        }
        Some(Self(params))
    }

    /// The value of the first parameter called `name`, which is given in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a quoted value from behind its opening quote; returns it and what follows it.
///
/// Only quotes and backslashes can be escaped: some senders write Windows paths as they are.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => {
                let escaped = chars.next_if(|(_, next)| matches!(next, '"' | '\\'));
                value.push(escaped.map_or('\\', |(_, char)| char));
            }
            _ => value.push(char),
        }
    }
    None
}

/// Decodes an extended value, `charset'language'percent-encoded` (RFC 8187 §3.2).
///
/// `None` if it is anything but well-formed UTF-8 or ASCII; other character sets are not read.
pub(super) fn decode_extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if !["utf-8", "us-ascii"].contains(&charset.to_ascii_lowercase().as_str()) {
        return None;
    }
    let mut pieces = encoded.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, plain) = piece.split_at_checked(2)?;
        bytes.extend(hex::decode(digits).ok()?);
        bytes.extend(plain.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(value: &str, name: &str) -> Option<String> {
        Params::parse(value)?.get(name).map(str::to_owned)
    }

    #[test]
    fn parameters_are_read_quoted_and_bare() {
        let value = "form-data; name=\"file\"; x;; FileName = a-b.tar.gz ; size=\"1\" junk; q=\"\"";
        assert_eq!(get(value, "name").as_deref(), Some("file"));
        assert_eq!(get(value, "filename").as_deref(), Some("a-b.tar.gz"));
        assert_eq!(get(value, "size").as_deref(), Some("1"));
        assert_eq!(get(value, "q").as_deref(), Some(""));
        assert_eq!(get(value, "x"), None);
    }

    #[test]
    fn quotes_and_backslashes_are_unescaped_and_windows_paths_survive() {
        for (value, wanted) in [
            (r#"f; n="a\"b;c\\d""#, r#"a"b;c\d"#),
            (r#"f; n="C:\dir\file""#, r"C:\dir\file"),
            (r#"f; n="ü=;'""#, "ü=;'"),
        ] {
            assert_eq!(get(value, "n").as_deref(), Some(wanted), "{value}");
        }
    }

    #[test]
    fn an_open_quote_is_refused() {
        for value in ["f; n=\"", "f; n=\"abc", "f; n=\"abc\\\"", "f; n=\"abc\\"] {
            assert!(Params::parse(value).is_none(), "{value}");
        }
    }

    #[test]
    fn extended_values_are_decoded_as_utf_8_only() {
        let decoded = decode_extended("UTF-8'en'%e2%82%AC%20rates").unwrap();
        assert_eq!(decoded, "€ rates");
        assert_eq!(decode_extended("utf-8''plain").unwrap(), "plain");
        for bad in [
            "plain",
            "utf-8'plain",
            "latin1''%e4",
            "utf-8''%e4",
            "utf-8''%",
            "utf-8''%4",
            "utf-8''%zz",
            "utf-8''%4€",
        ] {
            assert_eq!(decode_extended(bad), None, "{bad}");
        }
    }
}
