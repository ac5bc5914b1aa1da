//! Collection versions as content, by the pulp API.

use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

const VERSIONS: &str = "pulp/api/v3/content/ansible/collection_versions/";

fn found(client: &Client, query: &str) -> Vec<String> {
    client
        .get(&format!("{VERSIONS}?{query}"))
        .expect(200)
        .column("version")
}

#[test]
fn versions_are_narrowed_sorted_and_shown_whole_where_one_is_meant() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for version in ["1.0.0", "10.0.0", "2.0.0-rc.1"] {
        let artifact = collection("acme.tools")
            .version(version)
            .info("tags", json!(["web", format!("length{}", version.len())]));
        admin.publish(&artifact.build()).succeeds();
    }
    admin
        .publish(&collection("acme.other").version("5.0.0").build())
        .succeeds();
    assert_eq!(
        found(&admin, "name=tools"),
        ["2.0.0-rc.1", "10.0.0", "1.0.0"],
        "what came last first"
    );
    assert_eq!(
        found(&admin, "name=tools&ordering=version"),
        ["1.0.0", "2.0.0-rc.1", "10.0.0"]
    );
    assert_eq!(
        found(&admin, "namespace=acme&name=tools&version=10.0.0"),
        ["10.0.0"]
    );
    assert_eq!(found(&admin, "tags=web,length6"), ["10.0.0"]);
    assert_eq!(found(&admin, "q=other"), ["5.0.0"]);
    assert_eq!(found(&admin, "name=nobody"), Vec::<String>::new());
    let repository: String = galaxy.value("SELECT uuid FROM repository WHERE name = 'published'");
    let version = |number: i64| {
        format!(
            "/api/galaxy/pulp/api/v3/repositories/ansible/ansible/{repository}/versions/{number}/"
        )
    };
    assert_eq!(
        found(&admin, &format!("repository_version_added={}", version(4))),
        ["5.0.0"]
    );
    assert_eq!(
        found(
            &admin,
            &format!(
                "repository_version={}&name=tools&ordering=version",
                version(3)
            )
        ),
        ["1.0.0", "2.0.0-rc.1", "10.0.0"]
    );
    let orphans = found(&admin, "orphaned_for=0");
    assert!(orphans.is_empty(), "{orphans:?}");
    for query in [
        "nope=1",
        "is_highest=true",
        "ordering=nope",
        "repository_version=x",
        "pulp_id__in=x",
        "orphaned_for=x",
    ] {
        admin.get(&format!("{VERSIONS}?{query}")).expect(400);
    }
    let pinned = admin
        .get(&format!(
            "{VERSIONS}?namespace=acme&name=tools&version=1.0.0"
        ))
        .expect(200)
        .json();
    let pinned = &pinned["results"][0];
    assert_eq!(pinned["manifest"]["collection_info"]["version"], "1.0.0");
    assert!(
        pinned["docs_blob"]["collection_readme"].is_object() && pinned["files"]["files"].is_array()
    );
    let href = pinned["pulp_href"].as_str().unwrap();
    let one = admin.get(href).expect(200).json();
    assert!(
        one.get("docs_blob").is_none(),
        "large parts are for who asks for them"
    );
    let chosen = admin
        .get(&format!("{href}?fields=name,docs_blob"))
        .expect(200)
        .json();
    assert_eq!(
        chosen.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["docs_blob", "name"]
    );
    admin
        .get(&format!("{VERSIONS}00000000-0000-0000-0000-000000000000/"))
        .expect(404);
}

#[test]
fn what_only_private_repositories_hold_is_not_there_for_others() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin
        .publish_to(
            "content/validated/v3/artifacts/collections/",
            &collection("acme.hidden").build(),
        )
        .succeeds();
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'validated'");
    let listed = admin
        .get(&format!("{VERSIONS}?name=hidden"))
        .expect(200)
        .json();
    let href = listed["results"][0]["pulp_href"].as_str().unwrap();
    let (ana, auditor) = (
        galaxy.user("ana", &[]),
        galaxy.user("aud", &["galaxy.auditor"]),
    );
    assert_eq!(found(&ana, ""), Vec::<String>::new());
    ana.get(href).expect(404);
    assert_eq!(found(&auditor, "name=hidden"), ["1.0.0"]);
    auditor.get(href).expect(200);
    admin
        .post(
            "v3/collections/acme/hidden/versions/1.0.0/copy/validated/published/",
            "",
        )
        .expect(202);
    assert_eq!(found(&ana, "name=hidden"), ["1.0.0"]);
}
