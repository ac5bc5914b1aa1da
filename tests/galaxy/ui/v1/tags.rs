//! Tags with their counts.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

fn counts(client: &Client, path: &str) -> Vec<Value> {
    let found = client
        .get(&format!("_ui/v1/tags/{path}"))
        .expect(200)
        .json();
    found["data"].as_array().unwrap().clone()
}

#[test]
fn tags_are_counted_by_version_as_far_as_one_may_know() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for (version, tags) in [("1.0.0", json!(["web", "old"])), ("2.0.0", json!(["web"]))] {
        let artifact = collection("acme.tools").version(version).info("tags", tags);
        admin.publish(&artifact.build()).succeeds();
    }
    let hidden = collection("acme.hidden")
        .info("tags", json!(["secret", "web"]))
        .build();
    admin
        .publish_to("content/validated/v3/artifacts/collections/", &hidden)
        .succeeds();
    let tag = |name: &str, count: u64| json!({"name": name, "count": count});
    assert_eq!(
        counts(&admin, ""),
        [tag("old", 1), tag("secret", 1), tag("web", 3)]
    );
    assert_eq!(
        counts(&admin, "collections/?sort=-count"),
        [tag("web", 2), tag("secret", 1)]
    );
    assert_eq!(counts(&admin, "?name__icontains=EB"), [tag("web", 3)]);
    assert_eq!(counts(&admin, "?name=old&nope=1"), [tag("old", 1)]);
    assert_eq!(counts(&admin, "?limit=1&offset=1"), [tag("secret", 1)]);
    assert_eq!(
        admin.get("_ui/v1/tags/?limit=1").expect(200).json()["meta"]["count"],
        3
    );
    admin
        .get("_ui/v1/tags/?sort=nope")
        .refuses(400, "invalid_choice", Some("sort"));
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'validated'");
    let ana = galaxy.user("ana", &[]);
    assert_eq!(counts(&ana, ""), [tag("old", 1), tag("web", 2)]);
    assert_eq!(counts(&ana, "collections/"), [tag("web", 1)]);
    admin
        .delete("v3/collections/acme/tools/versions/1.0.0/")
        .expect(202);
    assert_eq!(counts(&ana, ""), [tag("web", 1)]);
}
