//! One task in full, and canceling it.

use pocket_galaxy::db::tx::ReadTx;
use pocket_galaxy::db::tx::WriteTx;
use pocket_galaxy::kernel::error::Result;
use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::MODULES;
use crate::support::tarball::collection;
use crate::support::tarball::long_import;

const CANCELED: &str = r#"{"state": "canceled"}"#;

/// A server on which imports wait until it is started again with a worker.
fn without_workers() -> TestServer {
    TestServer::with(|config| config.publishing.workers = 0)
}

fn with_a_worker(galaxy: &mut TestServer) {
    galaxy.restart_with(|config| config.publishing.workers = 1);
}

/// Uploads, and returns the path of the task in the pulp API.
fn upload(client: &Client, artifact: &Artifact) -> String {
    let import = client.upload(&Form::of(artifact)).expect(202).json()["task"].clone();
    let import = import.as_str().unwrap().trim_end_matches('/').to_owned();
    let (_, id) = import.rsplit_once('/').unwrap();
    format!("/api/galaxy/pulp/api/v3/tasks/{id}/")
}

/// The import as the v3 API shows it.
fn import(client: &Client, task: &str) -> Value {
    let id = task.trim_end_matches('/').rsplit_once('/').unwrap().1;
    let path = format!("v3/imports/collections/{id}/?since=2000-01-01");
    client.get(&path).expect(200).json()
}

/// Asks for the task until it is as wanted.
fn until(client: &Client, task: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let began = std::time::Instant::now();
    loop {
        let shown = client.get(task).expect(200).json();
        if wanted(&shown) {
            return shown;
        }
        assert!(began.elapsed().as_secs() < 60, "{shown}");
    }
}

fn ended(client: &Client, task: &str) -> Value {
    until(client, task, |task| !task["finished_at"].is_null())
}

fn change(galaxy: &TestServer, sql: &str) {
    let change = |tx: &WriteTx<'_>| -> Result<()> { Ok(tx.execute_batch(sql)?) };
    galaxy.db().write(change).unwrap();
}

/// Of a canceled import stay its task and its log; whatever else is there was there before.
fn check_canceled(galaxy: &TestServer, task: &str) {
    let admin = galaxy.admin();
    let shown = admin.get(task).expect(200).json();
    assert_eq!(shown["state"], "canceled", "{shown}");
    assert!(shown["finished_at"].is_string(), "{shown}");
    assert_eq!(shown["error"], json!(null));
    assert_eq!(shown["created_resources"], json!([]));
    let import = import(&admin, task);
    assert_eq!(import["state"], "canceled", "{import}");
    assert_eq!(import["error"], json!(null));
    let last = import["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["level"], &last["message"]),
        (
            &json!("ERROR"),
            &json!("Canceled on request; nothing was published")
        )
    );
}

fn check_nothing_is_left(galaxy: &TestServer) {
    for table in [
        "artifact",
        "collection",
        "collection_version",
        "content",
        "namespace",
        "repository_content",
    ] {
        assert_eq!(galaxy.rows(table), 0, "{table}");
    }
    assert!(galaxy.stored_files().is_empty());
}

#[test]
fn a_task_is_shown_in_full() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.collection_publisher"]);
    let reply = ana
        .header("correlation-id", "the-request-of-ana")
        .upload(&Form::of(&collection("acme.tools").build()))
        .expect(202)
        .json();
    let id = reply["task"]
        .as_str()
        .unwrap()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap();
    let task = ana
        .get(&format!("/api/pulp/api/v3/tasks/{id}"))
        .expect(200)
        .json();
    assert_eq!(task["pulp_href"], format!("/api/pulp/api/v3/tasks/{id}/"));
    assert_eq!(task["prn"], format!("prn:core.task:{id}"));
    assert_eq!(task["state"], "completed");
    assert_eq!(task["logging_cid"], "the-request-of-ana");
    assert_eq!(task["created_by"], "/api/pulp/api/v3/users/2/");
    let content = "SELECT uuid FROM content WHERE kind = 'collection_version'";
    let content: String = galaxy.value(content);
    assert_eq!(
        task["created_resources"],
        json!([format!(
            "/api/pulp/api/v3/content/ansible/collection_versions/{content}/"
        )])
    );
    // The same bytes again add nothing.
    let again = upload(&ana, &collection("acme.tools").build());
    let again = ended(&ana, &again);
    assert_eq!(again["state"], "completed", "{again}");
    assert_eq!(again["created_resources"], json!([]));
}

#[test]
fn a_task_that_is_not_there_and_a_stranger_are_answered_in_the_words_of_pulp() {
    let galaxy = TestServer::start();
    let nowhere = "pulp/api/v3/tasks/00000000-0000-0000-0000-000000000000/";
    let missing = json!({"detail": "No Task matches the given query."});
    assert_eq!(galaxy.admin().get(nowhere).expect(404).json(), missing);
    let canceled = galaxy.admin().patch(nowhere, CANCELED);
    assert_eq!(canceled.expect(404).json(), missing);
    let stranger = json!({"detail": "Authentication credentials were not provided."});
    let anonymous = galaxy.anonymous();
    assert_eq!(anonymous.get(nowhere).expect(401).json(), stranger);
    let canceled = anonymous.patch(nowhere, CANCELED);
    assert_eq!(canceled.expect(401).json(), stranger);
    let other = galaxy.admin().get("pulp/api/v3/tasks/nope/").expect(404);
    assert_eq!(other.json(), json!({"detail": "Not found."}));
}

#[test]
fn an_import_that_waits_ends_at_once_and_its_file_can_be_published_again() {
    let mut galaxy = without_workers();
    let admin = galaxy.admin();
    let artifact = collection("acme.tools").build();
    let task = upload(&admin, &artifact);
    assert_eq!(admin.get(&task).expect(200).json()["state"], "waiting");
    let answer = admin.patch(&task, CANCELED).expect(200).json();
    assert_eq!(answer["state"], "canceled", "{answer}");
    assert_eq!(answer["started_at"], json!(null));
    check_canceled(&galaxy, &task);
    check_nothing_is_left(&galaxy);
    let again = admin.patch(&task, CANCELED).expect(200).json();
    assert_eq!(again, answer, "canceling twice is canceling once");
    with_a_worker(&mut galaxy);
    galaxy.admin().publish(&artifact).succeeds();
    check_canceled(&galaxy, &task);
}

#[test]
fn an_import_that_runs_stops_where_it_is() {
    let mut galaxy = without_workers();
    let task = upload(&galaxy.admin(), &long_import("acme.tools"));
    with_a_worker(&mut galaxy);
    let admin = galaxy.admin();
    let running = until(&admin, &task, |task| task["state"] != "waiting");
    assert_eq!(running["state"], "running", "{running}");
    let answer = admin.patch(&task, CANCELED).expect(200).json();
    let state = answer["state"].as_str().unwrap();
    assert!(["canceling", "canceled"].contains(&state), "{answer}");
    ended(&admin, &task);
    check_canceled(&galaxy, &task);
    check_nothing_is_left(&galaxy);
    let import = import(&admin, &task);
    let lines = import["messages"].as_array().unwrap().len();
    assert!(lines < MODULES, "it went on to its end: {lines} lines");
}

/// Makes an import be asked for its end in the moment a worker takes it up.
const CANCEL_WHEN_CLAIMED: &str = "
    CREATE TRIGGER cancel_when_claimed AFTER UPDATE OF state ON task WHEN NEW.state = 'running'
    BEGIN UPDATE task SET state = 'canceling' WHERE id = NEW.id; END";

#[test]
fn an_import_that_is_over_before_it_looks_is_canceled_all_the_same() {
    let mut galaxy = without_workers();
    let artifact = collection("acme.tools").build();
    let good = upload(&galaxy.admin(), &artifact);
    let bad = collection("acme.other").info("tags", json!(["Bad-Tag"]));
    let bad = upload(&galaxy.admin(), &bad.build());
    change(&galaxy, CANCEL_WHEN_CLAIMED);
    with_a_worker(&mut galaxy);
    for task in [good, bad] {
        ended(&galaxy.admin(), &task);
        check_canceled(&galaxy, &task);
    }
    check_nothing_is_left(&galaxy);
    change(&galaxy, "DROP TRIGGER cancel_when_claimed");
    galaxy.admin().publish(&artifact).succeeds();
}

#[test]
fn an_import_that_fails_through_the_server_is_not_tried_again_once_it_is_canceled() {
    let mut galaxy = without_workers();
    let task = upload(&galaxy.admin(), &collection("acme.tools").build());
    change(&galaxy, CANCEL_WHEN_CLAIMED);
    let sha256 = &galaxy.stored_files()[0];
    let folder = galaxy.data().join("artifacts/sha256").join(&sha256[..2]);
    std::fs::remove_file(folder.join(sha256)).unwrap();
    with_a_worker(&mut galaxy);
    ended(&galaxy.admin(), &task);
    check_canceled(&galaxy, &task);
    let attempts = "SELECT attempts FROM task";
    let attempts = |tx: &ReadTx<'_>| Ok(tx.query_row(attempts, [], |row| row.get::<_, i64>(0))?);
    assert_eq!(galaxy.db().read(attempts).unwrap(), 1);
    check_nothing_is_left(&galaxy);
}

#[test]
fn an_import_that_was_being_canceled_when_the_server_went_down_ends_with_the_next_start() {
    let mut galaxy = without_workers();
    let task = upload(&galaxy.admin(), &collection("acme.tools").build());
    let half = "UPDATE task SET state = 'canceling', started_at = updated_at";
    change(&galaxy, half);
    let admin = galaxy.admin();
    let answer = admin.patch(&task, CANCELED).expect(200).json();
    assert_eq!(answer["state"], "canceling", "{answer}");
    with_a_worker(&mut galaxy);
    ended(&galaxy.admin(), &task);
    check_canceled(&galaxy, &task);
    check_nothing_is_left(&galaxy);
}

#[test]
fn a_canceled_import_takes_no_file_away_that_others_need() {
    let mut galaxy = TestServer::start();
    let artifact = collection("acme.tools").build();
    galaxy.admin().publish(&artifact).succeeds();
    galaxy.restart_with(|config| config.publishing.workers = 0);
    let admin = galaxy.admin();
    let other = collection("acme.other").build();
    let [again, first, second] =
        [&artifact, &other, &other].map(|artifact| upload(&admin, artifact));
    for task in [&again, &first] {
        admin.patch(task, CANCELED).expect(200);
    }
    let mut kept = [artifact.sha256(), other.sha256()];
    kept.sort();
    assert_eq!(galaxy.stored_files(), kept);
    with_a_worker(&mut galaxy);
    let second = ended(&galaxy.admin(), &second);
    assert_eq!(second["state"], "completed", "{second}");
}

#[test]
fn a_task_that_has_ended_is_a_conflict_and_shown_as_it_is() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let bad = collection("acme.other").info("tags", json!(["Bad-Tag"]));
    for (artifact, state) in [
        (collection("acme.tools").build(), "completed"),
        (bad.build(), "failed"),
    ] {
        let task = upload(&admin, &artifact);
        let shown = ended(&admin, &task);
        let answer = admin.patch(&task, CANCELED).expect(409).json();
        assert_eq!(answer["state"], state);
        assert_eq!(answer, shown);
    }
    admin.get("v3/collections/acme/tools/").expect(200);
}

#[test]
fn who_started_a_task_cancels_it_and_so_does_who_may_change_tasks() {
    let galaxy = without_workers();
    let ana = galaxy.user("ana", &["galaxy.collection_publisher"]);
    let ben = galaxy.user("ben", &["galaxy.collection_publisher"]);
    let taskmaster = galaxy.user("eve", &["galaxy.task_admin"]);
    let artifact = collection("acme.tools").build();
    for allowed in [&ana, &taskmaster, &galaxy.admin()] {
        let task = upload(&ana, &artifact);
        galaxy.anonymous().patch(&task, CANCELED).expect(401);
        let refused = ben.patch(&task, CANCELED).expect(403).json();
        let told = "You do not have permission to perform this action.";
        assert_eq!(refused, json!({"detail": told}));
        // Whether the body is in order is nothing for those who may not.
        ben.patch(&task, "{}").expect(403);
        let shown = ben.get(&task).expect(200).json();
        assert_eq!(shown["state"], "waiting", "{shown}");
        allowed.patch(&task, CANCELED).expect(200);
        check_canceled(&galaxy, &task);
    }
    let orphan = upload(&ana, &artifact);
    change(&galaxy, "UPDATE task SET created_by = NULL");
    ana.patch(&orphan, CANCELED).expect(403);
    taskmaster.patch(&orphan, CANCELED).expect(200);
}

#[test]
fn a_task_can_be_asked_for_nothing_but_its_end() {
    let galaxy = without_workers();
    let admin = galaxy.admin();
    let task = upload(&admin, &collection("acme.tools").build());
    let only = "The only acceptable value for 'state' is 'canceled'.";
    for (body, told) in [
        (r#"{"state": "running"}"#, only),
        (r#"{"state": "Canceled"}"#, only),
        (r#"{"state": ""}"#, only),
        (r#"{"state": null}"#, "This field may not be null."),
        (r#"{"state": ["canceled"]}"#, "Not a valid string."),
        ("{}", "This field is required."),
        ("", "This field is required."),
    ] {
        let refused = admin.patch(&task, body).expect(400).json();
        assert_eq!(refused, json!({"state": [told]}), "{body}");
    }
    admin.patch(&task, "{").expect(400);
    let put = admin.send("PUT", &task, "application/json", CANCELED.as_bytes());
    assert_eq!(
        put.expect(405).header("allow"),
        "GET, PATCH, DELETE, HEAD, OPTIONS"
    );
    let shown = admin.get(&task).expect(200).json();
    assert_eq!(shown["state"], "waiting", "{shown}");
    let form = admin.send(
        "PATCH",
        &task,
        "application/x-www-form-urlencoded",
        b"state=canceled",
    );
    assert_eq!(form.expect(200).json()["state"], "canceled");
}
