//! Deprecating and deleting collections and versions.

use serde_json::json;

use crate::support::server::TestServer;
use crate::support::tarball::Builder;
use crate::support::tarball::collection;

const TOOLS: &str = "v3/plugin/ansible/content/published/collections/index/acme/tools/";

fn publish(galaxy: &TestServer, artifacts: &[Builder]) {
    let admin = galaxy.admin();
    artifacts.iter().for_each(|artifact| {
        admin.publish(&artifact.build()).succeeds();
    });
}

#[test]
fn a_collection_is_deprecated_in_one_repository() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    publish(&galaxy, &[collection("acme.tools")]);
    admin
        .post(
            "v3/collections/acme/tools/versions/1.0.0/copy/published/validated/",
            "",
        )
        .expect(202);
    let stamp = || admin.get("v3/").expect(200).json()["published"].clone();
    let before = stamp();
    let begun = admin
        .patch(TOOLS, r#"{"deprecated": true}"#)
        .expect(202)
        .json();
    let task = admin
        .get(begun["task"].as_str().unwrap())
        .expect(200)
        .json();
    assert_eq!(task["state"], "completed");
    assert_ne!(stamp(), before, "mirrors look for that");
    let deprecated = |place: &str| {
        let path = format!("content/{place}/v3/collections/acme/tools/");
        admin.get(&path).expect(200).json()["deprecated"]
            .as_bool()
            .unwrap()
    };
    assert_eq!(
        [deprecated("published"), deprecated("validated")],
        [true, false]
    );
    let listed = |query: &str| {
        let path =
            format!("v3/plugin/ansible/content/published/collections/index/?deprecated={query}");
        admin.get(&path).expect(200).json()["meta"]["count"].clone()
    };
    assert_eq!([listed("true"), listed("false")], [json!(1), json!(0)]);
    // Nothing said is nothing done, and neither is saying it again.
    let before = stamp();
    for body in ["", "{}", r#"{"deprecated": true}"#] {
        admin.patch(TOOLS, body).expect(202);
    }
    assert_eq!(stamp(), before);
    admin
        .patch("v3/collections/acme/tools/", r#"{"deprecated": false}"#)
        .expect(202);
    assert!(!deprecated("published"));
    admin
        .patch(TOOLS, r#"{"deprecated": "perhaps"}"#)
        .refuses(400, "invalid", Some("deprecated"));
    admin
        .patch(TOOLS, r#"{"deprecated": null}"#)
        .refuses(400, "null", Some("deprecated"));
    admin
        .patch(&TOOLS.replace("tools", "none"), r#"{"deprecated": true}"#)
        .refuses(404, "not_found", None);
}

#[test]
fn a_new_version_of_a_deprecated_collection_leaves_it_deprecated() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    publish(&galaxy, &[collection("acme.tools")]);
    admin.patch(TOOLS, r#"{"deprecated": true}"#).expect(202);
    publish(&galaxy, &[collection("acme.tools").version("2.0.0")]);
    assert_eq!(admin.get(TOOLS).expect(200).json()["deprecated"], true);
}

#[test]
fn a_version_is_deleted_from_everywhere_and_its_file_with_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    publish(
        &galaxy,
        &[
            collection("acme.tools"),
            collection("acme.tools").version("2.0.0"),
        ],
    );
    admin
        .post(
            "v3/collections/acme/tools/versions/2.0.0/copy/published/validated/",
            "",
        )
        .expect(202);
    let begun = admin
        .delete(&format!("{TOOLS}versions/2.0.0/"))
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
            &json!("pulp_ansible.app.tasks.deletion.delete_collection_version")
        )
    );
    assert_eq!(task["created_resources"].as_array().unwrap().len(), 2);
    assert_eq!(task["progress_reports"][0]["done"], 1);
    for place in ["published", "validated"] {
        admin
            .get(&format!(
                "content/{place}/v3/collections/acme/tools/versions/2.0.0/"
            ))
            .expect(404);
    }
    admin
        .get("content/validated/v3/collections/acme/tools/")
        .expect(404);
    assert_eq!(
        admin.get(TOOLS).expect(200).json()["highest_version"]["version"],
        "1.0.0"
    );
    assert_eq!(galaxy.stored_files().len(), 1);
    // The last version takes the collection along; it can be published again, from nothing.
    admin
        .delete("v3/collections/acme/tools/versions/1.0.0/")
        .expect(202);
    assert_eq!(
        (
            galaxy.rows("collection"),
            galaxy.rows("collection_version"),
            galaxy.stored_files().len()
        ),
        (0, 0, 0)
    );
    admin
        .delete("v3/collections/acme/tools/versions/1.0.0/")
        .refuses(404, "not_found", None);
    publish(&galaxy, &[collection("acme.tools").version("2.0.0")]);
}

#[test]
fn what_others_need_stays() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    publish(
        &galaxy,
        &[
            collection("acme.tools"),
            collection("acme.tools").version("1.5.0"),
            collection("acme.tools").version("2.0.0"),
            collection("acme.tools").version("3.0.0-rc.1"),
            collection("acme.user").depends_on("acme.tools", ">=1.0.0,<2.0.0"),
            collection("acme.user")
                .version("1.1.0")
                .depends_on("acme.tools", "2.0.0"),
        ],
    );
    let told = admin.delete(TOOLS).expect(400).json();
    assert_eq!(
        told,
        json!({
            "detail": "Collection acme.tools could not be deleted because there are other collections that require it.",
            "dependent_collection_versions": ["acme.user 1.0.0", "acme.user 1.1.0"],
        })
    );
    let needed = admin
        .delete(&format!("{TOOLS}versions/2.0.0/"))
        .expect(400)
        .json();
    assert_eq!(
        needed["dependent_collection_versions"],
        json!(["acme.user 1.1.0"])
    );
    // Another version will do for the one, and then it is the last that does.
    admin.delete(&format!("{TOOLS}versions/1.0.0/")).expect(202);
    let needed = admin
        .delete(&format!("{TOOLS}versions/1.5.0/"))
        .expect(400)
        .json();
    assert_eq!(
        needed["dependent_collection_versions"],
        json!(["acme.user 1.0.0"])
    );
    admin
        .delete(&format!("{TOOLS}versions/3.0.0-rc.1/"))
        .expect(202);
    admin.delete(&TOOLS.replace("tools", "user")).expect(202);
    admin.delete(TOOLS).expect(202);
    assert_eq!(galaxy.rows("collection_version"), 0);
}

#[test]
fn owners_of_the_namespace_delete_and_others_do_not() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    publish(
        &galaxy,
        &[
            collection("acme.tools"),
            collection("acme.tools").version("2.0.0"),
        ],
    );
    let (ana, bob) = (
        galaxy.user("ana", &[]),
        galaxy.user("bob", &["galaxy.ansible_repository_owner"]),
    );
    let path = format!("{TOOLS}versions/2.0.0/");
    ana.delete(&path).refuses(403, "permission_denied", None);
    bob.delete(&path).refuses(403, "permission_denied", None);
    ana.patch(TOOLS, r#"{"deprecated": true}"#)
        .refuses(403, "permission_denied", None);
    let id: i64 = galaxy.value("SELECT id FROM namespace WHERE name = 'acme'");
    let body = json!({"role": "galaxy.collection_namespace_owner", "users": ["ana"], "groups": []});
    let roles = format!("pulp/api/v3/pulp_ansible/namespaces/{id}/add_role/");
    admin.post(&roles, &body.to_string()).expect(201);
    ana.patch(TOOLS, r#"{"deprecated": true}"#).expect(202);
    ana.delete(&path).expect(202);
    galaxy
        .user("cora", &["galaxy.collection_admin"])
        .delete(TOOLS)
        .expect(202);
}

#[test]
fn a_file_stays_as_long_as_an_import_waits_for_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let artifact = collection("acme.tools").build();
    admin.publish(&artifact).succeeds();
    // As if the same file had been sent again, and no worker had come to it yet.
    galaxy.sql(&format!(
        "INSERT INTO task (uuid, name, state, job, correlation_id, created_at, updated_at, started_at)
         VALUES ('00000000-0000-0000-0000-000000000009', 'x', 'running', '{{\"kind\":\"done\"}}', 'x', 0, 0, 0);
         INSERT INTO collection_import (task_id, namespace, name, version, sha256)
         VALUES (last_insert_rowid(), 'acme', 'tools', '1.0.0', '{}')",
        artifact.sha256()
    ));
    admin.delete(TOOLS).expect(202);
    assert_eq!(galaxy.stored_files(), [artifact.sha256()]);
    galaxy.sql("DELETE FROM task WHERE name = 'x'");
    galaxy.sql("DELETE FROM artifact");
    let digest = artifact.sha256();
    let file = format!("artifacts/sha256/{}/{digest}", &digest[..2]);
    std::fs::remove_file(galaxy.data().join(file)).unwrap();
}
