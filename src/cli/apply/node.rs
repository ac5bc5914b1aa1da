//! A document that was read, whichever way it was written: values that know their lines.

/// A value and its line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// The line, counted from 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Nothing,
    Switch(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    /// Keys with their lines, in the order they were written.
    Map(Vec<(Key, Node)>),
}

/// A key and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) line: usize,
    pub(super) text: String,
}

impl Value {
    /// The value in the middle of a sentence.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Switch(_) => "true or false",
            Self::Whole(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Why a text is no document at all, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) line: usize,
    pub(super) message: String,
}

/// A key that stands twice in a mapping.
pub(super) fn twice(line: usize, key: &str) -> Trouble {
    let message = format!("the key {key:?} stands here a second time");
    Trouble { line, message }
}

/// How deep lists and mappings nest at most.
pub(super) const DEPTH_MAX: usize = 20;

/// Something that nests deeper.
pub(super) fn too_deep(line: usize) -> Trouble {
    let message = format!("this nests deeper than {DEPTH_MAX}");
    Trouble { line, message }
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        Self(ends.collect())
    }

    /// The line of a place in the text.
    pub(super) fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}
