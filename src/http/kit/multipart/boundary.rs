//! The boundary of a multipart body, as the `Content-Type` header announces it.

use crate::http::kit::multipart::MultipartError;
use crate::http::kit::multipart::error;
use crate::http::kit::multipart::params::Params;

/// The text that separates the parts of a body: 1 to 200 printable ASCII characters, the last one
/// not a space.
///
/// RFC 2046 §5.1.1 stops at 70 characters and allows fewer of them; the reference takes these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary(String);

impl Boundary {
    /// Reads the boundary from the value of a `Content-Type` header.
    ///
    /// Fails with [`MultipartError::NotFormData`] on any media type but `multipart/form-data`, and
    /// with [`MultipartError::NoBoundary`] if that comes without a usable boundary.
    pub fn from_content_type(value: &str) -> Result<Self, MultipartError> {
        let (media_type, _) = value.split_once(';').unwrap_or((value, ""));
        if !media_type
            .trim()
            .eq_ignore_ascii_case("multipart/form-data")
        {
            return Err(MultipartError::NotFormData(error::excerpt(value)));
        }
        Params::parse(value)
            .and_then(|params| params.get("boundary").map(str::to_owned))
            .filter(|boundary| usable(boundary))
            .map(Self)
            .ok_or(MultipartError::NoBoundary)
    }

    /// The characters of the boundary, without the dashes in front of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn usable(boundary: &str) -> bool {
    (1..=200).contains(&boundary.len())
        && boundary.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !boundary.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary(value: &str) -> Option<String> {
        Boundary::from_content_type(value).ok().map(|found| found.0)
    }

    #[test]
    fn a_boundary_is_read_quoted_or_not() {
        for (value, wanted) in [
            ("multipart/form-data; boundary=abc", "abc"),
            ("multipart/form-data;boundary=abc", "abc"),
            (
                "Multipart/Form-Data ; charset=utf-8; BOUNDARY = abc ; x",
                "abc",
            ),
            ("multipart/form-data; boundary====1234==", "===1234=="),
            ("multipart/form-data; boundary=\"===1234==\"", "===1234=="),
            ("multipart/form-data; boundary=\"a b;c\"", "a b;c"),
            ("multipart/form-data; boundary=\"a\\\"b\"", "a\"b"),
            (
                "multipart/form-data; boundary=----WebKitFormBoundaryAb1",
                "----WebKitFormBoundaryAb1",
            ),
        ] {
            assert_eq!(boundary(value).as_deref(), Some(wanted), "{value}");
        }
    }

    #[test]
    fn another_media_type_is_told_from_a_missing_boundary() {
        for value in [
            "",
            "application/json",
            "multipart/mixed; boundary=abc",
            "x;y",
        ] {
            let refused = Boundary::from_content_type(value);
            assert!(matches!(refused, Err(MultipartError::NotFormData(_))));
        }
        let too_long = format!("multipart/form-data; boundary={}", "a".repeat(201));
        for value in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\"abc",
            "multipart/form-data; boundary=\"abc \"",
            "multipart/form-data; boundary=\"a\r\nb\"",
            "multipart/form-data; boundary=bücher",
            &too_long,
        ] {
            let refused = Boundary::from_content_type(value);
            assert!(
                matches!(refused, Err(MultipartError::NoBoundary)),
                "{value}"
            );
        }
    }
}
