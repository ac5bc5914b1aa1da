//! From values with lines to the document's types. Everything that is wrong is written down, with its line; one thing
//! that is wrong does not keep the others from being found.

use std::cell::RefCell;
use std::fmt;

use serde::Deserialize;
use serde::de;
use serde::de::DeserializeSeed;
use serde::de::Deserializer;
use serde::de::EnumAccess;
use serde::de::IntoDeserializer;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Unexpected;
use serde::de::VariantAccess;
use serde::de::Visitor;
use serde::de::value::StrDeserializer;

use crate::cli::apply::node::Key;
use crate::cli::apply::node::Node;
use crate::cli::apply::node::Value;
use crate::domain::apply::Fault;
use crate::domain::apply::document::located::ATTEMPT;
use crate::domain::apply::document::located::LOCATED;
use crate::kernel::nearest::suggestion;

/// A value of the document's types, or everything that is wrong with `node`.
pub(super) fn decode<T: for<'de> Deserialize<'de>>(node: &Node) -> Result<T, Vec<Fault>> {
    let faults = RefCell::default();
    let decoder = Decoder {
        node,
        field: "",
        faults: &faults,
    };
    let decoded = T::deserialize(decoder);
    match (decoded, faults.into_inner()) {
        (Ok(value), faults) if faults.is_empty() => Ok(value),
        (_, faults) => Err(faults),
    }
}

/// Something is wrong: the sentence, until it was written down.
#[derive(Debug)]
struct Wrong(Option<String>);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or("it was told"))
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Some(message.to_string()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(Some(format!("`{field}` is missing")))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let near = suggestion(variant, expected.iter().copied());
        let all = expected.join(", ");
        Self(Some(format!("{variant:?} is none of {all}{near}")))
    }

    /// Does not tell what was found: it may be a secret.
    fn invalid_type(_: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(Some(format!("{expected} belongs here")))
    }
}

#[derive(Clone, Copy)]
struct Decoder<'n> {
    node: &'n Node,
    /// The key before it, or the key before the list it is in.
    field: &'n str,
    faults: &'n RefCell<Vec<Fault>>,
}

impl<'n> Decoder<'n> {
    fn tell(&self, line: usize, message: String) -> Wrong {
        self.faults.borrow_mut().push(Fault { line, message });
        Wrong(None)
    }

    /// Writes down what is not yet.
    fn told<T>(&self, outcome: Result<T, Wrong>) -> Result<T, Wrong> {
        outcome.map_err(|wrong| match wrong.0 {
            Some(message) => self.tell(self.node.line, message),
            None => wrong,
        })
    }

    /// The value is of another type than the one wanted.
    fn mistaken(&self, wanted: &str) -> Wrong {
        let found = self.node.value.described();
        let advice = match (&self.node.value, wanted) {
            (Value::Whole(_) | Value::Number(_) | Value::Switch(_), "a text") => {
                "; put it in quotes"
            }
            _ => "",
        };
        let message = match self.field {
            "" => format!("{wanted} belongs here, not {found}{advice}"),
            field => format!("`{field}`: {wanted} belongs here, not {found}{advice}"),
        };
        self.tell(self.node.line, message)
    }

    fn entries(self, entries: &'n [(Key, Node)], known: Option<&[&str]>) -> Entries<'n> {
        let wanted: Vec<_> = entries
            .iter()
            .filter(|(key, _)| known.is_none_or(|known| known.contains(&key.text.as_str())))
            .collect();
        Entries {
            left: wanted.into_iter(),
            value: None,
            decoder: self,
        }
    }
}

impl<'de, 'n> Deserializer<'de> for Decoder<'n> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let outcome = match &self.node.value {
            Value::Nothing => visitor.visit_unit(),
            Value::Switch(switch) => visitor.visit_bool(*switch),
            Value::Whole(number) => visitor.visit_i64(*number),
            Value::Number(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(_) => return self.deserialize_seq(visitor),
            Value::Map(entries) => visitor.visit_map(self.entries(entries, None)),
        };
        self.told(outcome)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.node.value {
            Value::Switch(switch) => visitor.visit_bool(switch),
            _ => Err(self.mistaken("true or false")),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.node.value {
            Value::Whole(number) => visitor.visit_i64(number),
            _ => Err(self.mistaken("a whole number")),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.node.value {
            Value::Whole(number) => visitor.visit_f64(number as f64),
            Value::Number(number) => visitor.visit_f64(number),
            _ => Err(self.mistaken("a number")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::Text(text) => visitor.visit_str(text),
            _ => Err(self.mistaken("a text")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.node.value {
            Value::Nothing => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match name {
            LOCATED => visitor.visit_seq(Pair {
                line: Some(self.node.line),
                decoder: self,
            }),
            ATTEMPT => visitor.visit_newtype_struct(self),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::List(items) => visitor.visit_seq(Items {
                left: items.iter(),
                decoder: self,
            }),
            _ => Err(self.mistaken("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::Map(entries) => visitor.visit_map(self.entries(entries, None)),
            _ => Err(self.mistaken("a mapping")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let Value::Map(entries) = &self.node.value else {
            return Err(self.mistaken(&format!("a mapping with `{}`", fields.join("`, `"))));
        };
        for (key, _) in entries {
            let text = key.text.as_str();
            if fields.contains(&text) {
                continue;
            }
            let near = suggestion(text, fields.iter().copied());
            let message = match near.as_str() {
                "" => format!("unknown key {text:?}; known are {}", fields.join(", ")),
                near => format!("unknown key {text:?}{near}"),
            };
            self.tell(key.line, message);
        }
        self.told(visitor.visit_map(self.entries(entries, Some(fields))))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::Text(text) => self.told(visitor.visit_enum(Variant(text))),
            _ => Err(self.mistaken("a text")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 u8 u16 u32 u64 f32 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// Line and value.
struct Pair<'n> {
    line: Option<usize>,
    decoder: Decoder<'n>,
}

impl<'de> SeqAccess<'de> for Pair<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        match self.line.take() {
            Some(line) => seed.deserialize(line.into_deserializer()).map(Some),
            None => seed.deserialize(self.decoder).map(Some),
        }
    }
}

struct Items<'n> {
    left: std::slice::Iter<'n, Node>,
    decoder: Decoder<'n>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        let Some(node) = self.left.next() else {
            return Ok(None);
        };
        let decoder = Decoder {
            node,
            ..self.decoder
        };
        seed.deserialize(decoder).map(Some)
    }
}

struct Entries<'n> {
    left: std::vec::IntoIter<&'n (Key, Node)>,
    value: Option<&'n (Key, Node)>,
    decoder: Decoder<'n>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        self.value = self.left.next();
        let Some((key, _)) = self.value else {
            return Ok(None);
        };
        let text: StrDeserializer<'_, Wrong> = key.text.as_str().into_deserializer();
        seed.deserialize(text).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let Some((key, node)) = self.value.take() else {
            return Err(Wrong(Some("a key without a value".to_owned())));
        };
        seed.deserialize(Decoder {
            node,
            field: &key.text,
            ..self.decoder
        })
    }
}

/// A word that stands for one of several.
struct Variant<'n>(&'n str);

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Wrong> {
        let text: StrDeserializer<'_, Wrong> = self.0.into_deserializer();
        Ok((seed.deserialize(text)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Wrong> {
        Err(de::Error::custom("a word belongs here"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Wrong> {
        Err(de::Error::custom("a word belongs here"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Wrong> {
        Err(de::Error::custom("a word belongs here"))
    }
}
