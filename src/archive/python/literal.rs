//! Python literals: what an expression stands for when it is written out in full.

use std::fmt;

use serde_json::Map;
use serde_json::Value;
use tree_sitter::Node;

/// How deep literals nest that are looked at.
const DEPTH_MAX: usize = 50;

/// Why an expression is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotText {
    /// It is `None`, which means that there is no text.
    None,
    /// It is an f-string.
    Formatted,
    /// It is the result of a computation, or of another type.
    Computed,
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "is None",
            Self::Formatted => "is an f-string, which is not evaluated; write the text out in full",
            Self::Computed => {
                "is not a plain text, and code is not run; write the text out in full"
            }
        })
    }
}

/// The text an expression stands for: literals, written side by side or with `+` between them.
pub(super) fn text(node: Node<'_>, source: &str) -> Result<String, NotText> {
    let mut text = String::new();
    append(node, source, &mut text, 0)?;
    Ok(text)
}

fn append(node: Node<'_>, source: &str, out: &mut String, depth: usize) -> Result<(), NotText> {
    if depth > DEPTH_MAX {
        return Err(NotText::Computed);
    }
    let mut cursor = node.walk();
    match node.kind() {
        "string" => string(node, source, out),
        "concatenated_string" | "parenthesized_expression" => node
            .named_children(&mut cursor)
            .filter(|child| child.kind() != "comment")
            .try_for_each(|child| append(child, source, out, depth + 1)),
        "binary_operator" => {
            let side = |name| node.child_by_field_name(name).ok_or(NotText::Computed);
            if side("operator")?.kind() != "+" {
                return Err(NotText::Computed);
            }
            append(side("left")?, source, out, depth + 1)?;
            append(side("right")?, source, out, depth + 1)
        }
        "none" => Err(NotText::None),
        _ => Err(NotText::Computed),
    }
}

fn string(node: Node<'_>, source: &str, out: &mut String) -> Result<(), NotText> {
    let mut cursor = node.walk();
    let child = |kind: &str| {
        let mut cursor = node.walk();
        node.children(&mut cursor)
            .find(|child| child.kind() == kind)
    };
    let (start, end) = child("string_start")
        .zip(child("string_end"))
        .ok_or(NotText::Computed)?;
    let opening = source.get(start.byte_range()).ok_or(NotText::Computed)?;
    let prefix = opening.trim_end_matches(['"', '\'']).to_ascii_lowercase();
    if prefix.contains(['f', 't'])
        || node
            .children(&mut cursor)
            .any(|child| child.kind() == "interpolation")
    {
        return Err(NotText::Formatted);
    }
    if prefix.contains('b') {
        return Err(NotText::Computed);
    }
    let body = source
        .get(start.end_byte()..end.start_byte())
        .ok_or(NotText::Computed)?;
    // Python reads every line end as a line feed.
    let body = match body.contains('\r') {
        true => &body.replace("\r\n", "\n").replace('\r', "\n"),
        false => body,
    };
    match prefix.contains('r') {
        true => out.push_str(body),
        false => unescape(body, out),
    }
    Ok(())
}

/// Appends `body` with its escapes resolved. Unknown ones stay as they are, as in Python, and so do names (`\N{…}`).
fn unescape(body: &str, out: &mut String) {
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(kind) = rest.chars().next() else {
            out.push('\\');
            return;
        };
        let after = &rest[kind.len_utf8()..];
        let single = match kind {
            '\n' => Some(None),
            '\\' | '\'' | '"' => Some(Some(kind)),
            'a' => Some(Some('\u{7}')),
            'b' => Some(Some('\u{8}')),
            'f' => Some(Some('\u{c}')),
            'n' => Some(Some('\n')),
            'r' => Some(Some('\r')),
            't' => Some(Some('\t')),
            'v' => Some(Some('\u{b}')),
            _ => None,
        };
        if let Some(single) = single {
            out.extend(single);
            rest = after;
            continue;
        }
        let (digits, radix, length) = match kind {
            '0'..='7' => (rest, 8, octal_length(rest)),
            'x' => (after, 16, 2),
            'u' => (after, 16, 4),
            'U' => (after, 16, 8),
            _ => (after, 16, 0),
        };
        let code = digits
            .get(..length)
            .filter(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
            .and_then(|digits| u32::from_str_radix(digits, radix).ok())
            .and_then(char::from_u32);
        match code {
            Some(c) => {
                out.push(c);
                rest = &digits[length..];
            }
            None => {
                out.extend(['\\', kind]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

fn octal_length(text: &str) -> usize {
    text.bytes()
        .take(3)
        .take_while(|b| matches!(b, b'0'..=b'7'))
        .count()
}

/// The value of a literal of any kind; `None` for whatever is computed.
pub(super) fn value(node: Node<'_>, source: &str) -> Option<Value> {
    value_at(node, source, 0)
}

fn value_at(node: Node<'_>, source: &str, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    let mut cursor = node.walk();
    let mut children = || -> Vec<Node<'_>> {
        let children = node.named_children(&mut cursor);
        children.filter(|child| child.kind() != "comment").collect()
    };
    match node.kind() {
        "none" => Some(Value::Null),
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        "integer" | "float" | "unary_operator" => {
            serde_json::from_str(source.get(node.byte_range())?).ok()
        }
        "list" | "tuple" | "set" => {
            let items = children()
                .into_iter()
                .map(|item| value_at(item, source, depth + 1));
            items.collect::<Option<Vec<_>>>().map(Value::Array)
        }
        "dictionary" => {
            let pair = |pair: Node<'_>| {
                let key = text(pair.child_by_field_name("key")?, source).ok()?;
                let value = value_at(pair.child_by_field_name("value")?, source, depth + 1)?;
                Some((key, value))
            };
            children()
                .into_iter()
                .map(pair)
                .collect::<Option<Map<_, _>>>()
                .map(Value::Object)
        }
        _ => text(node, source).ok().map(Value::String),
    }
}
