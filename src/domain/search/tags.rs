//! Tags, and how many versions have each (contract 04, UTG-1 and UTG-2; 03, CNT-11).

use rusqlite::ToSql;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::visible::Repositories;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The tag.
    pub name: String,
    /// How many versions have it.
    pub count: u64,
}

/// What a list of tags can be narrowed to.
#[derive(Debug, Default)]
pub struct TagFilter {
    /// Conditions on the tag.
    pub name: Vec<TextFilter>,
    /// Whether only the version counts that each repository should be judged by.
    pub only_highest: bool,
    /// How to sort.
    pub order: TagOrder,
}

/// The orders a list of tags can have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum TagOrder {
    /// By the tag.
    #[default]
    Name,
    /// By the tag, backwards.
    NameDescending,
    /// What fewest have first.
    Count,
    /// What most have first.
    CountDescending,
}

impl TagOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::Name => "t.tag",
            Self::NameDescending => "t.tag DESC",
            Self::Count => "count(*), t.tag",
            Self::CountDescending => "count(*) DESC, t.tag",
        }
    }
}

const HELD: &str = "EXISTS (
    SELECT 1 FROM repository_content rc JOIN repository r ON r.id = rc.repository_id
     WHERE rc.content_id = t.version_id AND rc.removed IS NULL
       AND (? IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(?))))";

const HIGHEST: &str = "EXISTS (
    SELECT 1 FROM repository_collection x JOIN repository r ON r.id = x.repository_id
     WHERE x.preferred_id = t.version_id
       AND (? IS NULL OR r.private = 0 OR r.id IN (SELECT value FROM json_each(?))))";

/// The tags that pass `filter`, of versions in repositories that are `seen`.
pub fn list(
    tx: &ReadTx<'_>,
    seen: &Repositories,
    filter: &TagFilter,
    window: Window,
) -> Result<Page<Tag>> {
    let own = seen.private_ones();
    let values: Vec<Box<dyn ToSql>> = vec![Box::new(own.clone()), Box::new(own)];
    let held = if filter.only_highest { HIGHEST } else { HELD };
    Select::new("t.tag, count(*) AS count", "collection_version_tag t")
        .texts("t.tag", &filter.name)
        .filter_with(held, values)
        .group_by("t.tag")
        .order_by(filter.order.sql())
        .page(tx, window, |row| {
            Ok(Tag {
                name: row.get("tag")?,
                count: row.get("count")?,
            })
        })
}
