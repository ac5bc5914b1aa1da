//! YAML as Ansible reads it: with the `yes` and `0644` of version 1.1, and within bounds.
//!
//! The events come from a library that takes what libyaml takes; [`scalar`] has the rules for what they mean.
//! The result is a JSON value, since that is what every document becomes. Start reading at [`parse`].

mod build;
pub mod scalar;

use granit_parser::Event;
use granit_parser::Marker;
use granit_parser::Options;
use granit_parser::Parser;
use serde_json::Value;

use crate::archive::yaml::build::Builder;

/// Upper bounds on one document; they bound the memory that reading it takes, aliases included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Scalars, sequences and mappings together; an alias counts as all that it stands for, long texts as more than one.
    pub nodes: usize,
    /// How deep sequences and mappings nest.
    pub depth: usize,
}

/// What is wrong with a document, and where: line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at line {line} column {column}")]
pub struct Fault {
    /// The fault, in the middle of a sentence.
    pub what: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// The one document in `text`; null if there is none.
///
/// Of a key that comes twice the last value counts; keys that are no texts become the texts that JSON has for them. Dates become ISO 8601 texts. Tags are heeded where they name a type of YAML,
/// and passed over otherwise.
pub fn parse(text: &str, bounds: Bounds) -> Result<Value, Fault> {
    let mut options = Options::default();
    options.block_scalar_eof_without_line_feed = true; // as libyaml does
    options.flow_nesting_limit = bounds.depth;
    options.block_nesting_limit = bounds.depth;
    let mut builder = Builder::new(bounds);
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| fault(&error.info(), error.marker()))?;
        documents += usize::from(matches!(event, Event::DocumentStart(..)));
        let outcome = match documents {
            0 | 1 => builder.take(event),
            _ => Err("there is more than one document".to_owned()),
        };
        outcome.map_err(|what| fault(&what, &span.start))?;
    }
    Ok(builder.finish())
}

fn fault(what: &str, marker: &Marker) -> Fault {
    Fault {
        what: what.to_owned(),
        line: marker.line(),
        column: marker.col() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const BOUNDS: Bounds = Bounds {
        nodes: 1000,
        depth: 20,
    };

    fn parsed(text: &str) -> Value {
        parse(text, BOUNDS).unwrap()
    }

    fn fault(text: &str) -> String {
        parse(text, BOUNDS).unwrap_err().to_string()
    }

    #[test]
    fn a_document_keeps_its_types() {
        let text = "b: [1, yes, 'yes']\na:\n  - x: ~\n    y: 2021-02-03\n";
        assert_eq!(
            parsed(text),
            json!({"b": [1, true, "yes"], "a": [{"x": null, "y": "2021-02-03"}]})
        );
        assert_eq!(parsed(""), Value::Null);
        assert_eq!(parsed("\u{feff}---\na\n"), json!("a"));
    }

    #[test]
    fn keys_become_texts_and_the_last_of_two_counts() {
        assert_eq!(
            parsed("{1: a, on: b, null: c, 1.5: d, 1: e}"),
            json!({"1": "e", "true": "b", "null": "c", "1.5": "d"})
        );
        assert!(fault("? [a]\n: b\n").contains("a key must be a scalar at line 1"));
    }

    #[test]
    fn merge_keys_fill_in_what_is_missing() {
        let text = "base: &b {x: 1, y: 2}\nother: &o {x: 7, z: 3}\nown:\n  <<: [*b, *o]\n  y: 9\n";
        assert_eq!(parsed(text)["own"], json!({"x": 1, "y": 9, "z": 3}));
        assert!(fault("{<<: 1}").contains("merge"));
        assert_eq!(parsed("{'<<': 1}"), json!({"<<": 1}));
    }

    #[test]
    fn tags_of_yaml_are_heeded() {
        assert_eq!(
            parsed("[!!str 1, !!int '2', !unsafe x]"),
            json!(["1", 2, "x"])
        );
    }

    #[test]
    fn what_multiplies_or_nests_without_end_is_refused() {
        let bomb: String = (1..10)
            .map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(9)))
            .collect();
        assert!(fault(&format!("a0: &a0 x\n{bomb}")).contains("more than 1000"));
        let nested = "[".repeat(30) + &"]".repeat(30);
        assert!(parse(&nested, BOUNDS).is_err());
        assert!(parse(&nested[10..50], BOUNDS).is_ok());
        let chain: String = (1..30)
            .map(|n| format!("- &b{n} [*b{}]\n", n - 1))
            .collect();
        assert!(fault(&format!("- &b0 x\n{chain}")).contains("nests deeper"));
        assert!(fault("a: &a [*a]").contains("inside itself"));
    }

    #[test]
    fn texts_do_not_multiply_and_anchors_in_anchors_do_not_pile_up() {
        let text = format!("- &a {}\n- [{}]\n", "x".repeat(10_000), "*a, ".repeat(50));
        assert!(fault(&text).contains("more than 1000"));
        let piled: String = (0..15).map(|n| format!("[&a{n} ")).collect();
        let piled = format!("{piled}[{}]{}", "1,".repeat(300), "]".repeat(15));
        assert!(fault(&piled).contains("more than 1000"));
        assert_eq!(parsed("- &a xy\n- [*a, *a]\n")[1], json!(["xy", "xy"]));
    }

    #[test]
    fn a_text_may_end_without_a_line_end() {
        for (text, value) in [
            ("|\n a", "a"),
            ("|+\n a", "a"),
            ("|-\n a", "a"),
            (">\n a\n b", "a b"),
            ("|\n\n a", "\na"),
            ("|\n a\n ", "a\n"),
            ("|\n a\n# b", "a\n"),
            ("|\n a\n", "a\n"),
            ("|", ""),
        ] {
            assert_eq!(parsed(text), json!(value), "{text:?}");
        }
    }

    #[test]
    fn what_libyaml_takes_is_taken_although_yaml_1_2_does_not() {
        let text = "a:\n  b: [\n    1\n  ]\n  c: \"{\n  x\n}\"\n  d: {\n'e': 'f'\n}\n";
        assert_eq!(
            parsed(text)["a"],
            json!({"b": [1], "c": "{ x }", "d": {"e": "f"}})
        );
    }

    #[test]
    fn faults_are_told_with_their_place() {
        assert!(fault("a: 1\nb: ]\n").contains(" at line 2 column 4"));
        assert!(fault("a: b\nc: 'd\n").contains("line "));
        assert!(fault("a: 1\n---\nb: 2\n").contains("more than one document at line 2"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-a&*!<>:{}\\[\\]'\"|#%@? \n\t0-9~.]{0,80}") {
            let _ = parse(&text, BOUNDS);
        }
    }
}
