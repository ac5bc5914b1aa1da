//! Patterns that texts are searched for: regular expressions, in a time that grows with the text and no faster.

use regex::Regex;
use regex::RegexBuilder;

/// Most memory of one pattern, in bytes.
const SIZE_MAX: usize = 256 * 1024;

/// Reads a pattern. `None` if it is none, or takes too much memory; there are neither references back nor looks around.
pub fn read(text: &str) -> Option<Regex> {
    RegexBuilder::new(text).size_limit(SIZE_MAX).build().ok()
}

/// The same pattern, for which cases do not count.
pub fn in_any_case(text: &str) -> String {
    format!("(?i){text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_searched_for_anywhere_and_what_is_none_is_told() {
        assert!(read("o+l").is_some_and(|pattern| pattern.is_match("tools")));
        assert!(read("^o").is_some_and(|pattern| !pattern.is_match("tools")));
        assert!(read(&in_any_case("^T")).is_some_and(|pattern| pattern.is_match("tools")));
        for wrong in ["(", "a{1000}{1000}", r"(a)\1"] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
