//! Lists of imports: what was sent, and what came of it (contract 04, UIM-1).

use rusqlite::Row;
use rusqlite::ToSql;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::domain::tasks::State;
use crate::domain::tasks::Task;
use crate::domain::tasks::queries;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;

/// An import without its log.
#[derive(Debug)]
pub struct ImportLine {
    /// How far it has come.
    pub task: Task,
    /// The namespace that its file name says.
    pub namespace: String,
    /// The name that its file name says.
    pub name: String,
    /// The version that its file name says.
    pub version: String,
}

pub(super) const COLUMNS: &str = "t.id, t.uuid, t.name, t.state, t.error_code, t.error_description, t.correlation_id, t.created_by, \
    t.created_at, t.updated_at, t.started_at, t.finished_at, \
    i.namespace, i.name AS collection, i.version";
pub(super) const FROM: &str = "task t JOIN collection_import i ON i.task_id = t.id LEFT JOIN repository r ON r.id = i.repository_id";

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<ImportLine> {
    Ok(ImportLine {
        task: queries::read(row)?,
        namespace: row.get("namespace")?,
        name: row.get("collection")?,
        version: row.get("version")?,
    })
}

/// What a list of imports can be narrowed to.
#[derive(Debug, Default)]
pub struct ImportFilter {
    /// Only into this namespace.
    pub namespace: Option<String>,
    /// Only of this collection.
    pub name: Option<String>,
    /// Only of this version.
    pub version: Option<String>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only those that began on the day, in UTC, that this time is in.
    pub day: Option<Timestamp>,
    /// The name contains this, in some case.
    pub keywords: Option<String>,
    /// Whether the newest comes first.
    pub newest_first: bool,
}

/// Imports into private repositories are shown to who sees those, and to who started them. Of a repository that is gone
/// nobody knows whether it was private.
const SEEN: &str =
    "(r.private = 0 OR r.id IN (SELECT value FROM json_each(?)) OR t.created_by = ?)";

/// The imports that pass `filter` and that the caller may know of.
pub fn list(
    tx: &ReadTx<'_>,
    permit: &Permit,
    filter: &ImportFilter,
    window: Window,
) -> Result<Page<ImportLine>> {
    let mut select = Select::new(COLUMNS, FROM)
        .filter_some("i.namespace = ?", filter.namespace.as_deref())
        .filter_some("i.name = ?", filter.name.as_deref())
        .filter_some("i.version = ?", filter.version.as_deref())
        .filter_some("t.state = ?", filter.state.map(State::as_str))
        .filter_some("t.created_at / 86400000000 = ? / 86400000000", filter.day)
        .filter_some(
            "instr(i.name, ?) > 0",
            filter.keywords.as_ref().map(|text| text.to_lowercase()),
        );
    if let Some(own) = Repositories::of(permit.viewer()).private_ones() {
        let me = permit.viewer().account().map(|account| account.id);
        let values: Vec<Box<dyn ToSql>> = vec![Box::new(own), Box::new(me)];
        select = select.filter_with(SEEN, values);
    }
    let order = if filter.newest_first {
        "t.id DESC"
    } else {
        "t.id"
    };
    select.order_by(order).page(tx, window, read)
}
