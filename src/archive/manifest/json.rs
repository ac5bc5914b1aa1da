//! The JSON documents of an archive as text: faults told with their place, and blanks taken out.

use crate::archive::rejection::Rejection;
use crate::archive::tarball::tape::ADVICE;

/// The bytes of the document `name` as text.
pub fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Rejection> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Rejection::invalid(format!(
            "{name} is not valid JSON: it is not UTF-8 at byte {at}. Please {ADVICE}"
        ))
    })
}

/// What is wrong with the document `name`, with line and column.
pub fn fault(name: &str, error: &serde_json::Error) -> Rejection {
    let what = match error.classify() {
        serde_json::error::Category::Data => "does not have the expected form",
        _ => "is not valid JSON",
    };
    Rejection::invalid(format!("{name} {what}: {error}. Please {ADVICE}"))
}

/// Takes the blanks between the tokens out of valid JSON; every key, number and text stays as it is.
pub fn compact(text: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    let mut bytes = text.as_bytes().to_vec();
    bytes.retain(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => {}
        }
        in_string || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
    });
    bytes.shrink_to_fit();
    // Only ASCII has been taken out, so this is still UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_taken_out_between_tokens_only() {
        let text = "{\r\n\t\"a b\" : [ 1e400 , \"\\\" , \\\\\" , -0.10 ] }\n";
        assert_eq!(compact(text), r#"{"a b":[1e400,"\" , \\",-0.10]}"#);
    }

    #[test]
    fn a_fault_is_told_with_file_line_and_column() {
        let error = serde_json::from_str::<serde_json::Value>("{\n\"a\": ,}").unwrap_err();
        let message = fault("FILES.json", &error).to_string();
        assert!(message.starts_with("FILES.json is not valid JSON: "));
        assert!(message.contains("line 2 column 6"), "{message}");
        assert!(super::text("X", &[0xFF]).is_err());
    }
}
