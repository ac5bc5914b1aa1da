//! Windows into lists.

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many entries come before the first one wanted.
    pub offset: u64,
    /// How many entries are wanted at most.
    pub limit: u64,
}

impl Window {
    /// The first entry.
    pub const ONE: Self = Self {
        offset: 0,
        limit: 1,
    };
}

/// Part of a list, with the length of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// How many entries the whole list has.
    pub total: u64,
    /// The entries inside the window.
    pub items: Vec<T>,
}

impl<T> Page<T> {
    /// The same page with every entry turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            total: self.total,
            items: self.items.into_iter().map(f).collect(),
        }
    }

    /// As [`Page::map`], where an entry may fail to become that; the first one that does is the error.
    pub fn try_map<U, E>(self, f: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(f);
        Ok(Page {
            total: self.total,
            items: items.collect::<Result<_, E>>()?,
        })
    }
}
