//! What machines should not learn from.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;

const INDEX: &str = "_ui/v1/ai_deny_index/";
const NAMESPACES: &str = "_ui/v1/ai_deny_index/namespace/";

/// A hub with the index, and three namespaces, the first of which is somebody's.
fn hub() -> (TestServer, Client) {
    let galaxy = TestServer::with(|config| config.publishing.ai_deny_index = true);
    let owner = galaxy.user("ana", &[]);
    let users = json!([{"name": "ana", "object_roles": ["galaxy.collection_namespace_owner"]}]);
    for (name, users) in [("acme", users), ("zeta", json!([])), ("beta", json!([]))] {
        let body = json!({"name": name, "users": users}).to_string();
        galaxy.admin().post("v3/namespaces/", &body).expect(201);
    }
    (galaxy, owner)
}

fn body(name: &str) -> String {
    json!({"reference": name}).to_string()
}

fn listed(client: &Client, query: &str) -> Value {
    client.get(&format!("{INDEX}{query}")).expect(200).json()
}

#[test]
fn an_owner_denies_a_namespace_and_takes_it_back() {
    let (galaxy, owner) = hub();
    let (admin, anybody) = (galaxy.admin(), galaxy.anonymous());
    let acme = json!({"scope": "namespace", "reference": "acme"});
    let made = owner.post(NAMESPACES, &body("acme")).expect(201);
    assert_eq!(made.json(), acme);
    owner
        .post(NAMESPACES, &body("acme"))
        .refuses(409, "conflict", Some("reference"));
    owner.post(NAMESPACES, &body("zeta")).expect(403);
    admin.post(NAMESPACES, &body("zeta")).expect(201);
    let zeta = json!({"scope": "namespace", "reference": "zeta"});
    assert_eq!(
        listed(&anybody, ""),
        json!({"results": [acme, zeta], "count": 2})
    );
    for (query, count) in [
        ("?scope=NAMESPACE", 2),
        ("?reference=Zeta", 1),
        ("?scope=namespace&reference=beta", 0),
        ("?scope=legacy_namespace", 0),
    ] {
        assert_eq!(listed(&anybody, query)["count"], count, "{query}");
    }
    owner.delete(&format!("{NAMESPACES}zeta/")).expect(403);
    owner.delete(&format!("{NAMESPACES}acme/")).expect(204);
    owner.delete(&format!("{NAMESPACES}acme/")).expect(404);
    admin.delete("v3/namespaces/zeta/").expect(204);
    assert_eq!(listed(&anybody, "")["count"], 0);
}

#[test]
fn what_is_wrong_with_a_denial_is_told() {
    let (galaxy, _) = hub();
    let admin = galaxy.admin();
    for (scope, body, code, field) in [
        ("namespace", body("nope"), "invalid", "reference"),
        ("namespace", body("Not a name"), "invalid", "reference"),
        ("namespace", body(""), "blank", "reference"),
        ("namespace", "{}".to_owned(), "required", "reference"),
        ("legacy_namespace", body("acme"), "invalid", "reference"),
        ("nothing", body("acme"), "invalid_choice", "scope"),
    ] {
        let path = format!("{INDEX}{scope}/");
        admin.post(&path, &body).refuses(400, code, Some(field));
    }
    admin
        .delete(&format!("{NAMESPACES}nope/"))
        .refuses(400, "invalid", Some("reference"));
    assert_eq!(listed(&admin, "")["count"], 0);
}

#[test]
fn without_the_setting_there_is_no_index() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin
        .post("v3/namespaces/", r#"{"name": "acme"}"#)
        .expect(201);
    admin.get(INDEX).expect(404);
    admin.post(NAMESPACES, &body("acme")).expect(404);
    admin.delete(&format!("{NAMESPACES}acme/")).expect(404);
    let (galaxy, _) = hub();
    let flags = galaxy.anonymous().get("_ui/v1/feature-flags/").expect(200);
    assert_eq!(flags.json()["ai_deny_index"], true);
}
