//! Reading YAML, with the rules of version 1.1 for what a plain scalar means: as Ansible does.

use std::collections::HashMap;

use granit_parser::Event;
use granit_parser::Options;
use granit_parser::Parser;
use granit_parser::ScalarStyle;
use serde_json::Value as Json;

use crate::archive::yaml::scalar;
use crate::cli::apply::node::DEPTH_MAX;
use crate::cli::apply::node::Key;
use crate::cli::apply::node::Node;
use crate::cli::apply::node::Trouble;
use crate::cli::apply::node::Value;
use crate::cli::apply::node::too_deep;
use crate::cli::apply::node::twice;

/// Values in a document at most, those behind aliases included.
const NODES_MAX: usize = 2_000_000;

/// The one document in `text`.
pub(super) fn read(text: &str) -> Result<Node, Trouble> {
    let mut options = Options::default();
    options.flow_nesting_limit = DEPTH_MAX;
    options.block_nesting_limit = DEPTH_MAX;
    let mut builder = Builder::default();
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| Trouble {
            line: error.marker().line(),
            message: error.info().to_string(),
        })?;
        let line = span.start.line();
        documents += usize::from(matches!(event, Event::DocumentStart(..)));
        if documents > 1 {
            let message = "there is more than one document".to_owned();
            return Err(Trouble { line, message });
        }
        builder.take(event, line)?;
    }
    Ok(builder.root.unwrap_or(Node {
        line: 1,
        value: Value::Nothing,
    }))
}

/// A list or a mapping that is not complete.
struct Open {
    line: usize,
    anchor: usize,
    nodes: usize,
    key: Option<Key>,
    value: Value,
}

#[derive(Default)]
struct Builder {
    nodes: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Trouble> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_key = self
                    .open
                    .last()
                    .is_some_and(|open| open.key.is_none() && matches!(open.value, Value::Map(_)));
                let is_text = tag.and_then(|tag| tag.core_suffix().map(|one| one == "str"));
                let value = match style == ScalarStyle::Plain && !is_key && is_text != Some(true) {
                    true => plain(&text),
                    false => Value::Text(text.into_owned()),
                };
                self.count(line, 1)?;
                self.place(Node { line, value }, 1, anchor)
            }
            Event::Alias(anchor) => {
                let Some((node, nodes)) = self.anchors.get(&anchor).cloned() else {
                    let message = "an alias is inside itself".to_owned();
                    return Err(Trouble { line, message });
                };
                self.count(line, nodes)?;
                self.place(node, nodes, 0)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(line, anchor, Value::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.begin(line, anchor, Value::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(done) = self.open.pop() else {
                    return Ok(());
                };
                let (line, value) = (done.line, done.value);
                self.place(Node { line, value }, done.nodes, done.anchor)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, line: usize, anchor: usize, value: Value) -> Result<(), Trouble> {
        if self.open.len() >= DEPTH_MAX {
            return Err(too_deep(line));
        }
        self.count(line, 1)?;
        let (nodes, key) = (1, None);
        self.open.push(Open {
            line,
            anchor,
            nodes,
            key,
            value,
        });
        Ok(())
    }

    /// Counts values, each once, whatever it is in.
    fn count(&mut self, line: usize, nodes: usize) -> Result<(), Trouble> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            let message = format!("there are more than {NODES_MAX} values, aliases included");
            return Err(Trouble { line, message });
        }
        Ok(())
    }

    /// Puts a complete value where it belongs.
    fn place(&mut self, node: Node, nodes: usize, anchor: usize) -> Result<(), Trouble> {
        let line = node.line;
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.nodes = open.nodes.saturating_add(nodes);
        match (&mut open.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some(key)) => entries.push((key, node)),
            (Value::Map(entries), None) => {
                let Value::Text(text) = node.value else {
                    let message = "a key must be a text".to_owned();
                    return Err(Trouble { line, message });
                };
                if entries.iter().any(|(known, _)| known.text == text) {
                    return Err(twice(line, &text));
                }
                open.key = Some(Key { line, text });
            }
            _ => {}
        }
        Ok(())
    }
}

fn plain(text: &str) -> Value {
    match scalar::resolve(text) {
        Json::Null => Value::Nothing,
        Json::Bool(switch) => Value::Switch(switch),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Whole(whole),
            None => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(_) | Json::Object(_) => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_once_however_deep_they_are() {
        let (opening, closing) = ("[".repeat(17), "]".repeat(17));
        let item = format!("- {opening}0{closing}\n");
        assert!(read(&item.repeat(15_000)).is_ok());
    }

    #[test]
    fn aliases_count_as_what_they_stand_for() {
        let mut text = "a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n".to_owned();
        for number in 1..9 {
            let before = number - 1;
            let aliases = vec![format!("*a{before}"); 10].join(", ");
            text.push_str(&format!("a{number}: &a{number} [{aliases}]\n"));
        }
        let trouble = read(&text).unwrap_err();
        assert!(trouble.message.contains("aliases included"), "{trouble:?}");
    }
}
