//! No statement reads through a table that grows.
//!
//! Whatever the servers of tests run is explained where each of them ends (`support::plans`), and the permission matrix
//! asks every route. Here is what does not depend on who asked for what: statements that stand in the source as a whole,
//! and what the schema itself looks for.

use std::path::Path;

use crate::support::plans;
use crate::support::server::TestServer;
use crate::support::sources;

#[test]
fn no_statement_that_is_whole_in_the_source_reads_through_what_grows() {
    let galaxy = TestServer::start();
    let db = galaxy.db();
    let texts = sources::texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    // A text with something to be put in is no statement yet; it fails here.
    let plans: Vec<Option<String>> = texts
        .iter()
        .filter(|text| plans::is_planned(text))
        .filter_map(|text| plans::complaint(&db, text).ok())
        .collect();
    assert!(plans.len() > 200, "only {} statements", plans.len());
    let complaints: Vec<String> = plans.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_refers_to_something_is_found_without_reading_through_what_grows() {
    // SQLite looks for such rows when what they refer to is deleted, and does not show it in a plan.
    let not_indexed = "
        SELECT group_concat(t.name || '.' || k.\"from\", ', ')
          FROM sqlite_schema t, pragma_foreign_key_list(t.name) k
         WHERE t.type = 'table'
           AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = k.\"from\" AND c.pk = 1)
           AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c
                            WHERE c.name = k.\"from\" AND c.seqno = 0
                              AND (i.partial = 0
                                   OR EXISTS (SELECT 1 FROM sqlite_schema s
                                               WHERE s.name = i.name
                                                 AND s.sql LIKE '%WHERE ' || c.name || ' IS NOT NULL')))";
    let not_indexed: Option<String> = TestServer::start().value(not_indexed);
    assert_eq!(
        not_indexed, None,
        "give each an index in a new step of schema/"
    );
}

#[test]
fn a_statement_that_reads_through_what_grows_is_told_with_its_plan() {
    let galaxy = TestServer::start();
    let told = |sql: &str| plans::complaint(&galaxy.db(), sql).unwrap();
    for (sql, line) in [
        ("SELECT uuid FROM task WHERE error_code = ?", "SCAN task"),
        ("UPDATE user AS u SET email = ''", "SCAN u"),
        ("DELETE FROM search", "SCAN search"),
        (
            "SELECT 1 FROM repository r LEFT JOIN task t ON t.name = r.description WHERE r.id = ?",
            "SCAN t LEFT-JOIN",
        ),
        (
            "SELECT 1 FROM task t JOIN user u ON u.email = t.name ORDER BY t.id LIMIT ? OFFSET ?",
            "SEARCH u USING AUTOMATIC",
        ),
        (
            "WITH t AS (SELECT name FROM task) SELECT 1 FROM t",
            "SCAN task",
        ),
    ] {
        let told = told(sql).unwrap_or_else(|| panic!("{sql} passes"));
        assert!(told.contains(sql) && told.contains(line), "{told}");
    }
    for sql in [
        "SELECT uuid FROM task WHERE id = ?",
        "SELECT uuid FROM task ORDER BY id LIMIT ? OFFSET ?",
        "SELECT value FROM json_each(?)",
        "SELECT rowid FROM search WHERE search MATCH ?",
    ] {
        assert_eq!(told(sql), None);
    }
}
