//! What somebody types into a search box, as an expression of the full-text index.

/// Most words that are looked for; the rest of a longer text is not read.
const WORDS_MAX: usize = 16;

/// The expression that finds what has all words of `text`: each whole and anywhere, or as the beginning of a word of
/// the name. `None` if there is no word in it.
pub fn expression(text: &str) -> Option<String> {
    let is_separator = |c: char| !(c.is_alphanumeric() || c == '_');
    let words = text.split(is_separator).filter(|word| !word.is_empty());
    // Quotes make a word of what would be an operator; nothing in a word can end them.
    let parts: Vec<String> = words
        .take(WORDS_MAX)
        .map(|word| format!("(\"{word}\" OR name : \"{word}\" *)"))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_nothing_else_is_left_of_a_text() {
        let one = |word: &str| format!("(\"{word}\" OR name : \"{word}\" *)");
        assert_eq!(expression("win_copy").unwrap(), one("win_copy"));
        assert_eq!(
            expression("acme.tools").unwrap(),
            format!("{} AND {}", one("acme"), one("tools"))
        );
        assert_eq!(
            expression("a\" OR *").unwrap(),
            format!("{} AND {}", one("a"), one("OR"))
        );
        assert_eq!(expression(" \"*:^ "), None);
    }
}
