//! What repositories hold of namespaces.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

const CONTENT: &str = "pulp/api/v3/content/ansible/namespaces/";
const PUBLISHED: &str = "v3/plugin/ansible/content/published/namespaces/";

/// A hub with two collections of one namespace in `published`.
fn hub() -> (TestServer, Client) {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in ["acme.tools", "acme.parts"] {
        admin.publish(&collection(name).build()).succeeds();
    }
    (galaxy, admin)
}

fn describe(client: &Client, words: &str) -> Value {
    let body = json!({"description": words, "links": [
        {"name": "Home", "url": "https://example.com/"}, {"name": "Bugs", "url": "https://example.com/bugs"},
    ]});
    client
        .patch("v3/namespaces/acme/", &body.to_string())
        .expect(200)
        .json()
}

#[test]
fn what_is_said_of_a_namespace_is_in_every_repository_that_holds_its_collections() {
    let (_galaxy, admin) = hub();
    let first = admin.get(&format!("{PUBLISHED}acme/")).expect(200).json();
    assert_eq!(
        (&first["description"], &first["links"]),
        (&json!(""), &json!([]))
    );
    let said = describe(&admin, "Rockets");
    let unit = admin.get(&format!("{PUBLISHED}acme/")).expect(200).json();
    assert_eq!(unit["description"], "Rockets");
    assert_eq!(unit["metadata_sha256"], said["metadata_sha256"]);
    assert_eq!(
        unit["links"][0]["name"], "Bugs",
        "sorted, as they are hashed"
    );
    assert_eq!(
        (&unit["avatar_url"], &unit["avatar_sha256"]),
        (&Value::Null, &Value::Null)
    );
    let href = unit["pulp_href"].as_str().unwrap();
    assert_eq!(admin.get(href).expect(200).json(), unit);
    assert_eq!(
        admin
            .get("v3/plugin/ansible/content/staging/namespaces/")
            .expect(200)
            .json()["count"],
        0
    );
    let task = admin
        .get("pulp/api/v3/tasks/?name__contains=namespaces")
        .expect(200)
        .json();
    assert_eq!(task["results"][0]["state"], "completed");
    assert_eq!(
        task["results"][0]["created_resources"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    admin
        .patch("v3/namespaces/acme/", r#"{"description": "Rockets"}"#)
        .expect(200);
    let tasks = admin
        .get("pulp/api/v3/tasks/?name__contains=namespaces")
        .expect(200)
        .json();
    assert_eq!(tasks["count"], 1, "the same again changes nothing");
}

#[test]
fn a_repository_version_says_what_was_said_then() {
    let (_galaxy, admin) = hub();
    describe(&admin, "Rockets");
    let repositories = "pulp/api/v3/repositories/ansible/ansible/?name=published";
    let found = admin.get(repositories).expect(200).json();
    let href = found["results"][0]["latest_version_href"]
        .as_str()
        .unwrap()
        .to_owned();
    let summary = admin.get(&href).expect(200).json()["content_summary"].clone();
    for (side, count) in [("added", 1), ("removed", 1), ("present", 1)] {
        let kind = &summary[side]["ansible.namespace"];
        assert_eq!(kind["count"], count, "{side}");
        let listed = admin.get(kind["href"].as_str().unwrap()).expect(200).json();
        assert_eq!(listed["count"], count, "{side}");
        let words = if side == "removed" { "" } else { "Rockets" };
        assert_eq!(listed["results"][0]["description"], words, "{side}");
    }
    let all = admin
        .get(&format!("{CONTENT}?name=acme"))
        .expect(200)
        .json();
    let said = all["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["description"].clone());
    assert_eq!(
        said.collect::<Vec<_>>(),
        ["Rockets", ""],
        "the newest first"
    );
}

#[test]
fn it_goes_with_the_last_collection_and_the_namespace_stays() {
    let (galaxy, admin) = hub();
    admin.delete("v3/collections/acme/tools/").expect(202);
    admin.get(&format!("{PUBLISHED}acme/")).expect(200);
    admin.delete("v3/collections/acme/parts/").expect(202);
    admin.get(&format!("{PUBLISHED}acme/")).expect(404);
    admin.get("v3/namespaces/acme/").expect(200);
    let left = admin
        .get(&format!("{CONTENT}?name=acme"))
        .expect(200)
        .json();
    assert_eq!(
        left["count"], 1,
        "what is said now is there, wherever it is"
    );
    admin.delete("v3/namespaces/acme/").expect(204);
    let held: i64 = galaxy.value(
        "SELECT count(*) FROM namespace_metadata m
          WHERE name = 'acme' AND NOT EXISTS (SELECT 1 FROM repository_content WHERE content_id = m.id)",
    );
    assert_eq!(
        held, 0,
        "nothing stays of a namespace but what old versions of repositories say"
    );
}

#[test]
fn what_nobody_says_any_more_and_no_repository_holds_is_forgotten() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin
        .post("v3/namespaces/", r#"{"name": "acme", "groups": []}"#)
        .expect(201);
    for words in ["one", "two", "three"] {
        describe(&admin, words);
    }
    let body = r#"{"name": "emca"}"#;
    admin.patch("v3/namespaces/acme/", body).expect(200);
    let found = admin.get(CONTENT).expect(200).json();
    let names = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["name"].clone());
    assert_eq!(
        names
            .filter(|name| name == "acme" || name == "emca")
            .collect::<Vec<_>>(),
        ["emca"]
    );
}

#[test]
fn a_mirror_is_told_nothing_by_this_hub() {
    let (_galaxy, admin) = hub();
    let published = admin
        .get("pulp/api/v3/repositories/ansible/ansible/?name=published")
        .json();
    let published = published["results"][0]["pulp_href"]
        .as_str()
        .unwrap()
        .to_owned();
    let mirror = admin
        .get("pulp/api/v3/repositories/ansible/ansible/?name=community")
        .json();
    let mirror = mirror["results"][0]["pulp_href"]
        .as_str()
        .unwrap()
        .to_owned();
    let versions = admin
        .get("pulp/api/v3/content/ansible/collection_versions/?name=tools")
        .json();
    let version = versions["results"][0]["pulp_href"].clone();
    let body = json!({"collection_versions": [version], "destination_repositories": [mirror]});
    admin
        .post(
            &format!("{published}copy_collection_version/"),
            &body.to_string(),
        )
        .expect(202);
    describe(&admin, "Rockets");
    let arrived = "content/community/v3/collections/acme/tools/versions/1.0.0/";
    admin.get(arrived).expect(200);
    let held = admin
        .get("v3/plugin/ansible/content/community/namespaces/")
        .expect(200)
        .json();
    assert_eq!(held["count"], 0);
}

#[test]
fn lists_are_narrowed_and_the_old_name_leads_on() {
    let (_galaxy, admin) = hub();
    admin.publish(&collection("rival.tools").build()).succeeds();
    let digest = describe(&admin, "Rockets")["metadata_sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    for (query, count) in [
        ("name=acme", 1),
        ("name__in=acme,rival", 2),
        ("company=", 2),
        (&format!("metadata_sha256={digest}"), 1),
        (&format!("metadata_sha256__in={digest},x"), 1),
        ("limit=1", 2),
    ] {
        let found = admin
            .get(&format!("{PUBLISHED}?{query}"))
            .expect(200)
            .json();
        assert_eq!(found["count"], count, "{query}");
    }
    admin.get(&format!("{PUBLISHED}?unknown=1")).expect(400);
    let led = admin
        .get("content/published/v3/namespaces/acme/")
        .expect(302);
    assert!(
        led.header("location")
            .ends_with("/v3/plugin/ansible/content/published/namespaces/acme/")
    );
    let led = admin
        .get("content/published/v3/namespaces/?name=acme")
        .expect(302);
    assert!(
        led.header("location")
            .ends_with("/published/namespaces/?name=acme")
    );
}

#[test]
fn what_only_a_private_repository_says_is_not_there_for_others() {
    let (galaxy, admin) = hub();
    describe(&admin, "Secret rockets");
    describe(&admin, "Rockets");
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'published'");
    let ana = galaxy.user("ana", &[]);
    let published: String = galaxy.value("SELECT uuid FROM repository WHERE name = 'published'");
    let newest: i64 = galaxy.value(
        "SELECT max(number) FROM repository_version v JOIN repository r ON r.id = v.repository_id
          WHERE r.name = 'published'",
    );
    let held = format!(
        "repository_version=/pulp/api/v3/repositories/ansible/ansible/{published}/versions/{newest}/"
    );
    for (client, all, held_there) in [(&admin, 2, 1), (&ana, 1, 0)] {
        let count = |query: &str| {
            client
                .get(&format!("{CONTENT}?name=acme&{query}"))
                .expect(200)
                .json()["count"]
                .clone()
        };
        assert_eq!((count(""), count(&held)), (json!(all), json!(held_there)));
    }
    let old: String = galaxy.value(
        "SELECT uuid FROM content JOIN namespace_metadata m ON m.id = content.id
          WHERE m.description = 'Secret rockets'",
    );
    admin.get(&format!("{CONTENT}{old}/")).expect(200);
    ana.get(&format!("{CONTENT}{old}/")).expect(404);
}
