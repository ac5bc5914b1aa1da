//! What somebody may have meant.

/// Longest text that is compared, in bytes: the comparison is quadratic.
const LENGTH_MAX: usize = 100;
/// How alike two texts must be, between 0 and 1.
const ALIKE: f64 = 0.6;

/// The one of `known` that is most like `text`, if one is like it at all.
pub fn nearest<'k>(text: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if text.len() > LENGTH_MAX {
        return None;
    }
    let text = text.to_ascii_lowercase();
    known
        .into_iter()
        .map(|one| (strsim::normalized_damerau_levenshtein(&text, one), one))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, one)| one)
}

/// `; did you mean …?`, or nothing.
pub fn suggestion<'k>(text: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(text, known).map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_what_was_meant() {
        let known = ["username", "email"];
        assert_eq!(nearest("usernme", known), Some("username"));
        assert_eq!(nearest("E-Mail", known), Some("email"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(suggestion("emial", known), "; did you mean email?");
        assert_eq!(suggestion(&"email".repeat(100), known), "");
    }
}
