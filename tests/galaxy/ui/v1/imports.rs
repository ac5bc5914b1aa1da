//! Imports as the web interface lists them.

use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

const IMPORTS: &str = "_ui/v1/imports/collections/";

#[test]
fn imports_are_narrowed_sorted_and_shown_with_their_log() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    admin
        .publish(&collection("acme.other").version("2.0.0").build())
        .succeeds();
    admin
        .publish(&collection("acme.broken").without("authors").build())
        .fails_with("");
    let listed = |query: &str| {
        admin
            .get(&format!("{IMPORTS}?{query}"))
            .expect(200)
            .column("name")
    };
    assert_eq!(listed(""), ["tools", "other", "broken"]);
    assert_eq!(listed("sort=-created"), ["broken", "other", "tools"]);
    assert_eq!(listed("state=failed"), ["broken"]);
    assert_eq!(listed("keywords=OTH&nope=1"), ["other"]);
    assert_eq!(listed("namespace=acme&version=2.0.0"), ["other"]);
    let of_day = "UPDATE task SET created_at = 20000 * 86400000000 + 1 WHERE id = (SELECT min(id) FROM task)";
    galaxy.sql(of_day);
    assert_eq!(listed("created=2024-10-04"), ["tools"]);
    assert!(listed("created=2024-10-03").is_empty());
    admin
        .get(&format!("{IMPORTS}?created=nope"))
        .refuses(400, "invalid", Some("created"));
    admin
        .get(&format!("{IMPORTS}?state=nope"))
        .refuses(400, "invalid_choice", Some("state"));
    admin
        .get(&format!("{IMPORTS}?sort=nope"))
        .refuses(400, "invalid_choice", Some("sort"));
    let failed = admin
        .get(&format!("{IMPORTS}?state=failed"))
        .expect(200)
        .json();
    let id = failed["data"][0]["id"].as_str().unwrap();
    let shown = admin.get(&format!("{IMPORTS}{id}/")).expect(200).json();
    assert_eq!(
        (&shown["name"], &shown["state"]),
        (&json!("broken"), &json!("failed"))
    );
    assert!(shown["messages"][0]["time"].is_f64() && shown["error"]["description"].is_string());
}

#[test]
fn imports_into_private_repositories_are_for_who_sees_them_or_sent_them() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let path = "content/validated/v3/artifacts/collections/";
    admin
        .publish_to(path, &collection("acme.hidden").build())
        .succeeds();
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'validated'");
    let (ana, auditor) = (
        galaxy.user("ana", &[]),
        galaxy.user("aud", &["galaxy.auditor"]),
    );
    let count = |client: &Client| client.get(IMPORTS).expect(200).json()["meta"]["count"].clone();
    assert_eq!(
        [count(&admin), count(&auditor), count(&ana)],
        [json!(1), json!(1), json!(0)]
    );
    galaxy.sql(&format!(
        "UPDATE task SET created_by = {}",
        galaxy.user_id("ana")
    ));
    assert_eq!(count(&ana), 1);
}
