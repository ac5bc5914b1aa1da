//! What had happened to content on the recorded server: the tasks that recordings ask for are done here by the API.

use serde_json::Value;
use serde_json::json;

use crate::conformance::stage::Stage;
use crate::support::client::Client;

/// The path of the task that an answer names.
fn task(answer: &Value) -> String {
    answer["task"].as_str().unwrap().to_owned()
}

/// Moves, copies, deprecates and deletes, and returns the variables that the recordings have for all that.
pub fn live(stage: &Stage) -> Vec<(&'static str, String)> {
    let admin = &stage.people["admin"];
    let post = |path: &str, body: Value| admin.post(path, &body.to_string());
    let repositories = "pulp/api/v3/repositories/ansible/ansible/";
    let distributions = "pulp/api/v3/distributions/ansible/ansible/";
    let plain = post(repositories, json!({"name": "rec_repo_plain"}))
        .expect(201)
        .json();
    let plain = id(&plain["pulp_href"]);
    let deleted = admin
        .delete(&format!("{repositories}{plain}/"))
        .expect(202)
        .json();
    let rec = href(admin, repositories, "rec_repo");
    let serve = |name: &str| {
        let body = json!({"name": name, "base_path": name, "repository": rec});
        post(distributions, body).expect(202).json()
    };
    let served = serve("rec_to_stay");
    serve("rec_to_go");
    let moved = post(
        "v3/collections/rec_alpha/moved/versions/1.0.0/move/staging/published/",
        json!({}),
    );
    let moved = moved.expect(202).json()["copy_task_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let copied = json!({"collection_versions": [stage.variables["cv_tiny"]], "destination_repositories": [rec]});
    let published = id(&Value::from(href(admin, repositories, "published")));
    let copied = post(
        &format!("{repositories}{published}/copy_collection_version/"),
        copied,
    );
    let index = "v3/plugin/ansible/content/published/collections/index/rec_alpha";
    let deprecated = admin.patch(&format!("{index}/moved/"), r#"{"deprecated": true}"#);
    let to_go = admin.patch(&format!("{index}/moved/"), r#"{"deprecated": true}"#);
    let version = admin.delete(&format!("{index}/brief/versions/1.0.0/"));
    let collection = admin.delete(&format!("{index}/brief/"));
    vec![
        ("repo_plain", plain),
        ("repo_rec_href", rec),
        ("repo_published", published),
        (
            "dist_pinned",
            id(&Value::from(href(admin, distributions, "rec_to_go"))),
        ),
        (
            "dist_rec",
            id(&Value::from(href(admin, distributions, "rec_repo"))),
        ),
        (
            "dist_published",
            id(&Value::from(href(admin, distributions, "published"))),
        ),
        ("t_del", task(&deleted)),
        ("t_dist", task(&served)),
        ("t_x", moved.clone()),
        ("t_mv", moved),
        ("t_pc", task(&copied.expect(202).json())),
        ("t_dp", task(&deprecated.expect(202).json())),
        ("t_patch", task(&to_go.expect(202).json())),
        ("t_dv", task(&version.expect(202).json())),
        ("t_dc", task(&collection.expect(202).json())),
    ]
}

/// The path of the one in a list that is called `name`.
fn href(admin: &Client, list: &str, name: &str) -> String {
    let found = admin.get(&format!("{list}?name={name}")).expect(200).json();
    found["results"][0]["pulp_href"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The last part of a path.
fn id(path: &Value) -> String {
    let path = path.as_str().unwrap().trim_end_matches('/');
    path.rsplit('/').next().unwrap().to_owned()
}
