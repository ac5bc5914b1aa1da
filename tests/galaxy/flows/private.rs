//! What is in a private repository does not leave it by a side door.

use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

const UPLOAD: &str = "content/validated/v3/artifacts/collections/";
const ARTIFACT: &str =
    "v3/plugin/ansible/content/validated/collections/artifacts/acme-hidden-1.0.0.tar.gz";

/// `acme.hidden` in a private repository, put there by the administrator.
fn hidden() -> (TestServer, Artifact, String) {
    let galaxy = TestServer::start();
    let private = "UPDATE repository SET private = 1 WHERE name = 'validated'";
    galaxy.sql(private);
    let artifact = collection("acme.hidden").build();
    let import = galaxy.admin().publish_to(UPLOAD, &artifact).succeeds().0;
    let id = import["id"].as_str().unwrap().to_owned();
    (galaxy, artifact, id)
}

/// Asks, and checks that nothing that comes back knows the secret name.
fn ask(client: &Client, path: &str) -> u16 {
    let reply = client.get(path);
    let headers = format!("{:?}", reply.headers);
    assert!(
        !reply.text().contains("hidden") && !headers.contains("hidden"),
        "{path}: {} {headers}",
        reply.text()
    );
    reply.status
}

#[test]
fn an_import_into_it_is_followed_by_those_who_see_it() {
    let (galaxy, _, id) = hidden();
    let path = format!("v3/imports/collections/{id}/");
    let plain = galaxy.user("ana", &[]);
    assert_eq!(ask(&plain, &path), 404);
    galaxy.admin().get(&path).expect(200);
    galaxy
        .user("curator", &["galaxy.auditor"])
        .get(&path)
        .expect(200);
    let gone = "UPDATE collection_import SET repository_id = NULL";
    galaxy.sql(gone);
    assert_eq!(ask(&plain, &path), 404);
}

#[test]
fn whoever_started_an_import_follows_it_without_seeing_the_repository() {
    let (galaxy, _, _) = hidden();
    galaxy
        .admin()
        .post("v3/namespaces/", r#"{"name": "own_space"}"#)
        .expect(201);
    let galaxy_user = galaxy.user("ana", &["galaxy.collection_admin"]);
    let import = galaxy_user
        .publish_to(UPLOAD, &collection("own_space.tools").build())
        .succeeds()
        .0;
    let taken =
        "DELETE FROM role_assignment WHERE user_id = (SELECT id FROM user WHERE username = 'ana')";
    galaxy.sql(taken);
    let path = format!("v3/imports/collections/{}/", import["id"].as_str().unwrap());
    galaxy_user.get(&path).expect(200);
    galaxy_user
        .get("content/validated/v3/collections/own_space/tools/")
        .expect(403);
}

#[test]
fn a_task_tells_others_neither_what_it_made_nor_why_it_failed() {
    let (galaxy, _, id) = hidden();
    let broken = collection("acme.hidden")
        .version("2.0.0")
        .without("authors")
        .build();
    let failed = galaxy.admin().publish_to(UPLOAD, &broken).0;
    let failed = failed["id"].as_str().unwrap().to_owned();
    let plain = galaxy.user("ana", &[]);
    for family in ["v3", "pulp/api/v3"] {
        let path = |id: &str| format!("{family}/tasks/{id}/");
        let told = plain.get(&path(&failed)).expect(200).json();
        assert_eq!(
            told["error"]["description"],
            "The reason is told to those who may see the repository."
        );
        let told = galaxy.admin().get(&path(&failed)).expect(200).json();
        let why = told["error"]["description"].as_str().unwrap();
        assert!(why.contains("authors"), "{why}");
        assert_eq!(ask(&plain, &path(&id)), 200);
    }
    let made = plain.get(&format!("pulp/api/v3/tasks/{id}/")).json();
    assert_eq!(made["created_resources"].as_array().unwrap().len(), 0);
    let made = galaxy
        .admin()
        .get(&format!("pulp/api/v3/tasks/{id}/"))
        .json();
    assert_eq!(made["created_resources"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&plain, "v3/tasks/"), 200);
}

#[test]
fn a_refusal_is_the_same_whether_or_not_the_thing_is_there() {
    let (galaxy, artifact, _) = hidden();
    let plain = galaxy.user("ana", &[]);
    for (there, absent) in [
        (ARTIFACT.to_owned(), ARTIFACT.replace("1.0.0", "9.9.9")),
        (
            "content/validated/v3/collections/acme/hidden/".to_owned(),
            "content/validated/v3/collections/acme/absent/".to_owned(),
        ),
        (
            "content/validated/v3/collections/acme/hidden/versions/1.0.0/".to_owned(),
            "content/validated/v3/collections/acme/hidden/versions/9.9.9/".to_owned(),
        ),
        (
            "content/validated/v3/collections/acme/hidden/versions/1.0.0/docs-blob/".to_owned(),
            "content/validated/v3/collections/acme/absent/versions/1.0.0/docs-blob/".to_owned(),
        ),
    ] {
        let tag = format!("\"{}\"", artifact.sha256());
        let ask = |client: &Client, path: &str| {
            let reply = client.header("if-none-match", &tag).get(path);
            (reply.status, reply.text())
        };
        assert_eq!(ask(&plain, &there).0, 403, "{there}");
        assert_eq!(ask(&plain, &there), ask(&plain, &absent), "{there}");
        let stranger = galaxy.anonymous();
        assert_eq!(ask(&stranger, &there).0, 401, "{there}");
        assert_eq!(ask(&stranger, &there), ask(&stranger, &absent), "{there}");
    }
}

#[test]
fn other_repositories_do_not_count_what_it_holds() {
    let (galaxy, _, _) = hidden();
    let plain = galaxy.user("ana", &[]);
    for path in ["v3/collections/", "v3/collections/?namespace=acme"] {
        let page = plain.get(path).expect(200).json();
        assert_eq!(page["meta"]["count"], 0, "{path}");
    }
    assert_eq!(ask(&plain, "v3/collections/acme/hidden/"), 404);
    let versions = plain
        .get("v3/collections/acme/hidden/versions/")
        .expect(200)
        .json();
    assert_eq!(versions["meta"]["count"], 0);
}

#[test]
fn publishing_the_same_version_elsewhere_does_not_tell_that_it_is_there() {
    let (galaxy, artifact, _) = hidden();
    let publisher = galaxy.user("ana", &["galaxy.collection_publisher"]);
    let dry = publisher.upload_to(
        "v3/artifacts/collections/?dry_run=true",
        &Form::of(&artifact),
    );
    let fresh = collection("acme.seldom").build();
    let other = publisher.upload_to("v3/artifacts/collections/?dry_run=true", &Form::of(&fresh));
    assert_eq!(dry.status, other.status);
    let told = dry.text().replace("hidden", "seldom");
    let shape = |text: String| {
        let lines: serde_json::Value = serde_json::from_str(&text).unwrap();
        lines["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["message"].as_str().unwrap().to_owned())
            .filter(|line| !line.contains("sha256"))
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(told), shape(other.text()));
}

#[test]
fn whoever_does_not_see_it_is_not_told_its_name_by_the_roles_on_it() {
    let (galaxy, _, _) = hidden();
    let bob = galaxy.user("bob", &[]);
    let definition = galaxy
        .admin()
        .get("_ui/v2/role_definitions/?name=galaxy.ansible_repository_owner")
        .expect(200)
        .json()["results"][0]["id"]
        .clone();
    let role = definition.to_string();
    let uuid: String = galaxy
        .db()
        .read(|tx| {
            let sql = "SELECT uuid FROM repository WHERE name = 'validated'";
            Ok(tx.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    let body = serde_json::json!({
        "role_definition": definition, "user": galaxy.user_id("bob"), "object_id": uuid,
    });
    let given = galaxy
        .admin()
        .post("_ui/v2/role_user_assignments/", &body.to_string())
        .expect(201)
        .json();
    let ana = galaxy.user("ana", &[]);
    let one = format!("_ui/v2/role_user_assignments/{}/", given["id"]);
    for list in [
        "_ui/v2/role_user_assignments/".to_owned(),
        format!("_ui/v2/role_definitions/{role}/user_assignments/"),
    ] {
        let count = |client: &Client| client.get(&list).expect(200).json()["count"].clone();
        assert_eq!(count(&ana), 0, "{list}");
        assert_eq!(count(&bob), 1, "{list}: bob holds it");
        assert_eq!(count(&galaxy.admin()), 1, "{list}");
    }
    ana.get(&one).expect(404);
    bob.get(&one).expect(200);
}
