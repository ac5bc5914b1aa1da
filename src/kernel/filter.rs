//! What rows must be like to stay in a list, and how the list is sorted.

/// One condition on a text. Cases are those of ASCII where they do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextFilter {
    /// It is this.
    Is(String),
    /// It is not this.
    IsNot(String),
    /// It is this in some case.
    IsAnyCase(String),
    /// It is one of these.
    In(Vec<String>),
    /// This is part of it.
    Contains(String),
    /// This is part of it in some case.
    ContainsAnyCase(String),
    /// It begins with this.
    StartsWith(String),
    /// It begins with this in some case.
    StartsWithAnyCase(String),
    /// This pattern is in it.
    Matches(String),
}

/// One condition on a whole number; a time is its microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberFilter {
    /// It is this.
    Is(i64),
    /// It is not this.
    IsNot(i64),
    /// It is one of these.
    In(Vec<i64>),
    /// It is less than this.
    Below(i64),
    /// It is this or less.
    AtMost(i64),
    /// It is more than this.
    Above(i64),
    /// It is this or more.
    AtLeast(i64),
    /// It is one of these two or between them.
    Within(i64, i64),
}

/// One condition on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// On a text.
    Text(TextFilter),
    /// On a whole number or a time.
    Number(NumberFilter),
    /// It is this.
    Flag(bool),
    /// There is no value, or there is one.
    Absent(bool),
}

/// Conditions on the fields of a noun, `F`, which says in which column each of them is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression<F> {
    /// The field is like that.
    Is(F, Condition),
    /// This does not hold.
    Not(Box<Self>),
    /// All of these hold; true if there are none.
    All(Vec<Self>),
    /// One of these holds at least; false if there are none.
    Any(Vec<Self>),
}

impl<F> Default for Expression<F> {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// A field that a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey<F> {
    /// Which.
    pub field: F,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// One term of a label expression; all terms of one must hold (contract 01 §1.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelTerm {
    /// There is a label with this key.
    Present(String),
    /// There is none.
    Absent(String),
    /// The label with this key has this value.
    Is(String, String),
    /// There is a label with this key, and its value is another.
    IsNot(String, String),
    /// The value of the label with this key contains this, in some case.
    Contains(String, String),
}
