//! The fields of a JSON object, looked at one by one.
//!
//! Values stay text until somebody asks for one, and are then read only as far as their type is
//! the right one: a hostile document costs little more memory than its own length.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::value::RawValue;

use crate::archive::quote::quoted;
use crate::archive::rejection::Rejection;

/// An object whose values have not been read yet. When a key comes twice, the last one counts.
#[derive(Debug)]
pub struct Fields<'a>(BTreeMap<String, &'a RawValue>);

/// A JSON value, as far as documents of collections need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// `null`.
    Null,
    /// A text, not copied where it holds no escapes.
    Text(Cow<'a, str>),
    /// A text with half a surrogate pair: JSON allows it, Unicode does not.
    Broken,
    /// Anything else, not kept.
    Other,
}

impl<'a> Scalar<'a> {
    /// The text, if it is one.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Broken | Self::Other => None,
        }
    }
}

impl<'a> Fields<'a> {
    /// Refuses keys that are not `known`; the text names the class that reads them on the reference.
    pub fn refuse_unknown(&self, class: &str, known: &[&str]) -> Result<(), Rejection> {
        match self.unknown(known) {
            Some(key) => Err(Rejection::invalid(format!(
                "{class}.__init__() got an unexpected keyword argument {}",
                quoted(key)
            ))),
            None => Ok(()),
        }
    }

    /// Reads an object; an error if `text` is not valid JSON, or something else.
    pub fn parse(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text).map(Self)
    }

    /// The first key, in the order of the alphabet, that is not one of `known`.
    pub fn unknown(&self, known: &[&str]) -> Option<&str> {
        let keys = self.0.keys().map(String::as_str);
        keys.into_iter().find(|key| !known.contains(key))
    }

    /// The text of a value, `None` if there is no such key.
    pub fn raw(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).map(|value| value.get())
    }

    /// A value that should be a text; a missing one is null.
    pub fn scalar(&self, key: &str) -> Scalar<'a> {
        let value = self.raw(key).map(serde_json::from_str);
        value.map_or(Scalar::Null, |value| value.unwrap_or(Scalar::Broken))
    }

    /// A value that should be a list of texts, `None` if it is anything else or missing.
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        let list: Vec<Scalar<'a>> = serde_json::from_str(self.raw(key)?).ok()?;
        let text = |scalar: Scalar<'a>| scalar.text().map(Cow::into_owned);
        list.into_iter().map(text).collect()
    }

    /// A value that should be an object, `None` if it is anything else or missing.
    pub fn object(&self, key: &str) -> Option<BTreeMap<String, Scalar<'a>>> {
        serde_json::from_str(self.raw(key)?).ok()
    }

    /// Whether Python would call the value false: missing, null, empty or zero.
    pub fn is_empty(&self, key: &str) -> bool {
        let empty = ["null", "false", "\"\"", "0", "0.0", "[]", "{}"];
        self.raw(key).is_none_or(|value| empty.contains(&value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_far_as_their_type_is_right() {
        let text = r#"{"a": "x", "b": [1, [], {"c": null}], "d": null, "e": ["p", "q"],
            "f": {"k": "v", "n": 1.5}, "g": [], "h": "\ud800", "a": "last"}"#;
        let fields = Fields::parse(text).unwrap();
        assert_eq!(fields.scalar("a"), Scalar::Text("last".into()));
        assert_eq!(fields.scalar("b"), Scalar::Other);
        assert_eq!(fields.scalar("d"), Scalar::Null);
        assert_eq!(fields.scalar("h"), Scalar::Broken);
        assert_eq!(fields.texts("e").unwrap(), ["p", "q"]);
        assert_eq!((fields.texts("b"), fields.texts("a")), (None, None));
        assert_eq!(fields.object("f").unwrap()["n"], Scalar::Other);
        assert!(fields.is_empty("g") && fields.is_empty("zz") && !fields.is_empty("e"));
        assert_eq!(fields.unknown(&["a", "b", "d", "e", "f", "h"]), Some("g"));
    }

    #[test]
    fn depth_costs_nothing() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let text = format!("{{\"a\": {deep}}}");
        let fields = Fields::parse(&text).unwrap();
        assert_eq!(fields.scalar("a"), Scalar::Other);
        assert_eq!(fields.texts("a"), None);
        assert!(Fields::parse(&deep).is_err());
    }
}
