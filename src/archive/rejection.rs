//! Why a file is not taken as a collection.

use std::io;

/// Longest message, in bytes: a file with thousands of faults need not name them all.
const MESSAGE_MAX: usize = 8 * 1024;

/// The end of an import that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// The file is at fault; the sentence is for the person who uploaded it.
    #[error("{0}")]
    Invalid(String),
    /// Nobody waits for the result any more.
    #[error("canceled")]
    Canceled,
    /// Our own disk is at fault: the same file may pass another time.
    #[error("cannot read the uploaded file: {0}")]
    Io(#[source] io::Error),
}

impl Rejection {
    /// A fault of the file; messages over 8 KiB are cut.
    pub fn invalid(message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.len() > MESSAGE_MAX {
            message.truncate(message.floor_char_boundary(MESSAGE_MAX));
            message.push_str(" [...]");
        }
        Self::Invalid(message)
    }

    /// A fault of `collection_info`; all of these begin alike.
    pub fn metadata(what: impl AsRef<str>) -> Self {
        Self::invalid(format!("Invalid collection metadata. {}", what.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let text = Rejection::invalid(format!("x{}", "é".repeat(10_000))).to_string();
        assert!(text.len() < 9_000 && text.ends_with("é [...]"));
    }
}
