//! Reading TOML.

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::cli::apply::node::Key;
use crate::cli::apply::node::Lines;
use crate::cli::apply::node::Node;
use crate::cli::apply::node::Trouble;
use crate::cli::apply::node::Value;

/// The document in `text`.
pub(super) fn read(text: &str) -> Result<Node, Trouble> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| Trouble {
        line: lines.at(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    Ok(Node {
        line: 1,
        value: mapping(table.get_ref(), &lines)?,
    })
}

fn mapping(table: &DeTable<'_>, lines: &Lines) -> Result<Value, Trouble> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table.iter() {
        let line = lines.at(key.span().start);
        let text = key.get_ref().to_string();
        entries.push((Key { line, text }, node(value, lines)?));
    }
    // The library sorts them by name; people read from above.
    entries.sort_by_key(|(key, _)| key.line);
    Ok(Value::Map(entries))
}

fn node(value: &Spanned<DeValue<'_>>, lines: &Lines) -> Result<Node, Trouble> {
    let line = lines.at(value.span().start);
    let number = || Trouble {
        line,
        message: "this number is too large".to_owned(),
    };
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(text) => {
            let whole = i64::from_str_radix(text.as_str(), text.radix());
            Value::Whole(whole.map_err(|_| number())?)
        }
        DeValue::Float(text) => Value::Number(text.as_str().parse().map_err(|_| number())?),
        DeValue::Boolean(switch) => Value::Switch(*switch),
        DeValue::Datetime(moment) => Value::Text(moment.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| node(item, lines));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => mapping(table, lines)?,
    };
    Ok(Node { line, value })
}
