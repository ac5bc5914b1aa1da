//! Following imports, and the reasons they fail.

use pocket_galaxy::kernel::clock::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::collection;
use crate::support::tarball::long_import;

#[test]
fn an_import_is_followed_by_any_user_and_by_no_stranger() {
    let galaxy = TestServer::start();
    let reply = galaxy
        .admin()
        .upload(&Form::of(&collection("acme.tools").build()))
        .expect(202);
    let task = reply.json()["task"].as_str().unwrap().to_owned();
    let id = task.trim_end_matches('/').rsplit('/').next().unwrap();
    let ana = galaxy.user("ana", &[]);
    for path in [
        task.clone(),
        format!("v3/imports/collections/{id}/"),
        format!("v3/plugin/ansible/imports/collections/{id}"),
        format!("content/published/v3/imports/collections/{id}/"),
    ] {
        let import = ana.get(&path).expect(200).json();
        assert_eq!(
            (import["id"].as_str(), import["state"].as_str()),
            (Some(id), Some("completed")),
            "{path}"
        );
        assert!(import["messages"][0]["time"].is_f64());
        galaxy
            .anonymous()
            .get(&path)
            .refuses(401, "not_authenticated", None);
    }
    let since = ana
        .get(&format!("{task}?since=2100-01-01T00:00:00Z"))
        .expect(200)
        .json();
    assert_eq!(since["messages"], json!([]));
    ana.get(&format!("{task}?since=nope"))
        .refuses(400, "invalid", Some("since"));
    ana.get("v3/imports/collections/00000000-0000-0000-0000-000000000000/")
        .refuses(404, "not_found", None);
    ana.get("v3/imports/collections/nope/")
        .refuses(404, "not_found", None);
    let shown = ana.get(&format!("v3/tasks/{id}/")).expect(200).json();
    assert_eq!(
        shown["name"],
        "galaxy_ng.app.tasks.publishing.import_and_auto_approve"
    );
    let list = ana
        .get("v3/tasks/?state=completed&limit=1")
        .expect(200)
        .json();
    assert_eq!(list["data"][0]["pulp_id"], id);
    ana.get("v3/tasks/?nope=1")
        .refuses(400, "invalid", Some("errors"));
}

#[test]
fn a_failed_import_says_why_and_leaves_only_its_task() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let good = || collection("acme.tools");
    let cases = [
        (
            good().without("name"),
            "Invalid collection metadata. 'name' is required",
        ),
        (
            good().info("tags", json!(["Bad-Tag"])),
            "'tag' has invalid format: Bad-Tag",
        ),
        (
            good().info("readme", json!("NOPE.md")),
            "Could not find file NOPE.md",
        ),
        (
            good().depends_on("acme.tools", "*"),
            "Cannot have self dependency",
        ),
        (
            good().depends_on("a.b", "not a range"),
            "Dependency version spec range invalid: a.b not a range",
        ),
    ];
    for (builder, text) in cases {
        let artifact = crate::support::tarball::Artifact {
            name: "tools".to_owned(),
            ..builder.build()
        };
        admin.publish(&artifact).fails_with(text);
    }
    let renamed = Form::default().file("acme-renamed-1.0.0.tar.gz", &good().build().bytes);
    let task = admin.upload(&renamed).expect(202).json()["task"]
        .as_str()
        .unwrap()
        .to_owned();
    let import = admin.get(&task).json();
    assert_eq!(
        import["error"]["description"],
        r#"Filename name "renamed" did not match metadata "tools""#
    );
    assert!(
        import["error"]
            .as_object()
            .unwrap()
            .contains_key("traceback")
    );
    let text = Form::default().file("acme-tools-1.0.0.tar.gz", b"this is no archive");
    admin.upload(&text).expect(202);
    for table in ["artifact", "collection", "content", "namespace"] {
        assert_eq!(galaxy.rows(table), 0, "{table}");
    }
    assert!(galaxy.stored_files().is_empty());
}

/// A server whose one import, of `acme.tools`, is as a killed process leaves it; and the import's path.
fn interrupted() -> (TestServer, String) {
    let galaxy = TestServer::start();
    let form = Form::of(&collection("acme.tools").build());
    let task = galaxy.admin().upload(&form).expect(202).json()["task"]
        .as_str()
        .unwrap()
        .to_owned();
    let sql = "UPDATE collection_import SET sha256 = (SELECT sha256 FROM artifact);
               UPDATE task SET state = 'running', finished_at = NULL";
    galaxy.sql(sql);
    (galaxy, task)
}

/// The import once it has ended.
fn ended(galaxy: &TestServer, task: &str) -> serde_json::Value {
    let began = std::time::Instant::now();
    loop {
        let import = galaxy.admin().get(task).expect(200).json();
        if !import["finished_at"].is_null() {
            return import;
        }
        assert!(began.elapsed().as_secs() < 60, "{import}");
    }
}

#[test]
fn an_interrupted_import_runs_again() {
    let (mut galaxy, task) = interrupted();
    galaxy.restart();
    assert_eq!(ended(&galaxy, &task)["state"], "completed");
}

/// What the log of an import says, without the times.
fn lines(import: &Value) -> Vec<&str> {
    let messages = import["messages"].as_array().unwrap();
    let lines = messages.iter().map(|line| &line["message"]);
    lines.map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn the_log_of_an_import_that_ran_twice_has_each_line_once() {
    let (mut galaxy, task) = interrupted();
    let before = galaxy.admin().get(&task).expect(200).json();
    // The first run said something else, and more.
    let other = "UPDATE import_message SET message = 'first run: ' || message;
                 INSERT INTO import_message (task_id, position, time, level, message)
                 SELECT task_id, 1000, 0, 'INFO', 'first run' FROM collection_import";
    let write = galaxy.db().write(|tx| Ok(tx.execute_batch(other)?));
    write.unwrap();
    galaxy.restart();
    let after = ended(&galaxy, &task);
    assert!(lines(&after).len() > 2, "{after}");
    assert_eq!(lines(&after), lines(&before));
}

/// Asks for the lines after those already seen.
fn follow(client: &Client, task: &str, seen: &mut Vec<Value>) -> Value {
    let last = seen.last().map(|line| line["time"].as_f64().unwrap());
    let since = Timestamp((last.unwrap_or_default() * 1e6).round() as i64);
    let mut import = client
        .get(&format!("{task}?since={since}"))
        .expect(200)
        .json();
    seen.append(import["messages"].as_array_mut().unwrap());
    import
}

#[test]
fn an_import_is_followed_line_by_line_while_it_runs() {
    let mut galaxy = TestServer::with(|config| config.publishing.workers = 0);
    let form = Form::of(&long_import("acme.tools"));
    let reply = galaxy.admin().upload(&form).expect(202).json();
    let task = reply["task"].as_str().unwrap().to_owned();
    galaxy.restart_with(|config| config.publishing.workers = 1);
    let admin = galaxy.admin();
    let (mut seen, mut looks_with_news) = (Vec::new(), 0);
    while looks_with_news < 3 {
        let known = seen.len();
        let import = follow(&admin, &task, &mut seen);
        assert_eq!(import["finished_at"], json!(null), "it ended unseen");
        looks_with_news += usize::from(seen.len() > known);
    }
    // Nobody waits for the rest of it.
    let id = task.trim_end_matches('/').rsplit_once('/').unwrap().1;
    let path = format!("pulp/api/v3/tasks/{id}/");
    admin.patch(&path, r#"{"state": "canceled"}"#).expect(200);
    while follow(&admin, &task, &mut seen)["finished_at"].is_null() {}
    let whole = ended(&galaxy, &task);
    assert_eq!(whole["messages"], json!(seen));
    let mut once = lines(&whole);
    assert!(once[0].starts_with("Importing with galaxy-importer"));
    let all = once.len();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), all, "{whole}");
}

#[test]
fn an_import_whose_repository_is_gone_ends_and_says_so() {
    let (mut galaxy, task) = interrupted();
    let lost = "UPDATE collection_import SET repository_id = NULL";
    galaxy.sql(lost);
    galaxy.restart();
    let import = ended(&galaxy, &task);
    assert_eq!(import["state"], "failed", "{import}");
    assert!(
        import["error"]["description"]
            .as_str()
            .unwrap()
            .contains("is gone"),
        "{import}"
    );
}

#[test]
fn an_import_that_was_interrupted_too_often_is_not_tried_again() {
    let (mut galaxy, task) = interrupted();
    galaxy.sql("UPDATE task SET attempts = 5");
    galaxy.restart();
    let import = ended(&galaxy, &task);
    assert_eq!(import["state"], "failed", "{import}");
    assert!(
        import["error"]["description"]
            .as_str()
            .unwrap()
            .starts_with("Internal error"),
        "{import}"
    );
}

#[test]
fn an_import_that_fails_through_the_server_is_tried_again() {
    let (mut galaxy, task) = interrupted();
    let sha256 = &galaxy.stored_files()[0];
    let file = galaxy
        .data()
        .join("artifacts/sha256")
        .join(&sha256[..2])
        .join(sha256);
    let away = galaxy.data().join("away");
    std::fs::rename(&file, &away).unwrap();
    galaxy.restart();
    let attempts = || -> i64 { galaxy.value("SELECT attempts FROM task") };
    while attempts() < 2 {
        std::thread::yield_now();
    }
    std::fs::rename(&away, &file).unwrap();
    assert_eq!(ended(&galaxy, &task)["state"], "completed");
}
