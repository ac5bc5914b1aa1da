//! What can be wrong with a multipart body, as sentences for whoever sent it.

use std::io;

/// Why a body was refused.
///
/// All but [`MultipartError::Sink`] are the sender's doing, and their texts can be shown.
#[derive(Debug, thiserror::Error)]
pub enum MultipartError {
    /// The `Content-Type` of the request is another one, which is given, cut to 100 characters.
    #[error("the body must be multipart/form-data, not {0:?}")]
    NotFormData(String),
    /// The `Content-Type` names no usable boundary.
    #[error(
        "the Content-Type multipart/form-data needs a boundary of 1 to 200 printable ASCII \
         characters, the last one not a space"
    )]
    NoBoundary,
    /// There is no body.
    #[error("the body is empty; send the parts as multipart/form-data")]
    Empty,
    /// The body stops before the closing boundary.
    #[error("the body ends before its closing boundary; it was cut off, send it again")]
    Truncated,
    /// There are more parts than this limit.
    #[error("the body has more than {0} parts")]
    TooManyParts(usize),
    /// The headers of one part are longer than this limit, in bytes.
    #[error("the headers of a part are longer than {0} bytes")]
    HeadTooLong(usize),
    /// A header of a part cannot be understood.
    #[error("a part of the body is malformed: {0}")]
    Malformed(&'static str),
    /// A part does not say which field it is.
    #[error("a part of the body has no name; each needs `Content-Disposition: form-data; name=…`")]
    MissingName,
    /// The transfer encoding of a part is none of those read here; it is given, cut to 100
    /// characters.
    #[error(
        "a part of the body has the Content-Transfer-Encoding {0:?}; \
         send it as binary (without that header) or as base64"
    )]
    UnsupportedEncoding(String),
    /// The content of a part declared as base64 is not that, or stops in the middle.
    #[error("a part of the body is declared as base64 but is not valid base64")]
    BadBase64,
    /// The sink failed; its error is the source of this one.
    #[error("the content of the body could not be taken in")]
    Sink(#[from] io::Error),
}

/// As much of a foreign text as is good to repeat.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(100).collect()
}
