//! Approving, rejecting and copying: a version goes from one distribution to another.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::TestServer;
use crate::support::server::until;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

/// A hub where somebody approves, and one version that waits.
fn waiting() -> (TestServer, Artifact) {
    let galaxy = TestServer::with(|config| config.publishing.require_content_approval = true);
    let artifact = collection("acme.tools").build();
    galaxy.admin().publish(&artifact).succeeds();
    (galaxy, artifact)
}

fn send(client: &Client, verb: &str, from: &str, to: &str) -> Reply {
    let path = format!("v3/collections/acme/tools/versions/1.0.0/{verb}/{from}/{to}/");
    client.post(&path, "")
}

/// Where the version can be installed from.
fn places(client: &Client) -> Vec<&'static str> {
    let all = ["staging", "published", "rejected", "validated"];
    let is_in = |place: &&str| {
        let path = format!("content/{place}/v3/collections/acme/tools/versions/1.0.0/");
        client.get(&path).status == 200
    };
    all.into_iter().filter(is_in).collect()
}

#[test]
fn a_version_that_waits_is_approved_and_rejected_and_taken_back() {
    let (galaxy, artifact) = waiting();
    let admin = galaxy.admin();
    assert_eq!(places(&admin), ["staging"]);
    let moved = send(&admin, "move", "staging", "published")
        .expect(202)
        .json();
    assert_eq!(moved["copy_task_id"], moved["remove_task_id"]);
    assert_eq!(moved["curate_all_synclist_repository_task_id"], Value::Null);
    assert_eq!(places(&admin), ["published"], "done when the answer comes");
    let id = moved["copy_task_id"].as_str().unwrap();
    let task = admin.get(&format!("v3/tasks/{id}/")).expect(200).json();
    assert_eq!(
        (&task["state"], &task["name"]),
        (
            &json!("completed"),
            &json!("pulp_ansible.app.tasks.copy.move_collection")
        )
    );
    let task = admin
        .get(&format!("pulp/api/v3/tasks/{id}/"))
        .expect(200)
        .json();
    let made = task["created_resources"].as_array().unwrap();
    assert_eq!(made.len(), 2, "a version of each repository: {task}");
    assert_eq!(
        task["reserved_resources_record"].as_array().unwrap().len(),
        2
    );
    send(&admin, "move", "published", "rejected").expect(202);
    assert_eq!(places(&admin), ["rejected"]);
    send(&admin, "move", "rejected", "staging").expect(202);
    assert_eq!(places(&admin), ["staging"]);
    assert_eq!(galaxy.stored_files(), [artifact.sha256()]);
}

#[test]
fn a_copy_leaves_the_version_where_it_was_and_may_be_made_twice() {
    let (galaxy, _) = waiting();
    let admin = galaxy.admin();
    for _ in 0..2 {
        let copied = send(&admin, "copy", "staging", "validated")
            .expect(202)
            .json();
        assert_eq!(
            copied.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["task_id"]
        );
    }
    assert_eq!(places(&admin), ["staging", "validated"]);
}

#[test]
fn what_cannot_be_sent_is_told_in_the_words_of_the_reference() {
    let (galaxy, _) = waiting();
    let admin = galaxy.admin();
    let told = |reply: Reply| reply.refuses(404, "not_found", None).detail();
    assert_eq!(
        told(admin.post(
            "v3/collections/acme/tools/versions/9.0.0/move/staging/published/",
            "{}"
        )),
        "Collection acme-tools-9.0.0 not found"
    );
    for (from, to) in [("nowhere", "published"), ("staging", "nowhere")] {
        assert_eq!(
            told(send(&admin, "move", from, to)),
            "Repo(s) for moving collection acme-tools-1.0.0 not found"
        );
    }
    assert_eq!(
        told(send(&admin, "move", "published", "rejected")),
        "Collection acme-tools-1.0.0 not found in source repo"
    );
    send(&admin, "copy", "staging", "published").expect(202);
    assert_eq!(
        told(send(&admin, "move", "staging", "published")),
        "Collection acme-tools-1.0.0 already found in destination repo"
    );
    assert_eq!(galaxy.rows("task"), 2, "an import and a copy");
}

#[test]
fn both_repositories_must_be_the_callers_to_change() {
    let (galaxy, _) = waiting();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &["galaxy.collection_publisher"]);
    send(&ana, "move", "staging", "published").expect(403);
    send(&ana, "move", "staging", "nowhere").expect(403);
    let owner = |name: &str| {
        let id: String = galaxy.value(&format!(
            "SELECT uuid FROM repository WHERE name = '{name}'"
        ));
        let path = format!("pulp/api/v3/repositories/ansible/ansible/{id}/add_role/");
        let body =
            json!({"role": "galaxy.ansible_repository_owner", "users": ["ana"], "groups": []});
        admin.post(&path, &body.to_string()).expect(201);
    };
    owner("staging");
    send(&ana, "move", "staging", "published").expect(403);
    owner("published");
    send(&ana, "move", "staging", "published").expect(202);
    assert_eq!(places(&admin), ["published"]);
}

#[test]
fn other_bytes_of_a_version_take_the_place_of_what_was_approved_before() {
    let (galaxy, first) = waiting();
    let admin = galaxy.admin();
    send(&admin, "move", "staging", "published").expect(202);
    let other = collection("acme.tools")
        .info("description", "Other bytes".into())
        .build();
    admin.publish(&other).succeeds();
    send(&admin, "move", "staging", "published").expect(202);
    let found = admin
        .get("v3/collections/acme/tools/versions/1.0.0/")
        .expect(200)
        .json();
    assert_eq!(found["artifact"]["sha256"], other.sha256());
    assert_eq!(
        galaxy.stored_files().len(),
        2,
        "the version before is there to roll back to"
    );
    assert!(galaxy.stored_files().contains(&first.sha256()));
}

#[test]
fn a_deprecation_goes_along() {
    let (galaxy, _) = waiting();
    let admin = galaxy.admin();
    admin
        .patch(
            "content/staging/v3/collections/acme/tools/",
            r#"{"deprecated": true}"#,
        )
        .expect(202);
    send(&admin, "move", "staging", "published").expect(202);
    let found = admin.get("v3/collections/acme/tools/").expect(200).json();
    assert_eq!(found["deprecated"], true);
    admin
        .get("content/staging/v3/collections/acme/tools/")
        .expect(404);
}

#[test]
fn of_two_who_move_the_same_version_one_does() {
    let (galaxy, _) = waiting();
    let admin = galaxy.admin();
    let statuses = std::thread::scope(|scope| {
        let both = ["published", "rejected"].map(|to| {
            let admin = &admin;
            scope.spawn(move || send(admin, "move", "staging", to).status)
        });
        let mut both = both.map(|thread| thread.join().unwrap());
        both.sort_unstable();
        both
    });
    assert_eq!((statuses, places(&admin).len()), ([202, 404], 1));
}

#[test]
fn a_change_waits_for_who_has_the_repository_and_is_done_or_canceled_then() {
    let (galaxy, _) = waiting();
    let admin = galaxy.admin();
    let state = |task: &Value| {
        let path = format!("pulp/api/v3/tasks/{}/", task.as_str().unwrap());
        admin.get(&path).expect(200).json()["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // As if something long were at work there.
    galaxy.sql(
        "INSERT INTO task (uuid, name, state, job, correlation_id, created_at, updated_at, started_at)
         VALUES ('00000000-0000-0000-0000-000000000009', 'x', 'running', '{\"kind\":\"done\"}', 'x', 0, 0, 9000000000000000);
         INSERT INTO task_lock (task_id, position, kind, uuid, is_shared)
         SELECT last_insert_rowid(), 0, 'repository', uuid, 0 FROM repository WHERE name = 'published'",
    );
    let sent = |verb: &str| {
        send(&admin, verb, "staging", "published")
            .expect(202)
            .json()
    };
    let (canceled, copied) = (
        sent("move")["copy_task_id"].clone(),
        sent("copy")["task_id"].clone(),
    );
    assert_eq!(
        (state(&canceled), state(&copied)),
        ("waiting".to_owned(), "waiting".to_owned())
    );
    assert_eq!(places(&admin), ["staging"]);
    let path = format!("pulp/api/v3/tasks/{}/", canceled.as_str().unwrap());
    admin.patch(&path, r#"{"state": "canceled"}"#).expect(200);
    assert_eq!(state(&canceled), "canceled");
    galaxy.sql("DELETE FROM task WHERE name = 'x'");
    until(|| state(&copied) == "completed");
    assert_eq!(places(&admin), ["staging", "published"]);
}
