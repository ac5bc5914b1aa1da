//! What a text must be like to stay in a list.

/// One condition on a text. Cases are those of ASCII where they do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextFilter {
    /// It is this.
    Is(String),
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
}
