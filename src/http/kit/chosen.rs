//! The parts of an object that `fields` and `exclude_fields` leave of it (contract 01 §1.5).

use serde::Serialize;
use serde::Serializer;
use serde_json::Value;

use crate::http::kit::asked::Form;
use crate::http::kit::params::Params;

/// An object of the pulp API, whole or in parts.
#[derive(Debug)]
pub struct Chosen<T> {
    object: T,
    keys: Keys,
}

/// Which keys a request asks for.
#[derive(Debug)]
pub struct Keys {
    only: Option<Vec<String>>,
    without: Vec<String>,
}

impl Keys {
    /// Those of a query.
    pub fn of(params: &Params) -> Self {
        let list = || Form::Commas(Box::new(Form::Text));
        params.note("fields", list);
        params.note("exclude_fields", list);
        Self {
            only: params.last("fields").map(split),
            without: params.last("exclude_fields").map(split).unwrap_or_default(),
        }
    }

    fn keeps(&self, key: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|name| name == key);
        self.only.as_deref().is_none_or(is_in) && !is_in(&self.without)
    }
}

impl<T: Serialize> Chosen<T> {
    /// The object, with the keys that the request asks for.
    pub fn new(object: T, params: &Params) -> Self {
        Self {
            object,
            keys: Keys::of(params),
        }
    }
}

fn split(list: &str) -> Vec<String> {
    list.split(',').map(|name| name.trim().to_owned()).collect()
}

impl<T: Serialize> Serialize for Chosen<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.keys.only.is_none() && self.keys.without.is_empty() {
            return self.object.serialize(serializer);
        }
        let mut value = serde_json::to_value(&self.object).map_err(serde::ser::Error::custom)?;
        if let Value::Object(fields) = &mut value {
            fields.retain(|key, _| self.keys.keeps(key));
        }
        value.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keys_asked_for_are_left() {
        let object = serde_json::json!({"name": "a", "locked": true, "prn": "x"});
        let shown =
            |query: &str| serde_json::to_string(&Chosen::new(&object, &Params::of(query))).unwrap();
        assert_eq!(shown("fields=name"), r#"{"name":"a"}"#);
        assert_eq!(shown("exclude_fields=prn,name"), r#"{"locked":true}"#);
        assert_eq!(
            shown("fields=name,prn&exclude_fields=prn"),
            r#"{"name":"a"}"#
        );
        assert_eq!(shown("").len(), object.to_string().len());
    }
}
