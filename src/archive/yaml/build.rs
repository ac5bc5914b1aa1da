//! From the events of a document to its value, without recursion and within bounds.

use std::collections::HashMap;
use std::mem;

use granit_parser::Event;
use granit_parser::ScalarStyle;
use granit_parser::Tag;
use serde_json::Map;
use serde_json::Value;

use crate::archive::yaml::Bounds;
use crate::archive::yaml::scalar;

/// How many bytes of text cost as much as one value, where they are there once more than in the source.
const BYTES_PER_NODE: usize = 64;

/// A value and what it costs.
#[derive(Clone)]
struct Node {
    value: Value,
    nodes: usize,
    /// Bytes of the texts in it.
    bytes: usize,
    /// Levels of sequences and mappings in it.
    height: usize,
}

impl Node {
    /// What another one of it costs: few values can hold all the text there is.
    fn copy_cost(&self) -> usize {
        self.nodes.saturating_add(self.bytes / BYTES_PER_NODE)
    }
}

/// A sequence or a mapping that is not complete.
struct Open {
    anchor: usize,
    nodes: usize,
    bytes: usize,
    height: usize,
    items: Items,
}

enum Items {
    Sequence(Vec<Value>),
    Mapping {
        map: Map<String, Value>,
        key: Option<Key>,
        merged: Vec<Value>,
    },
}

enum Key {
    Text(String),
    /// `<<`: the value is a mapping, or a list of mappings, whose entries count where there is no own one.
    Merge,
}

pub(super) struct Builder {
    bounds: Bounds,
    /// Values in the document so far, aliases counted as what they stand for.
    nodes: usize,
    /// What the copies cost that are kept for aliases.
    kept: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    root: Value,
}

impl Builder {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            nodes: 0,
            kept: 0,
            open: Vec::new(),
            anchors: HashMap::new(),
            root: Value::Null,
        }
    }

    /// The document, once all events have been taken.
    pub(super) fn finish(self) -> Value {
        self.root
    }

    pub(super) fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref())
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or("an alias is inside itself")?;
                self.charge(node.copy_cost())?;
                self.place(node, false)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(anchor, Items::Sequence(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                let (map, key, merged) = (Map::new(), None, Vec::new());
                self.begin(anchor, Items::Mapping { map, key, merged })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => Ok(()),
        }
    }

    fn charge(&mut self, nodes: usize) -> Result<(), String> {
        self.nodes = self.nodes.saturating_add(nodes);
        match self.nodes > self.bounds.nodes {
            true => Err(self.too_many()),
            false => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), String> {
        self.charge(1)?;
        let is_plain = style == ScalarStyle::Plain;
        let value = match tag.and_then(Tag::core_suffix) {
            Some("str" | "binary") => Value::from(text),
            Some("int" | "float" | "bool" | "null") => scalar::resolve(text),
            _ if is_plain => scalar::resolve(text),
            _ => Value::from(text),
        };
        let node = Node {
            value,
            nodes: 1,
            bytes: text.len(),
            height: 0,
        };
        self.keep(anchor, &node)?;
        self.place(node, is_plain && text == "<<")
    }

    /// Keeps a value for its aliases; the library gives each anchor its own number, and 0 to what has none. Anchors
    /// within anchors are kept once for each.
    fn keep(&mut self, anchor: usize, node: &Node) -> Result<(), String> {
        if anchor == 0 {
            return Ok(());
        }
        self.kept = self.kept.saturating_add(node.copy_cost());
        if self.kept > self.bounds.nodes {
            return Err(self.too_many());
        }
        self.anchors.insert(anchor, node.clone());
        Ok(())
    }

    fn begin(&mut self, anchor: usize, items: Items) -> Result<(), String> {
        self.charge(1)?;
        if self.open.len() >= self.bounds.depth {
            return Err(self.too_deep());
        }
        self.open.push(Open {
            anchor,
            nodes: 1,
            bytes: 0,
            height: 0,
            items,
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(done) = self.open.pop() else {
            return Ok(());
        };
        let value = match done.items {
            Items::Sequence(items) => Value::Array(items),
            Items::Mapping { map, merged, .. } => Value::Object(merge(merged, map)?),
        };
        let node = Node {
            value,
            nodes: done.nodes,
            bytes: done.bytes,
            height: done.height + 1,
        };
        self.keep(done.anchor, &node)?;
        self.place(node, false)
    }

    /// Puts a complete value where it belongs.
    fn place(&mut self, node: Node, is_merge: bool) -> Result<(), String> {
        if self.open.len() + node.height > self.bounds.depth {
            return Err(self.too_deep());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = node.value;
            return Ok(());
        };
        open.nodes = open.nodes.saturating_add(node.nodes);
        open.bytes = open.bytes.saturating_add(node.bytes);
        open.height = open.height.max(node.height);
        match &mut open.items {
            Items::Sequence(items) => items.push(node.value),
            Items::Mapping { map, key, merged } => match mem::take(key) {
                None if is_merge => *key = Some(Key::Merge),
                None => *key = Some(Key::Text(key_text(node.value)?)),
                Some(Key::Merge) => merged.push(node.value),
                Some(Key::Text(text)) => drop(map.insert(text, node.value)),
            },
        }
        Ok(())
    }

    fn too_many(&self) -> String {
        format!(
            "it has more than {} values (max_yaml_values), aliases included",
            self.bounds.nodes
        )
    }

    fn too_deep(&self) -> String {
        format!("it nests deeper than {}", self.bounds.depth)
    }
}

fn key_text(key: Value) -> Result<String, String> {
    match key {
        Value::String(text) => Ok(text),
        Value::Array(_) | Value::Object(_) => Err("a key must be a scalar".to_owned()),
        other => Ok(other.to_string()),
    }
}

/// The entries of a mapping and, where it has none of its own, those merged into it.
fn merge(merged: Vec<Value>, own: Map<String, Value>) -> Result<Map<String, Value>, String> {
    if merged.is_empty() {
        return Ok(own);
    }
    let mut all = Map::new();
    for value in merged {
        // Of a list of mappings the first one counts most.
        let maps = match value {
            Value::Array(list) => list.into_iter().rev().collect(),
            other => vec![other],
        };
        for map in maps {
            let Value::Object(map) = map else {
                return Err("a merge key `<<` needs mappings".to_owned());
            };
            all.extend(map);
        }
    }
    all.extend(own);
    Ok(all)
}
