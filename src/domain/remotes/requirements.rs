//! Requirements files: which collections of another galaxy are mirrored (contract 03 §3.5).

use serde_json::Value;

use crate::archive::yaml;
use crate::archive::yaml::Bounds;

/// What a requirements file can hold at most; thousands of collections fit in.
const BOUNDS: Bounds = Bounds {
    nodes: 50_000,
    depth: 10,
};

/// Why a requirements file is none. The sentences are the reference's where it has one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read at all.
    #[error("The requirements file is not YAML: {0}.")]
    Yaml(#[from] yaml::Fault),
    /// It has no list of collections.
    #[error(
        "Expecting collections requirements file to be a dict with the key collections that contains a list of \
         collections to install."
    )]
    NoCollections,
    /// An entry does not name a collection.
    #[error(
        "Collections requirement entry should contain the collection name in the format <namespace>.<name>."
    )]
    Name,
    /// An entry has something that an entry does not have.
    #[error("A requirement has `name`, and may have `version` and `source`, not `{0}`.")]
    Key(String),
    /// A value that should be a text.
    #[error("`{0}` of a requirement is a text.")]
    Text(&'static str),
    /// A source that requests cannot be sent below.
    #[error("Invalid URL {0}. Ensure the URL ends '/'.")]
    Source(String),
}

/// Reads a requirements file: a dictionary with a list `collections`, each of them a name, or a dictionary with `name`,
/// `version` and `source`.
pub fn check(text: &str) -> Result<(), Fault> {
    let document = yaml::parse(text, BOUNDS)?;
    let collections = document.get("collections").and_then(Value::as_array);
    collections
        .ok_or(Fault::NoCollections)?
        .iter()
        .try_for_each(entry)
}

fn entry(entry: &Value) -> Result<(), Fault> {
    let fields = match entry {
        Value::String(name) => return named(name),
        Value::Object(fields) => fields,
        _ => return Err(Fault::Name),
    };
    for (key, value) in fields {
        match (key.as_str(), value) {
            ("name" | "version" | "source", Value::String(_)) => {}
            // A version such as 1.0 is a number for YAML.
            ("version", Value::Number(_)) => {}
            ("name", _) => return Err(Fault::Name),
            ("version", _) => return Err(Fault::Text("version")),
            ("source", _) => return Err(Fault::Text("source")),
            (other, _) => return Err(Fault::Key(other.to_owned())),
        }
    }
    if let Some(source) = fields.get("source").and_then(Value::as_str)
        && !source.ends_with('/')
    {
        return Err(Fault::Source(source.to_owned()));
    }
    named(fields.get("name").and_then(Value::as_str).unwrap_or(""))
}

/// `namespace.name`; a range may follow after a colon, as `ansible-galaxy` takes it.
fn named(text: &str) -> Result<(), Fault> {
    let name = text.split(':').next().unwrap_or_default().trim();
    let is_word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match name.split_once('.') {
        Some((namespace, name)) if is_word(namespace) && is_word(name) => Ok(()),
        _ => Err(Fault::Name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ansible_galaxy_reads_is_read() {
        for good in [
            "collections:\n  - ansible.posix\n",
            "---\ncollections:\n  - name: ansible.posix\n    version: 1.0\n",
            "collections:\n  - name: a.b\n    version: '>=1.0.0,<2'\n    source: https://hub.example.com/api/\n",
            "collections: ['a.b:>=1.0.0']\nroles: []\n",
            "collections: []\n",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let key = Fault::Key("type".to_owned());
        let source = Fault::Source("https://hub.example.com/api".to_owned());
        for (bad, fault) in [
            ("roles:\n  - a.b\n", Fault::NoCollections),
            ("- a.b\n", Fault::NoCollections),
            ("", Fault::NoCollections),
            ("collections: a.b\n", Fault::NoCollections),
            ("collections:\n  - nodot\n", Fault::Name),
            ("collections:\n  - a.b.c\n", Fault::Name),
            ("collections:\n  - version: 1.0.0\n", Fault::Name),
            ("collections:\n  - [a.b]\n", Fault::Name),
            ("collections:\n  - {name: a.b, type: git}\n", key),
            (
                "collections:\n  - {name: a.b, version: []}\n",
                Fault::Text("version"),
            ),
            (
                "collections:\n  - {name: a.b, source: 'https://hub.example.com/api'}\n",
                source,
            ),
        ] {
            assert_eq!(check(bad), Err(fault), "{bad}");
        }
        assert!(matches!(check("collections: ["), Err(Fault::Yaml(_))));
    }
}
