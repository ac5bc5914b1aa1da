//! Documentation in Python sources: text literals assigned to known names, found without running anything.
//!
//! Start reading at [`Reader::plugin`].

mod literal;

use std::ops::ControlFlow;

use memchr::memmem;
use serde_json::Value;
use tree_sitter::Node;
use tree_sitter::ParseOptions;
use tree_sitter::Parser;
use tree_sitter::Tree;

/// The names of a plugin that hold text.
const DOCUMENTATION: &str = "DOCUMENTATION";
const EXAMPLES: &str = "EXAMPLES";
const RETURN: &str = "RETURN";
/// The name that holds a dictionary; Ansible itself has stopped reading it, documentation pages have not.
const METADATA: &str = "ANSIBLE_METADATA";
const NAMES: [&str; 4] = [DOCUMENTATION, EXAMPLES, RETURN, METADATA];

/// Most names that one assignment gives a value to, and most sections of one source. Without a bound, a text of a
/// megabyte could be had under a hundred thousand names.
const TARGETS_MAX: usize = 8;
const SECTIONS_MAX: usize = 256;
/// Most faults that are told of one source.
const FAULTS_MAX: usize = 20;
/// Longest `ANSIBLE_METADATA` that is read, in bytes of source; a value takes many times as much.
const METADATA_MAX: usize = 4096;

/// A text of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What Python would have in memory.
    pub text: String,
    /// The line of the file where the literal begins, from 1.
    pub line: usize,
}

/// What a plugin's source says about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PluginSource {
    /// YAML.
    pub documentation: Option<Text>,
    /// Usually YAML, shown as it is.
    pub examples: Option<Text>,
    /// YAML.
    pub returns: Option<Text>,
    /// A dictionary of literals.
    pub metadata: Option<Value>,
    /// What could not be read, each a sentence that begins with the line.
    pub faults: Vec<String>,
}

/// What a source of documentation fragments holds: the texts of the class in it, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FragmentSource {
    /// Section and YAML, `DOCUMENTATION` for the one that is meant when none is named.
    pub sections: Vec<(String, Text)>,
}

/// How many hundreds of steps the parser may take for one source, and for all sources of a collection. The most known
/// are 155 and 60,000. A step can take 400 bytes of memory, and two microseconds.
const EFFORT_MAX: usize = 2_000;
const EFFORT_MAX_IN_ALL: usize = 500_000;

/// Reads the Python sources of a collection, one after the other.
pub struct Reader {
    parser: Parser,
    effort_left: usize,
}

impl Reader {
    /// A reader. Fails only if this program was built with a grammar its library does not know.
    pub fn new() -> anyhow::Result<Self> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_python::LANGUAGE.into())?;
        Ok(Self {
            parser,
            effort_left: EFFORT_MAX_IN_ALL,
        })
    }

    /// The documentation in the source of a plugin: the last assignment to each name counts.
    ///
    /// Only assignments at the level of the module are read, as by Ansible. Sources with errors, or for another
    /// version of Python, are read as far as they make sense.
    pub fn plugin(&mut self, source: &str) -> PluginSource {
        let mut found = PluginSource::default();
        if memmem::find(source.as_bytes(), DOCUMENTATION.as_bytes()).is_none() {
            return found;
        }
        // Documentation comes first and code last: what follows the last literal need not be parsed.
        let head = &source[..end_of_literals(source)];
        let tree = match self.parse(head) {
            Some(tree) if head.len() < source.len() && tree.root_node().has_error() => {
                self.parse(source).map(|tree| (tree, source))
            }
            tree => tree.map(|tree| (tree, head)),
        };
        let Some((tree, source)) = tree else {
            let fault =
                "line 1: the source is too involved to be read; its documentation is left out";
            found.faults.push(fault.to_owned());
            return found;
        };
        for (name, value) in assignments(tree.root_node(), source) {
            if NAMES.contains(&name) {
                found.keep(name, value, source);
            }
        }
        found
    }

    /// The sections in a file of `plugins/doc_fragments`: texts assigned in the body of its classes, and what their
    /// `__init__` gives other names to.
    pub fn fragments(&mut self, source: &str) -> FragmentSource {
        let mut found = FragmentSource::default();
        if let Some(tree) = self.parse(source) {
            let mut cursor = tree.walk();
            for class in tree.root_node().children(&mut cursor) {
                if let Some(body) = body_of(class, "class_definition") {
                    found.keep_all(body, source);
                }
            }
        }
        found
    }

    /// `None` when parsing takes far more steps than any real source needs.
    fn parse(&mut self, source: &str) -> Option<Tree> {
        let most = EFFORT_MAX.min(self.effort_left);
        let mut effort = 0;
        // Called every hundred steps.
        let mut progress = |_state: &tree_sitter::ParseState| {
            effort += 1;
            match effort > most {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let bytes = source.as_bytes();
        let tree = self.parser.parse_with_options(
            &mut |at, _| bytes.get(at..).unwrap_or_default(),
            None,
            Some(options),
        );
        self.parser.reset();
        self.effort_left = self.effort_left.saturating_sub(effort);
        tree
    }
}

impl PluginSource {
    fn keep(&mut self, name: &str, value: Node<'_>, source: &str) {
        let line = value.start_position().row + 1;
        if name == METADATA {
            let is_short = value.byte_range().len() <= METADATA_MAX;
            let metadata = is_short.then(|| literal::value(value, source)).flatten();
            self.metadata = metadata.filter(Value::is_object);
            return;
        }
        let slot = match name {
            DOCUMENTATION => &mut self.documentation,
            EXAMPLES => &mut self.examples,
            _ => &mut self.returns,
        };
        match literal::text(value, source) {
            Ok(text) => *slot = Some(Text { text, line }),
            Err(literal::NotText::None) => *slot = None,
            Err(_) if self.faults.len() >= FAULTS_MAX => {}
            Err(why) => self.faults.push(format!("line {line}: {name} {why}")),
        }
    }
}

impl FragmentSource {
    fn keep_all(&mut self, body: Node<'_>, source: &str) {
        for (name, value) in assignments(body, source) {
            let text = match literal::text(value, source) {
                Ok(text) => Some(text),
                Err(_) => self.find(source.get(value.byte_range()).unwrap_or_default()),
            };
            let line = value.start_position().row + 1;
            let held: usize = self.sections.iter().map(|(_, text)| text.text.len()).sum();
            // Names may stand for texts of other names, so that there is more text than source: but not much more.
            if let Some(text) = text
                && self.sections.len() < SECTIONS_MAX
                && held + text.len() <= source.len() * 4
            {
                self.sections.push((name.to_owned(), Text { text, line }));
            }
        }
        let mut cursor = body.walk();
        for function in body.children(&mut cursor) {
            let name = function.child_by_field_name("name");
            let name = name.and_then(|name| source.get(name.byte_range()));
            if let Some(body) =
                body_of(function, "function_definition").filter(|_| name == Some("__init__"))
            {
                self.keep_all(body, source);
            }
        }
    }

    /// The text of a section by the name it has inside the class or its `__init__`.
    fn find(&self, name: &str) -> Option<String> {
        let name = name.strip_prefix("self.").unwrap_or(name);
        let found = self.sections.iter().rfind(|(section, _)| section == name);
        found.map(|(_, text)| text.text.clone())
    }
}

fn body_of<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    node.child_by_field_name("body")
        .filter(|_| node.kind() == kind)
}

/// Names and values of the assignments among the statements of `block`.
fn assignments<'t, 's>(block: Node<'t>, source: &'s str) -> Vec<(&'s str, Node<'t>)> {
    let mut found = Vec::new();
    let mut cursor = block.walk();
    for statement in block.children(&mut cursor) {
        let mut next = match statement.kind() {
            "expression_statement" => statement.child(0),
            // Where an error was passed over, statements can stand by themselves.
            "assignment" => Some(statement),
            _ => None,
        };
        let mut names = Vec::new();
        // `A = B = value` assigns to both.
        while let Some(node) = next.filter(|node| node.kind() == "assignment") {
            let left = node
                .child_by_field_name("left")
                .and_then(|left| source.get(left.byte_range()))
                .map(|left| left.strip_prefix("self.").unwrap_or(left));
            names.extend(left.filter(|_| names.len() < TARGETS_MAX));
            next = node.child_by_field_name("right");
        }
        if let Some(value) = next {
            found.extend(names.into_iter().map(|name| (name, value)));
        }
    }
    found
}

/// Where the last text literal assigned to one of the names ends, as far as a glance can tell; else the end.
fn end_of_literals(source: &str) -> usize {
    let bytes = source.as_bytes();
    let starts = NAMES.iter().filter_map(|name| {
        let start = memmem::rfind_iter(bytes, name.as_bytes())
            .find(|at| *at == 0 || bytes[at - 1] == b'\n')?;
        Some(start + name.len())
    });
    let Some(start) = starts.max() else {
        return bytes.len();
    };
    let value = source[start..].trim_start_matches([' ', '\t', '=']);
    let value = value.trim_start_matches(['r', 'R', 'u', 'U']);
    let Some(quotes) = ["'''", "\"\"\""]
        .iter()
        .find(|quotes| value.starts_with(**quotes))
    else {
        return bytes.len();
    };
    let body = bytes.len() - value.len() + quotes.len();
    let closing = source[body..]
        .find(quotes)
        .map(|at| body + at + quotes.len());
    closing
        .and_then(|end| source[end..].find('\n').map(|at| end + at + 1))
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn plugin(source: &str) -> PluginSource {
        Reader::new().unwrap().plugin(source)
    }

    fn documentation(source: &str) -> Option<String> {
        plugin(source).documentation.map(|text| text.text)
    }

    #[test]
    fn every_form_of_a_text_is_read() {
        for (value, text) in [
            ("'''a: 1\n'''", "a: 1\n"),
            ("r'''a\\n'''", "a\\n"),
            ("'a\\tb\\x41\\u00e9\\'\\\n\\q'", "a\tbAé'\\q"),
            ("'one ' \"two\"", "one two"),
            ("('one '\n  'two')", "one two"),
            ("'one ' + 'two' + r'\\3'", "one two\\3"),
            ("u'é'", "é"),
            ("\"\"\"it's\r\nso\"\"\"", "it's\nso"),
        ] {
            let source = format!("#!/usr/bin/python\nimport os\nDOCUMENTATION = {value}\nx = 1\n");
            assert_eq!(documentation(&source).as_deref(), Some(text), "{value}");
            let annotated = format!("DOCUMENTATION: str = {value}\n");
            assert_eq!(documentation(&annotated).as_deref(), Some(text), "{value}");
        }
    }

    #[test]
    fn a_text_that_is_computed_is_refused_with_its_line() {
        for value in [
            "f'{x}'",
            "'%s' % x",
            "x.format()",
            "make()",
            "b'bytes'",
            "'a' + x",
            "1",
        ] {
            let found = plugin(&format!("\nDOCUMENTATION = {value}\n"));
            assert_eq!(found.documentation, None, "{value}");
            assert!(
                found.faults[0].starts_with("line 2: DOCUMENTATION "),
                "{value}"
            );
        }
        assert_eq!(plugin("DOCUMENTATION = None\n"), PluginSource::default());
    }

    #[test]
    fn only_the_level_of_the_module_counts_and_there_the_last_one() {
        let source = "def f():\n    DOCUMENTATION = 'no'\nTEXT = '''\nDOCUMENTATION = 'no'\n'''\n";
        assert_eq!(documentation(source), None);
        let source =
            format!("{source}DOCUMENTATION = 'a'\nEXAMPLES = RETURN = 'b'\nDOCUMENTATION = 'c'\n");
        let found = plugin(&source);
        assert_eq!(found.documentation.unwrap().text, "c");
        assert_eq!(found.examples, found.returns);
        assert_eq!(found.returns.unwrap().line, 7);
    }

    #[test]
    fn code_that_is_no_python_does_not_hide_the_documentation() {
        let source = "x = )\nDOCUMENTATION = '''a'''\nRETURN = '''b'''\ndef f(:\n  print 'x'\n";
        assert_eq!(documentation(source).as_deref(), Some("a"));
        let python2 = "DOCUMENTATION = '''a'''\nprint 'x'\nexec 'y' in z\nRETURN = '# '\n";
        assert_eq!(documentation(python2).as_deref(), Some("a"));
    }

    #[test]
    fn metadata_is_a_dictionary_of_literals() {
        let source = "ANSIBLE_METADATA = {'status': ['preview'], \"n\": -1, 'x': (True, None)}\nDOCUMENTATION = ''\n";
        assert_eq!(
            plugin(source).metadata,
            Some(json!({"status": ["preview"], "n": -1, "x": [true, null]}))
        );
        assert_eq!(
            plugin("DOCUMENTATION = ''\nANSIBLE_METADATA = x()\n").metadata,
            None
        );
    }

    #[test]
    fn fragments_are_the_texts_of_a_class() {
        let source = "class ModuleDocFragment(object):\n    DOCUMENTATION = r'''\noptions: {}\n'''\n\n    OTHER = 'x'\n    N = 1\n    def __init__(self):\n        self.MORE = self.OTHER\n";
        let sections = Reader::new().unwrap().fragments(source).sections;
        let names: Vec<&str> = sections.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["DOCUMENTATION", "OTHER", "MORE"]);
        assert_eq!(sections[2].1.text, "x");
        assert_eq!(
            (sections[0].1.line, sections[0].1.text.as_str()),
            (2, "\noptions: {}\n")
        );
    }

    #[test]
    fn a_text_cannot_be_had_under_names_without_end() {
        let text = "x".repeat(100_000);
        let chain = "a = ".repeat(5_000);
        let links: String = (0..5_000).map(|n| format!("    a{n} = a\n")).collect();
        for body in [
            format!("    {chain}'{text}'\n"),
            format!("    a = '{text}'\n{links}"),
        ] {
            let source = format!("class A:\n{body}");
            let sections = Reader::new().unwrap().fragments(&source).sections;
            let held: usize = sections.iter().map(|(_, text)| text.text.len()).sum();
            assert!(sections.len() > 1 && held <= source.len() * 4);
        }
        let found = plugin(&format!(
            "{}ANSIBLE_METADATA = {{'x': [{}]}}\n",
            "DOCUMENTATION = 1\n".repeat(1000),
            "{},".repeat(5000)
        ));
        assert_eq!((found.faults.len(), found.metadata), (FAULTS_MAX, None));
    }

    #[test]
    fn a_source_that_takes_too_many_steps_is_left_out() {
        for unit in ["(", "a:", "f'{'", "a,"] {
            let found = plugin(&format!("DOCUMENTATION = 1\n{}", unit.repeat(400_000)));
            assert!(found.faults[0].contains("too involved"), "{unit}");
        }
        let mut reader = Reader::new().unwrap();
        reader.effort_left = 0;
        let calls = "f(x)\n".repeat(1000);
        let found = reader.plugin(&format!("DOCUMENTATION = x\n{calls}"));
        assert!(found.faults[0].contains("too involved"));
    }

    proptest! {
        #[test]
        fn no_source_makes_it_panic(source in "(DOCUMENTATION|EXAMPLES|RETURN|ANSIBLE_METADATA|=|'''|\"|r|f|\\\\|\\n|é|\\(|\\{|\\+| |x|:){0,40}") {
            let _ = plugin(&source);
            let _ = Reader::new().unwrap().fragments(&source);
        }
    }
}
