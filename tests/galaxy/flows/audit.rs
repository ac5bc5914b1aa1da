//! The audit trail: what is written, and that tampering shows.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use pocket_galaxy::db::Db;
use serde_json::Value;

use crate::support::process::PROGRAM;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

/// `audit` with these arguments: its exit status and all it said.
fn audit(data: &Path, line: &str) -> (i32, String) {
    let output = Command::new(PROGRAM)
        .arg("audit")
        .args(line.split(' '))
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

fn exported(data: &Path) -> Vec<Value> {
    let (status, text) = audit(data, "export");
    assert_eq!(status, 0, "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Waits for a row that a batch writes.
fn wait_for(data: &Path, is_it: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        if let Some(row) = exported(data).into_iter().find(&is_it) {
            return row;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "no such row");
        thread::sleep(Duration::from_millis(100));
    }
}

/// Changes the trail as somebody with the file in hand would.
fn tamper(db: &Db, sql: &str) {
    let all = format!(
        "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted; {sql};
         CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT 1; END;
         CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT 1; END;"
    );
    db.write(|tx| Ok(tx.execute_batch(&all)?)).unwrap();
}

fn with_namespaces(count: usize) -> TestServer {
    let galaxy = TestServer::start();
    for number in 0..count {
        let body = format!(r#"{{"name": "space{number}"}}"#);
        galaxy.admin().post("v3/namespaces/", &body).expect(201);
    }
    galaxy
}

#[test]
fn a_change_is_written_down_with_who_made_it_and_where_from() {
    let galaxy = with_namespaces(1);
    let artifact = collection("space0.tools").build();
    galaxy.admin().publish(&artifact).succeeds();
    let rows = exported(galaxy.data());
    let by = |action: &str| {
        let found = rows.iter().find(|row| row["action"] == action);
        found.unwrap_or_else(|| panic!("no {action} in {rows:?}"))
    };
    let created = by("NamespaceCreate");
    assert_eq!(created["object"], "namespace space0");
    assert_eq!(created["actor"], "admin");
    assert_eq!(created["via"], "token");
    assert_eq!(created["address"], "127.0.0.1");
    assert_eq!(created["outcome"], "done");
    let published = by("CollectionUpload");
    assert_eq!(published["object"], "artifact space0-tools-1.0.0.tar.gz");
    assert!(
        published["detail"]
            .as_str()
            .unwrap()
            .contains(&artifact.sha256())
    );
    let (status, text) = audit(galaxy.data(), "verify");
    assert_eq!(status, 0, "{text}");
}

#[test]
fn a_refused_change_is_written_down_once_with_how_often_it_came() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    for _ in 0..3 {
        ana.post("v3/namespaces/", r#"{"name": "acme"}"#)
            .expect(403);
    }
    galaxy
        .anonymous()
        .authorized("Token 0000000000000000000000000000000000000000")
        .get("v3/namespaces/")
        .expect(401);
    let refused = wait_for(galaxy.data(), |row| row["action"] == "NamespaceCreate");
    assert_eq!(refused["outcome"], "refused");
    assert_eq!(refused["actor"], "ana");
    assert_eq!(refused["object"], "/api/galaxy/v3/namespaces/");
    let stranger = wait_for(galaxy.data(), |row| row["via"] == "stranger");
    assert_eq!(stranger["detail"], "Invalid token.");
    let times: u64 = exported(galaxy.data())
        .iter()
        .filter(|row| row["action"] == "NamespaceCreate")
        .map(|row| {
            let detail = row["detail"].as_str().unwrap();
            let times = detail
                .split("; ")
                .find_map(|part| part.strip_suffix(" times"));
            times.map_or(1, |times| times.parse().unwrap())
        })
        .sum();
    assert_eq!(times, 3);
}

#[test]
fn the_table_itself_takes_nothing_back() {
    let galaxy = with_namespaces(1);
    for sql in ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit"] {
        let result = galaxy.db().write(|tx| Ok(tx.execute(sql, [])?));
        let error = result.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}

#[test]
fn a_row_that_was_changed_or_taken_out_shows() {
    let rows = |galaxy: &TestServer| galaxy.rows("audit");
    let galaxy = with_namespaces(3);
    assert!(rows(&galaxy) >= 3);
    tamper(&galaxy.db(), "UPDATE audit SET actor = 'eve' WHERE id = 2");
    let (status, text) = audit(galaxy.data(), "verify");
    assert_eq!(status, 1);
    assert!(text.contains("row 2 is not what was written"), "{text}");

    let galaxy = with_namespaces(3);
    tamper(&galaxy.db(), "DELETE FROM audit WHERE id = 2");
    let (status, text) = audit(galaxy.data(), "verify");
    assert_eq!(status, 1);
    assert!(text.contains("row 2 is missing"), "{text}");
}

#[test]
fn rows_cut_off_at_the_end_show_to_whoever_noted_the_last_digest() {
    let galaxy = with_namespaces(3);
    let (_, text) = audit(galaxy.data(), "verify");
    let head = text
        .lines()
        .find_map(|line| line.strip_prefix("digest of the last: "))
        .unwrap()
        .to_owned();
    let noted = format!("verify --digest {head}");
    assert_eq!(audit(galaxy.data(), &noted).0, 0);
    tamper(&galaxy.db(), "DELETE FROM audit WHERE id = 3");
    assert_eq!(audit(galaxy.data(), "verify").0, 0);
    let (status, text) = audit(galaxy.data(), &noted);
    assert_eq!(status, 1);
    assert!(text.contains("cut off or replaced"), "{text}");
}

#[test]
fn many_writers_make_one_chain() {
    let galaxy = TestServer::start();
    thread::scope(|scope| {
        for number in 0..16 {
            let admin = galaxy.admin();
            scope.spawn(move || {
                let body = format!(r#"{{"name": "many{number}"}}"#);
                admin.post("v3/namespaces/", &body).expect(201);
            });
        }
    });
    let (status, text) = audit(galaxy.data(), "verify");
    assert_eq!(status, 0, "{text}");
    assert!(galaxy.rows("audit") >= 16);
}

#[test]
fn a_name_with_a_line_end_is_one_line_of_the_trail() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    ana.send("POST", "v3/namespaces/%0A2026-01-01%20admin/", "", b"");
    ana.post("v3/namespaces/?x=%0Ay", r#"{"name": "acme"}"#)
        .expect(403);
    wait_for(galaxy.data(), |row| row["action"] == "NamespaceCreate");
    let (_, text) = audit(galaxy.data(), "export");
    assert!(
        text.lines().all(|line| line.starts_with(r#"{"id":"#)),
        "{text}"
    );
}
