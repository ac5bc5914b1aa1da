//! Reading JSON. The library gives no places, but parts of the text, and those have one.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::MapAccess;
use serde::de::Visitor;
use serde_json::Number;
use serde_json::value::RawValue;

use crate::cli::apply::node::DEPTH_MAX;
use crate::cli::apply::node::Key;
use crate::cli::apply::node::Lines;
use crate::cli::apply::node::Node;
use crate::cli::apply::node::Trouble;
use crate::cli::apply::node::Value;
use crate::cli::apply::node::too_deep;
use crate::cli::apply::node::twice;

/// The document in `text`.
pub(super) fn read(text: &str) -> Result<Node, Trouble> {
    let reader = Reader {
        text,
        lines: Lines::of(text),
    };
    let whole = serde_json::from_str(text).map_err(|error| Trouble {
        line: error.line(),
        message: told(&error),
    })?;
    reader.node(whole, 0)
}

/// What is wrong, without the place, which is told anyway.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].to_owned()
}

struct Reader<'t> {
    text: &'t str,
    lines: Lines,
}

impl<'t> Reader<'t> {
    fn node(&self, raw: &'t RawValue, depth: usize) -> Result<Node, Trouble> {
        let line = self.line(raw);
        if depth > DEPTH_MAX {
            return Err(too_deep(line));
        }
        let source = raw.get();
        let value = match source.as_bytes().first() {
            Some(b'{') => {
                let Entries(parts) = self.part(raw)?;
                let mut entries: Vec<(Key, Node)> = Vec::with_capacity(parts.len());
                for (key, value) in parts {
                    let (line, text) = (self.line(key), self.part::<String>(key)?);
                    if entries.iter().any(|(known, _)| known.text == text) {
                        return Err(twice(line, &text));
                    }
                    entries.push((Key { line, text }, self.node(value, depth + 1)?));
                }
                Value::Map(entries)
            }
            Some(b'[') => {
                let parts: Vec<&RawValue> = self.part(raw)?;
                let items = parts.into_iter().map(|part| self.node(part, depth + 1));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Value::Text(self.part(raw)?),
            Some(b't' | b'f') => Value::Switch(self.part(raw)?),
            Some(b'n') => Value::Nothing,
            _ => {
                let number: Number = self.part(raw)?;
                match number.as_i64() {
                    Some(whole) => Value::Whole(whole),
                    None => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
                }
            }
        };
        Ok(Node { line, value })
    }

    fn part<T: Deserialize<'t>>(&self, raw: &'t RawValue) -> Result<T, Trouble> {
        serde_json::from_str(raw.get()).map_err(|error| Trouble {
            line: self.line(raw),
            message: told(&error),
        })
    }

    /// Parts are borrowed from the text, so their distance from its beginning is their place in it.
    fn line(&self, part: &RawValue) -> usize {
        let offset = part.get().as_ptr().addr() - self.text.as_ptr().addr();
        self.lines.at(offset)
    }
}

/// The entries of an object, as they are written.
struct Entries<'t>(Vec<(&'t RawValue, &'t RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
