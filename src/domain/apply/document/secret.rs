//! Secrets that a document gives, or says where to find.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error;
use serde::de::MapAccess;
use serde::de::Visitor;

/// A secret: the text itself, or where it is: `{env: NAME}` or `{file: PATH}`.
#[derive(Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged, deny_unknown_fields)]
pub enum Secret {
    /// The text itself.
    Text(String),
    /// The environment variable that holds it.
    Env {
        /// Name of the variable, as `apply` sees it.
        env: String,
    },
    /// The file that holds it, without its last line end. Below the folder of the document, unless it begins with `/`.
    File {
        /// Path of the file.
        file: PathBuf,
    },
}

impl Secret {
    /// The text, once it has been fetched.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Env { .. } | Self::File { .. } => "",
        }
    }
}

/// Says where it is, never what it is.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Secret"),
            Self::Env { env } => write!(f, "Secret in variable {env}"),
            Self::File { file } => write!(f, "Secret in file {}", file.display()),
        }
    }
}

const EXPECTED: &str = "a text, `env` with the name of a variable, or `file` with a path";

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
        let wrong = || A::Error::custom(format!("a secret is {EXPECTED}"));
        let key: String = map.next_key()?.ok_or_else(wrong)?;
        let secret = match key.as_str() {
            "env" => Secret::Env {
                env: map.next_value()?,
            },
            "file" => Secret::File {
                file: map.next_value::<String>()?.into(),
            },
            _ => return Err(wrong()),
        };
        match map.next_key::<String>()? {
            None => Ok(secret),
            Some(_) => Err(wrong()),
        }
    }
}
