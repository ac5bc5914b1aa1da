//! Namespaces.

use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

#[test]
fn a_namespace_is_created_once_and_shown_whole() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let body = json!({
        "name": "acme", "company": "Acme", "email": "a@example.com", "description": "Things",
        "links": [{"name": "Home", "url": "https://example.com/"}], "resources": "# R\n",
        "users": [{"name": "ana", "object_roles": ["galaxy.collection_namespace_owner"]}],
        "groups": [{"name": "system:partner-engineers", "object_roles": ["galaxy.collection_namespace_owner"]}],
    });
    let created = admin.post("v3/namespaces/", &body.to_string()).expect(201);
    assert_eq!(
        created.header("location"),
        created.json()["pulp_href"].as_str().unwrap()
    );
    let shown = admin.get("v3/namespaces/acme/").expect(200).json();
    assert_eq!(shown, created.json());
    assert_eq!(shown["resources"], "# R");
    assert_eq!(shown["users"][0]["name"], "ana");
    assert_eq!(
        shown["groups"][0]["object_roles"],
        json!(["galaxy.collection_namespace_owner"])
    );
    admin
        .post("v3/namespaces/", &body.to_string())
        .refuses(409, "conflict", Some("name"));
    admin
        .get("v3/namespaces/nope/")
        .refuses(404, "not_found", None);
}

#[test]
fn wrong_fields_are_named_and_nothing_is_created() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let create = |body: serde_json::Value| admin.post("v3/namespaces/", &body.to_string());
    let owner = |holder| json!({"name": "acme", "groups": [holder]});
    create(json!({})).refuses(400, "required", Some("name"));
    create(json!({"name": null})).refuses(400, "null", Some("name"));
    create(json!({"name": ["x"]})).refuses(400, "invalid", Some("name"));
    create(json!({"name": "Rec_Upper"})).refuses(400, "invalid", Some("name"));
    create(json!({"name": "a\u{0}b"})).refuses(400, "null_characters_not_allowed", Some("name"));
    create(json!({"name": "acme", "links": [{"name": "x", "url": "nope"}]})).refuses(
        400,
        "invalid",
        Some("links__url"),
    );
    create(json!({"name": "acme", "links": "x"})).refuses(400, "not_a_list", Some("links"));
    create(json!({"name": "acme", "avatar_url": "nope"})).refuses(
        400,
        "invalid",
        Some("avatar_url"),
    );
    create(owner(json!({"name": "g"}))).refuses(400, "invalid", Some("groups"));
    create(owner(json!({"name": "g", "object_roles": []}))).refuses(400, "invalid", Some("groups"));
    create(owner(json!({"id": 1, "object_roles": ["galaxy.nope"]}))).refuses(
        400,
        "invalid",
        Some("groups"),
    );
    create(owner(
        json!({"id": 1, "object_roles": ["galaxy.task_admin"]}),
    ))
    .refuses(400, "invalid", Some("groups"));
    create(json!([1])).refuses(400, "invalid", None);
    admin
        .send("POST", "v3/namespaces/", "application/xml", b"<a/>")
        .refuses(415, "unsupported_media_type", None);
    assert_eq!(galaxy.rows("namespace"), 0);
}

#[test]
fn the_list_is_filtered_sorted_and_paged() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for (name, company) in [("beta_a", "Blue"), ("alpha_a", "Red"), ("gamma", "blue a")] {
        let body = json!({"name": name, "company": company});
        admin.post("v3/namespaces/", &body.to_string()).expect(201);
    }
    let names = |query: &str| -> Vec<String> {
        let body = admin
            .get(&format!("v3/namespaces/?{query}"))
            .expect(200)
            .json();
        assert!(
            body["meta"]["count"].as_u64().unwrap() as usize
                >= body["data"].as_array().unwrap().len()
        );
        body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(""), ["beta_a", "alpha_a", "gamma"]);
    assert_eq!(names("sort=name"), ["alpha_a", "beta_a", "gamma"]);
    assert_eq!(names("sort=-name&limit=1"), ["gamma"]);
    assert_eq!(names("keywords=BLUE&keywords=_a"), ["beta_a"]);
    assert_eq!(names("keywords=_a"), ["beta_a", "alpha_a"]);
    assert_eq!(names("name=gamma&or__name=x"), ["gamma"]);
    assert_eq!(names("company=Red"), ["alpha_a"]);
}

#[test]
fn who_may_see_and_create_namespaces() {
    let galaxy = TestServer::start();
    let publisher = galaxy.user("pat", &["galaxy.collection_publisher"]);
    let plain = galaxy.user("ana", &[]);
    plain
        .post("v3/namespaces/", r#"{"name": "acme"}"#)
        .refuses(403, "permission_denied", None);
    publisher
        .post("v3/namespaces/", r#"{"name": "acme"}"#)
        .expect(201);
    let mine = |client: &crate::support::client::Client| {
        let body = client
            .get("v3/namespaces/acme/?include_related=my_permissions")
            .expect(200)
            .json();
        body["related_fields"]["my_permissions"].clone()
    };
    assert_eq!(mine(&plain), json!([]));
    assert_eq!(
        mine(&publisher),
        json!([
            "galaxy.add_namespace",
            "galaxy.change_namespace",
            "galaxy.upload_to_namespace"
        ])
    );
    galaxy
        .anonymous()
        .get("v3/namespaces/acme/")
        .refuses(401, "not_authenticated", None);
    let open =
        TestServer::with(|config| config.access.enable_unauthenticated_collection_access = true);
    open.anonymous().get("v3/namespaces/").expect(200);
}

#[test]
fn a_body_may_be_json_or_either_kind_of_form() {
    use crate::support::form::Form;
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let form = Form::default()
        .text("name", "multi")
        .text("company", "Multi Ltd");
    let bodies = [
        (
            "application/json; charset=utf-8",
            br#"{"name": "json", "company": "Json Ltd"}"#.to_vec(),
            "json",
        ),
        (
            "application/x-www-form-urlencoded",
            b"name=form&company=Form+Ltd".to_vec(),
            "form",
        ),
        (&form.content_type(), form.body(), "multi"),
    ];
    for (media_type, body, name) in bodies {
        let created = admin
            .send("POST", "v3/namespaces/", media_type, &body)
            .expect(201)
            .json();
        assert_eq!(created["name"], name);
        assert!(created["company"].as_str().unwrap().ends_with(" Ltd"));
    }
}

#[test]
fn a_namespace_is_changed_by_its_owners_who_replace_each_other() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let (ana, bob) = (galaxy.user("ana", &[]), galaxy.user("bob", &[]));
    let owner = json!([{"name": "ana", "object_roles": ["galaxy.collection_namespace_owner"]}]);
    let body = json!({"name": "acme", "company": "Acme", "users": owner});
    let made = admin
        .post("v3/namespaces/", &body.to_string())
        .expect(201)
        .json();
    let changed = ana
        .patch("v3/namespaces/acme/", r#"{"email": "a@example.com"}"#)
        .expect(200)
        .json();
    assert_eq!(
        (&changed["company"], &changed["email"]),
        (&json!("Acme"), &json!("a@example.com"))
    );
    assert_ne!(
        changed["metadata_sha256"], made["metadata_sha256"],
        "mirrors compare it"
    );
    assert_eq!(changed["users"], made["users"], "what is not sent stays");
    bob.patch("v3/namespaces/acme/", "{}")
        .refuses(403, "permission_denied", None);
    admin
        .put("v3/namespaces/acme/", r#"{"company": "x"}"#)
        .refuses(400, "required", Some("name"));
    ana.patch(
        "v3/namespaces/acme/",
        r#"{"links": [{"name": "x", "url": "nowhere"}]}"#,
    )
    .refuses(400, "invalid", Some("links__url"));
    let next =
        json!({"users": [{"name": "bob", "object_roles": ["galaxy.collection_namespace_owner"]}]});
    ana.patch("v3/namespaces/acme/", &next.to_string())
        .expect(200);
    ana.patch("v3/namespaces/acme/", "{}")
        .refuses(403, "permission_denied", None);
    bob.patch("_ui/v1/my-namespaces/acme/", r#"{"users": []}"#)
        .expect(200);
    bob.patch("v3/namespaces/acme/", "{}")
        .refuses(403, "permission_denied", None);
    admin
        .patch("v3/namespaces/none/", "{}")
        .refuses(404, "not_found", None);
}

#[test]
fn a_namespace_with_collections_keeps_its_name_and_stays() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    let told = admin
        .delete("v3/namespaces/acme/")
        .refuses(400, "invalid", None)
        .detail();
    assert_eq!(
        told,
        "Namespace acme cannot be deleted because there are still collections associated with it."
    );
    admin
        .patch("v3/namespaces/acme/", r#"{"name": "other"}"#)
        .refuses(400, "invalid", Some("name"));
    admin.delete("v3/collections/acme/tools/").expect(202);
    admin
        .patch("v3/namespaces/acme/", r#"{"name": "other"}"#)
        .expect(200);
    admin
        .post("v3/namespaces/", r#"{"name": "taken"}"#)
        .expect(201);
    admin
        .patch("v3/namespaces/other/", r#"{"name": "taken"}"#)
        .refuses(409, "conflict", Some("name"));
    galaxy
        .user("ana", &["galaxy.collection_publisher"])
        .delete("v3/namespaces/other/")
        .expect(403);
    admin.delete("v3/namespaces/other/").expect(204);
    admin.get("v3/namespaces/other/").expect(404);
}

#[test]
fn ones_own_namespaces_are_those_one_may_change_or_upload_to() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let (ana, publisher) = (
        galaxy.user("ana", &[]),
        galaxy.user("pub", &["galaxy.collection_publisher"]),
    );
    for name in ["acme", "other"] {
        admin
            .post("v3/namespaces/", &json!({"name": name}).to_string())
            .expect(201);
    }
    let own = |client: &Client| {
        client
            .get("_ui/v1/my-namespaces/?sort=name")
            .expect(200)
            .column("name")
    };
    assert_eq!(own(&ana), Vec::<String>::new());
    assert_eq!(own(&publisher), ["acme", "other"]);
    let owner = json!({"groups": [{"name": "system:partner-engineers", "object_roles": ["galaxy.collection_namespace_owner"]}]});
    admin
        .patch("v3/namespaces/acme/", &owner.to_string())
        .expect(200);
    let id: i64 = galaxy.value("SELECT id FROM user_group WHERE name = 'system:partner-engineers'");
    galaxy.sql(&format!(
        "INSERT INTO group_member (group_id, user_id) VALUES ({id}, {})",
        galaxy.user_id("ana")
    ));
    // That group holds more than this everywhere; a group of one's own does not.
    assert_eq!(own(&ana), ["acme", "other"]);
    let owner = json!({"groups": [], "users": [{"name": "ana", "object_roles": ["galaxy.collection_namespace_owner"]}]});
    admin
        .patch("v3/namespaces/acme/", &owner.to_string())
        .expect(200);
    galaxy.sql("DELETE FROM group_member");
    let ana = galaxy.token_of("ana");
    assert_eq!(own(&ana), ["acme"]);
    ana.get("_ui/v1/my-namespaces/acme/").expect(200);
    ana.get("_ui/v1/my-namespaces/other/")
        .refuses(404, "not_found", None);
}
