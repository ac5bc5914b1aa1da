//! Distributions, by the pulp API.

use serde_json::Value;
use serde_json::json;

use crate::support::server::TestServer;

const DISTRIBUTIONS: &str = "pulp/api/v3/distributions/ansible/ansible/";

#[test]
fn a_repository_is_served_under_a_name_and_no_more() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({"name": "own", "base_path": "team/own", "repository": galaxy.repository("community")});
    let begun = admin
        .post(DISTRIBUTIONS, &body.to_string())
        .expect(202)
        .json();
    let task = admin
        .get(begun["task"].as_str().unwrap())
        .expect(200)
        .json();
    assert_eq!(
        (&task["state"], &task["name"]),
        (
            &json!("completed"),
            &json!("pulpcore.app.tasks.base.general_create")
        )
    );
    let href = task["created_resources"][0].as_str().unwrap().to_owned();
    let made = admin.get(&href).expect(200).json();
    let client_url = made["client_url"].as_str().unwrap();
    assert!(
        client_url.ends_with("/pulp_ansible/galaxy/team/own/") && client_url.starts_with("http://")
    );
    admin.get("content/team/own/v3/collections/").expect(200);
    admin
        .patch(
            &href,
            r#"{"base_path": "moved", "pulp_labels": {"a": "b"}}"#,
        )
        .expect(202);
    admin.get("content/team/own/v3/collections/").expect(404);
    admin.get("content/moved/v3/collections/").expect(200);
    let now = admin.get(&href).expect(200).json();
    assert_eq!(now["pulp_labels"], json!({"a": "b"}));
    assert_eq!(
        admin
            .patch(&href, r#"{"base_path": "moved"}"#)
            .expect(200)
            .json(),
        now
    );
    admin.patch(&href, r#"{"repository": null}"#).expect(202);
    admin.get("content/moved/v3/collections/").expect(404);
    let found = |query: &str| {
        admin
            .get(&format!("{DISTRIBUTIONS}?{query}"))
            .expect(200)
            .column("name")
    };
    assert_eq!(found("pulp_label_select=a%3Db"), ["own"]);
    assert_eq!(found("repository=null"), ["own"]);
    assert_eq!(found("base_path__icontains=MOV"), ["own"]);
    assert_eq!(
        found(&format!("repository={}", galaxy.repository("community"))),
        ["community"]
    );
    admin.delete(&href).expect(202);
    let missing = json!({"detail": "No AnsibleDistribution matches the given query."});
    assert_eq!(admin.get(&href).expect(404).json(), missing);
    let task = admin
        .get(begun["task"].as_str().unwrap())
        .expect(200)
        .json();
    assert_eq!(task["created_resources"], json!(["<unavailable>"]));
}

#[test]
fn what_is_wrong_with_a_distribution_is_told_and_nothing_is_served() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let taken = json!({"name": "own", "base_path": "team/own"}).to_string();
    admin.post(DISTRIBUTIONS, &taken).expect(202);
    let before = galaxy.rows("distribution");
    let community = galaxy.repository("community");
    for (body, field) in [
        (json!({}), "base_path"),
        (json!({"name": "own", "base_path": "other"}), "name"),
        (json!({"name": "x", "base_path": "team/own"}), "base_path"),
        (
            json!({"name": "x", "base_path": "team/own/sub"}),
            "base_path",
        ),
        (json!({"name": "x", "base_path": "team"}), "base_path"),
        (json!({"name": "x", "base_path": "a b"}), "base_path"),
        (json!({"name": "x", "base_path": "/a/"}), "base_path"),
        (json!({"name": "x", "base_path": "../a"}), "base_path"),
        (
            json!({"name": "x", "base_path": "x", "repository": "nope"}),
            "repository",
        ),
        (
            json!({"name": "x", "base_path": "x", "pulp_labels": {"a": "("}}),
            "pulp_labels",
        ),
        (json!({"name": "x", "base_path": "x", "nope": 1}), "nope"),
        (
            json!({"name": "x", "base_path": "x", "repository": community, "repository_version": format!("{community}versions/0/")}),
            "non_field_errors",
        ),
        (
            json!({"name": "x", "base_path": "x", "repository_version": format!("{community}versions/0/")}),
            "repository_version",
        ),
    ] {
        let told = admin
            .post(DISTRIBUTIONS, &body.to_string())
            .expect(400)
            .json();
        assert!(told.get(field).is_some(), "{body}: {told}");
    }
    assert_eq!(galaxy.rows("distribution"), before);
    let told = json!({"name": "x", "base_path": "team/own/sub"}).to_string();
    let told = admin.post(DISTRIBUTIONS, &told).expect(400).json();
    assert_eq!(
        told,
        json!({"base_path": {"base_path": "Overlaps with existing distribution 'own'"}})
    );
}

#[test]
fn distributions_follow_the_permissions_of_what_they_serve() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let made = admin.post(
        "pulp/api/v3/repositories/ansible/ansible/",
        r#"{"name": "own", "private": true}"#,
    );
    let own = made.expect(201).json()["pulp_href"]
        .as_str()
        .unwrap()
        .to_owned();
    let serve = |name: &str, repository: Value| {
        let body = json!({"name": name, "base_path": name, "repository": repository}).to_string();
        let begun = admin.post(DISTRIBUTIONS, &body).expect(202).json();
        let task = admin
            .get(begun["task"].as_str().unwrap())
            .expect(200)
            .json();
        task["created_resources"][0].as_str().unwrap().to_owned()
    };
    let (served, empty) = (serve("own", json!(own)), serve("empty", Value::Null));
    ana.get(&served).expect(403);
    assert_eq!(
        ana.get(&format!("{DISTRIBUTIONS}?name=own"))
            .expect(200)
            .json()["count"],
        0
    );
    ana.patch(&served, r#"{"hidden": true}"#).expect(403);
    let add = json!({"role": "galaxy.ansible_repository_owner", "users": ["ana"], "groups": []});
    admin
        .post(&format!("{own}add_role/"), &add.to_string())
        .expect(201);
    ana.patch(&served, r#"{"hidden": true}"#).expect(202);
    ana.patch(&empty, r#"{"hidden": true}"#).expect(403);
    ana.delete(&empty).expect(403);
    ana.delete(&served).expect(202);
    galaxy
        .user("bob", &["galaxy.ansible_repository_owner"])
        .delete(&empty)
        .expect(202);
}
