//! Tells which statements a database runs: for tests that look at their plans. A server is never watched.

use std::sync::OnceLock;

use rusqlite::Connection;
use rusqlite::trace::TraceEvent;
use rusqlite::trace::TraceEventCodes;

static WATCHER: OnceLock<fn(&str)> = OnceLock::new();

/// Tells `watcher` the text of each statement that a database runs which this process opens from now on, each time it
/// is run; not those of a database that is only joined. The first call counts.
pub fn statements(watcher: fn(&str)) {
    WATCHER.get_or_init(|| watcher);
}

/// Has a connection tell of its statements, if anybody watches.
pub(super) fn add(connection: &Connection) {
    if WATCHER.get().is_some() {
        connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(tell));
    }
}

fn tell(event: TraceEvent<'_>) {
    if let (TraceEvent::Stmt(statement, _), Some(watcher)) = (event, WATCHER.get()) {
        watcher(&statement.sql());
    }
}
