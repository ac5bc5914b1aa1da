//! Forgetting tasks that have ended.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::server::until;
use crate::support::tarball::collection;

const TASKS: &str = "pulp/api/v3/tasks/";
const PURGE: &str = "pulp/api/v3/tasks/purge/";

/// A hub with two imports that went well and one that failed.
fn hub() -> TestServer {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for version in ["1.0.0", "2.0.0"] {
        let artifact = collection("acme.tools").version(version).build();
        admin.publish(&artifact).succeeds();
    }
    let broken = collection("acme.broken").without("authors").build();
    admin.publish(&broken).fails_with("");
    galaxy
}

fn states(client: &Client) -> Vec<String> {
    client.get(TASKS).expect(200).column("state")
}

fn purge(client: &Client, body: Value) -> Value {
    client.ended(&client.post(PURGE, &body.to_string()).expect(202))
}

#[test]
fn tasks_are_narrowed_by_their_names() {
    let galaxy = hub();
    let admin = galaxy.admin();
    purge(&admin, json!({"finished_before": "1970-02-01"}));
    let name = "pulpcore.app.tasks.purge.purge";
    let count = |query: &str| {
        let found = admin.get(&format!("{TASKS}?{query}"));
        found.expect(200).json()["count"].clone()
    };
    assert_eq!(count(&format!("name={name}")), 1);
    assert_eq!(count(&format!("name__ne={name}")), 3);
    assert_eq!(count(r"name__regex=\.purge$"), 1);
}

/// No row is left of a task that is gone.
fn check_whole(galaxy: &TestServer) {
    for table in [
        "collection_import",
        "import_message",
        "task_lock",
        "task_result",
        "task_progress",
    ] {
        let orphans: i64 = galaxy.value(&format!(
            "SELECT count(*) FROM {table} WHERE task_id NOT IN (SELECT id FROM task)"
        ));
        assert_eq!(orphans, 0, "{table}");
    }
    let held: i64 = galaxy.value(
        "SELECT count(*) FROM role_assignment
          WHERE object_kind = 'task' AND object_id NOT IN (SELECT id FROM task)",
    );
    assert_eq!(held, 0);
}

#[test]
fn a_task_that_has_ended_is_deleted_with_its_log_and_what_it_made_stays() {
    let galaxy = hub();
    let admin = galaxy.admin();
    let task = admin.get(&format!("{TASKS}?limit=1&ordering=pulp_created"));
    let task = task.expect(200).json()["results"][0].clone();
    let path = task["pulp_href"].as_str().unwrap();
    let ana = galaxy.user("ana", &["galaxy.collection_publisher"]);
    ana.delete(path).expect(403);
    galaxy.anonymous().delete(path).expect(401);
    galaxy.sql(
        "INSERT INTO role_assignment (uuid, user_id, role_id, object_kind, object_id, created_at)
         SELECT 'x', 1, (SELECT id FROM role WHERE name = 'galaxy.task_admin'), 'task', min(id), 0 FROM task",
    );
    let eve = galaxy.user("eve", &["galaxy.task_admin"]);
    eve.delete(path).expect(204);
    check_whole(&galaxy);
    admin.get(path).expect(404);
    eve.delete(path).expect(404);
    let id = path.trim_end_matches('/').rsplit_once('/').unwrap().1;
    admin
        .get(&format!("v3/imports/collections/{id}/"))
        .expect(404);
    admin
        .get("v3/collections/acme/tools/versions/1.0.0/")
        .expect(200);
    assert_eq!(states(&admin), ["failed", "completed"]);
}

#[test]
fn a_task_that_has_not_ended_stays() {
    let galaxy = hub();
    let admin = galaxy.admin();
    galaxy.sql("UPDATE task SET state = 'running', finished_at = NULL WHERE id = 1");
    let path = admin.get(&format!("{TASKS}?state=running")).expect(200);
    let path = path.column("pulp_href").remove(0);
    let refused = admin.delete(&path).expect(409).json();
    assert_eq!(
        refused,
        json!({"detail": "The task has not ended yet; cancel it first."})
    );
    let all = json!({"finished_before": "2999-01-01T00:00:00Z", "states": ["completed", "failed", "canceled", "skipped"]});
    let done = purge(&admin, all);
    assert_eq!(done["state"], "completed", "{done}");
    assert_eq!(done["name"], "pulpcore.app.tasks.purge.purge");
    assert_eq!(done["progress_reports"][0]["done"], 2, "{done}");
    assert_eq!(states(&admin), ["completed", "running"]);
    check_whole(&galaxy);
    galaxy.sql("UPDATE task SET state = 'completed', finished_at = 0 WHERE id = 1");
}

#[test]
fn a_purge_forgets_what_it_is_told_to_and_no_more() {
    let galaxy = hub();
    let admin = galaxy.admin();
    let month = 31 * 24 * 60 * 60 * 1_000_000_i64;
    // Nothing is old, unless it is said what old is.
    assert_eq!(purge(&admin, json!({}))["progress_reports"][0]["done"], 0);
    purge(&admin, json!({"finished_before": "2020-01-01"}));
    purge(
        &admin,
        json!({"finished_before": "2999-01-01", "states": []}),
    );
    assert_eq!(galaxy.rows("task"), 6);
    let done = purge(
        &admin,
        json!({"finished_before": "2999-01-01", "states": ["failed"]}),
    );
    assert_eq!(done["progress_reports"][0]["done"], 1);
    galaxy.sql(&format!(
        "UPDATE task SET finished_at = finished_at - {month} WHERE id = 1"
    ));
    let done = purge(&admin, json!({}));
    assert_eq!(done["progress_reports"][0]["done"], 1);
    let first: i64 = galaxy.value("SELECT min(id) FROM task");
    assert_eq!(first, 2);
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
        INSERT INTO task (uuid, name, state, job, correlation_id, created_at, updated_at, finished_at)
        SELECT 'old-' || i, 'old', 'completed', '{}', '', 0, 0, 0 FROM n";
    galaxy.sql(many);
    let done = purge(&admin, json!({"finished_before": "1970-02-01"}));
    assert_eq!(done["progress_reports"][0]["done"], 250);
    check_whole(&galaxy);
}

#[test]
fn a_purge_that_makes_no_sense_is_refused() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for (body, told) in [
        (
            json!({"states": ["completed", "nope"]}),
            json!({"states": ["\"nope\" is not a valid choice."]}),
        ),
        (
            json!({"states": ["running"]}),
            json!({"states": ["\"running\" is not a valid choice."]}),
        ),
        (
            json!({"states": "completed"}),
            json!({"states": ["Expected a list of items."]}),
        ),
        (
            json!({"finished_before": "soon"}),
            json!({"finished_before": ["Datetime has wrong format. Write it as 2030-01-31T12:00:00Z."]}),
        ),
    ] {
        let refused = admin.post(PURGE, &body.to_string()).expect(400).json();
        assert_eq!(refused, told, "{body}");
    }
    galaxy.user("ana", &[]).post(PURGE, "{}").expect(403);
    assert_eq!(galaxy.rows("task"), 0);
}

/// Whether the first start after `days` finds the old tasks gone.
fn is_forgotten(minutes: Option<u64>, days: i64) -> bool {
    let mut galaxy = hub();
    let time = days * 24 * 60 * 60 * 1_000_000;
    galaxy.sql(&format!(
        "UPDATE task SET finished_at = finished_at - {time} WHERE id <= 2;
         UPDATE task SET finished_at = NULL, state = 'waiting', job = '{{\"kind\": \"fetch_avatar\", \"namespace\": 0}}'
          WHERE id = 1"
    ));
    galaxy.restart_with(|config| {
        if let Some(minutes) = minutes {
            let time = std::time::Duration::from_secs(60 * minutes);
            config.publishing.task_protection = (minutes > 0).then_some(time);
        }
    });
    // Whoever does errands forgets before taking one up, so that it is done tells that it has.
    until(|| galaxy.value::<i64>("SELECT count(*) FROM task WHERE finished_at IS NULL") == 0);
    check_whole(&galaxy);
    assert!(galaxy.value::<i64>("SELECT count(*) FROM task WHERE id IN (1, 3)") == 2);
    galaxy.value::<i64>("SELECT count(*) FROM task WHERE id = 2") == 0
}

#[test]
fn old_tasks_are_forgotten_at_the_start() {
    assert!(is_forgotten(None, 31), "30 days are usual");
    assert!(!is_forgotten(None, 29));
    assert!(is_forgotten(Some(60), 1));
    assert!(!is_forgotten(Some(0), 10_000), "0 is for ever");
}
