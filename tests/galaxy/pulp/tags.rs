//! Tags with their counts, by the pulp API.

use serde_json::json;

use crate::support::server::TestServer;
use crate::support::tarball::collection;

#[test]
fn administrators_list_the_tags_of_all_versions() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for (version, tags) in [("1.0.0", json!(["web", "old"])), ("2.0.0", json!(["web"]))] {
        let artifact = collection("acme.tools").version(version).info("tags", tags);
        admin.publish(&artifact.build()).succeeds();
    }
    let path = "pulp/api/v3/pulp_ansible/tags/";
    let found = admin.get(path).expect(200).json();
    assert_eq!(found["count"], 2);
    assert_eq!(
        found["results"],
        json!([{"name": "old", "count": 1}, {"name": "web", "count": 2}])
    );
    let second = admin.get(&format!("{path}?limit=1&offset=1")).expect(200);
    assert_eq!(second.column("name"), ["web"]);
    admin.get(&format!("{path}?name=web")).expect(400);
    galaxy.user("ana", &[]).get(path).expect(403);
}
