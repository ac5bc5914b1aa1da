//! Text in quotes, the way Python shows it: messages of the reference are made with it.

use std::fmt::Write;

/// `text` in single quotes, or in double ones if it holds a single quote and no double one.
///
/// Control characters and those that hide or turn text are escaped, so that no name can
/// play tricks on the screen it is shown on.
pub fn quoted(text: &str) -> String {
    let quote = match text.contains('\'') && !text.contains('"') {
        true => '"',
        false => '\'',
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if is_hidden(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Most bytes of a list, give or take one text: more than any message shows.
const LIST_MAX: usize = 16 * 1024;

/// A list of texts in brackets: `['a', 'b']`. A very long one breaks off.
pub fn quoted_list<T: AsRef<str>>(texts: &[T]) -> String {
    let mut out = String::from("[");
    for (at, text) in texts.iter().enumerate() {
        if out.len() > LIST_MAX {
            break;
        }
        out.push_str(if at == 0 { "" } else { ", " });
        out.push_str(&quoted(text.as_ref()));
    }
    out + "]"
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}' | '\u{61C}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}'
        )
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
}

fn push_escape(out: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xFF => write!(out, "\\x{code:02x}"),
        0x100..=0xFFFF => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_are_those_of_python() {
        assert_eq!(quoted("docs/a.md"), "'docs/a.md'");
        assert_eq!(quoted("it's"), "\"it's\"");
        assert_eq!(quoted("'\""), "'\\'\"'");
        assert_eq!(quoted("a\n\u{1b}[31m\u{202e}\\"), r"'a\n\x1b[31m\u202e\\'");
        assert_eq!(quoted_list(&["a", "é"]), "['a', 'é']");
        assert_eq!(quoted_list::<&str>(&[]), "[]");
    }
}
