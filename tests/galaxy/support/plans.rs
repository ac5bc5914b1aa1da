//! Query plans: no statement reads through a table that grows, unless the tables below say why it may.
//!
//! Whatever a server of a test runs is explained when the server ends, each statement once in a process. So a statement
//! fails the test that runs it, or one that ran beside it and ended first. SQLite plans by the schema alone here, as it
//! does in production: there are no statistics, so small tables of a test do not hide what large ones would show.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use pocket_galaxy::db::Db;
use pocket_galaxy::db::tx::ReadTx;
use pocket_galaxy::db::watch;
use rusqlite::config::DbConfig;

/// The words that statements with a plan begin with.
const VERBS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];

/// Tables that do not grow.
const OF_ONE_ROW: &[&str] = &["instance", "access_stamp"];

/// What lists are of, page by page. The outermost loop of a list may go through it: the count that comes with each page
/// is of all that passes, and a page is read in the order of a key up to its end. Inner loops may not.
const LISTED: &[&str] = &[
    "collection",
    "collection_signature",
    "collection_version",     // content of all repositories
    "collection_version_tag", // tags, each with a count
    "distribution",
    "namespace",
    "namespace_metadata",
    "organization",
    "remote",
    "repository",
    "repository_content", // the search, across repositories
    "role",
    "role_assignment",
    "task",
    "user",
    "user_group",
];

/// Other scans that may be: the table, a part of the statement with single blanks, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "ai_denied_namespace",
        "SELECT n.name FROM ai_denied_namespace d",
        "the answer is all of it",
    ),
    (
        "audit",
        "FROM audit ORDER BY id DESC LIMIT 1",
        "the last row",
    ),
    (
        "audit",
        "digest FROM audit ORDER BY id",
        "the trail is checked from its first row to its last",
    ),
    (
        "collection_version",
        "INSERT INTO search",
        "somebody asked for the search to be written anew",
    ),
    (
        "repository",
        "EXISTS (SELECT 1 FROM repository)",
        "the first row",
    ),
    (
        "user",
        "password FROM user ORDER BY username",
        "`pocket-galaxy user list`",
    ),
    (
        "task",
        "FROM task t WHERE t.state = 'waiting' AND (t.job",
        "the queue, from its head to the first task that nothing holds up",
    ),
    (
        "repository",
        "FROM repository r LEFT JOIN repository_label",
        APPLY,
    ),
    (
        "distribution",
        "base_path, repository_id FROM distribution",
        APPLY,
    ),
    ("remote", "FROM remote r LEFT JOIN remote_label", APPLY),
    ("user", "password_was FROM user ORDER BY username", APPLY),
    ("user", "t.expires_at FROM token t JOIN user u", APPLY),
    (
        "user_group",
        "SELECT id, name FROM user_group ORDER BY name",
        APPLY,
    ),
    (
        "group_member",
        "SELECT g.name, u.username FROM group_member m",
        APPLY,
    ),
    ("role", "FROM role r LEFT JOIN role_permission", APPLY),
    (
        "role_assignment",
        "a.object_kind <> 'task' ORDER BY a.id",
        APPLY,
    ),
    (
        "collection",
        "SELECT id, namespace, name FROM collection",
        APPLY,
    ),
];

const APPLY: &str = "a document is compared with all there is, and an export is all there is";

const WHAT_TO_DO: &str = "Give it an index in a new step of schema/, or write it so that it uses one that is there. If it \
    is meant to read everything, say why in tests/galaxy/support/plans.rs.";

/// Statements of any server of this process, and whether they were explained.
static SEEN: Mutex<BTreeMap<String, bool>> = Mutex::new(BTreeMap::new());

fn seen() -> MutexGuard<'static, BTreeMap<String, bool>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers what servers run that start from now on.
pub fn watch() {
    watch::statements(|sql| {
        let mut seen = seen();
        if is_planned(sql) && !seen.contains_key(sql) {
            seen.insert(sql.to_owned(), false);
        }
    });
}

/// Whether a text begins as a statement with a plan.
pub fn is_planned(sql: &str) -> bool {
    VERBS.iter().any(|verb| {
        let rest = sql.trim_start().strip_prefix(verb);
        rest.is_some_and(|rest| rest.starts_with(char::is_whitespace))
    })
}

/// Explains what servers have run since this was asked last. Panics if one of the statements may not be.
pub fn check(db: &Db) {
    let mut new = Vec::new();
    for (sql, is_explained) in seen()
        .iter_mut()
        .filter(|(_, is_explained)| !**is_explained)
    {
        *is_explained = true;
        new.push(sql.clone());
    }
    let complaints: Vec<String> = new
        .iter()
        .filter_map(|sql| complaint(db, sql).expect("what was run has a plan"))
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// What is wrong with a statement and its triggers, if anything is. Fails if it is no whole statement.
pub fn complaint(db: &Db, sql: &str) -> rusqlite::Result<Option<String>> {
    let explained = db.read(|tx| Ok(explain(tx, sql)));
    let (schema, plan) = explained.unwrap()?;
    let text = blanks(sql);
    let is_list = text.ends_with("LIMIT ? OFFSET ?") || text.starts_with("SELECT count(*) FROM");
    let outermost = plan
        .iter()
        .position(|line| line.starts_with("SCAN ") || line.starts_with("SEARCH "));
    let scanned = plan.iter().enumerate().filter_map(|(at, line)| {
        let table = schema.table(scanned(line)?, &text)?;
        let may = OF_ONE_ROW.contains(&table)
            || is_list && outermost == Some(at) && LISTED.contains(&table)
            || ALLOWED
                .iter()
                .any(|(of, part, _)| *of == table && text.contains(part));
        (!may).then_some(table)
    });
    let scanned: Vec<&str> = scanned.collect();
    Ok((!scanned.is_empty()).then(|| {
        let (scanned, plan) = (scanned.join(", "), plan.join("\n    "));
        format!(
            "All of {scanned} is read by\n    {text}\nwhose plan is\n    {plan}\n{WHAT_TO_DO}\n"
        )
    }))
}

/// The name of what a line of a plan reads from end to end.
fn scanned(line: &str) -> Option<&str> {
    let (is_scan, name) = match line.strip_prefix("SCAN ") {
        // A virtual table says after the colon by what it finds its rows.
        Some(rest) => (!rest.contains("VIRTUAL TABLE") || rest.ends_with(':'), rest),
        // An index that is made for one statement is made of all rows.
        None => (
            line.contains(" USING AUTOMATIC "),
            line.strip_prefix("SEARCH ")?,
        ),
    };
    is_scan.then(|| name.split(' ').next())?
}

/// What there is to be scanned.
struct Schema {
    tables: Vec<String>,
    triggers: String,
}

impl Schema {
    /// The table that a name in a plan stands for; none for what the statement itself makes.
    fn table(&self, name: &str, sql: &str) -> Option<&str> {
        let find = |name: &str| self.tables.iter().find(|table| *table == name);
        let after = |text: &str| {
            let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let words: Vec<&str> = words.filter(|word| !["", "AS"].contains(word)).collect();
            let named = words.windows(2).filter(|pair| pair[1] == name);
            named.filter_map(|pair| find(pair[0])).next()
        };
        let is_made = sql.contains(&format!("{name} AS ("))
            || sql.contains(&format!("{name} AS MATERIALIZED ("));
        let table = match is_made {
            true => None,
            false => find(name)
                .or_else(|| after(sql))
                .or_else(|| after(&self.triggers)),
        };
        table.map(String::as_str)
    }
}

/// What there is, and the lines of the plan.
fn explain(tx: &ReadTx<'_>, sql: &str) -> rusqlite::Result<(Schema, Vec<String>)> {
    let texts = |sql: &str, column: &str| -> rusqlite::Result<Vec<String>> {
        let mut statement = tx.prepare(sql)?;
        // Nothing is bound: a plan does not depend on values here.
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            // What follows from a foreign key has lines without a text.
            found.extend(row.get::<_, Option<String>>(column)?);
        }
        Ok(found)
    };
    tx.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true)?;
    let schema = Schema {
        tables: texts(
            "SELECT name FROM sqlite_schema WHERE type = 'table'",
            "name",
        )?,
        triggers: texts(
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger'",
            "sql",
        )?
        .join("\n"),
    };
    Ok((
        schema,
        texts(&format!("EXPLAIN QUERY PLAN {sql}"), "detail")?,
    ))
}

/// With single blanks.
fn blanks(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
