//! The versions of a collection.

use serde_json::json;

use crate::support::server::TestServer;
use crate::support::tarball::collection;

#[test]
fn versions_come_highest_first_and_page_by_page() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for version in ["1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0", "0.1.0"] {
        admin
            .publish(&collection("acme.tools").version(version).build())
            .succeeds();
    }
    let path = "v3/collections/acme/tools/versions/";
    let versions = |query: &str| -> Vec<String> {
        admin
            .get(&format!("{path}?{query}"))
            .expect(200)
            .column("version")
    };
    assert_eq!(
        versions(""),
        ["2.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0", "0.1.0"]
    );
    assert_eq!(versions("ordering=version")[0], "0.1.0");
    assert_eq!(versions("ordering=-pulp_created")[0], "0.1.0");
    assert_eq!(versions("version=1.9.0"), ["1.9.0"]);
    assert_eq!(versions("q=tools").len(), 5);
    assert_eq!(versions("q=nope").len(), 0);
    assert_eq!(versions("tags=tools").len(), 5);
    assert_eq!(versions("tags=tools,nope").len(), 0);
    let mut walked = Vec::new();
    let mut next = Some(format!("/api/galaxy/{path}?limit=2"));
    while let Some(link) = next {
        assert!(link.starts_with("/api/galaxy/v3/collections/"), "{link}");
        let page = admin.get(&link).expect(200);
        walked.extend(page.column("version"));
        next = page.json()["links"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(walked, versions(""));
    admin
        .get(&format!("{path}?is_highest=true"))
        .refuses(400, "invalid", Some("errors"));
}

#[test]
fn versions_are_narrowed_to_those_of_a_repository_version() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        admin
            .publish(&collection("acme.tools").version(version).build())
            .succeeds();
    }
    let uuid = "SELECT uuid FROM repository WHERE name = 'published'";
    let uuid: String = galaxy.value(uuid);
    let versions = |filter: &str, number: u32| -> Vec<String> {
        let href = format!(
            "/api/galaxy/pulp/api/v3/repositories/ansible/ansible/{uuid}/versions/{number}/"
        );
        let path = format!("v3/collections/acme/tools/versions/?{filter}={href}");
        admin.get(&path).expect(200).column("version")
    };
    assert_eq!(versions("repository_version", 2), ["1.1.0", "1.0.0"]);
    assert_eq!(versions("repository_version", 0), Vec::<String>::new());
    assert_eq!(versions("repository_version_added", 3), ["1.2.0"]);
    assert_eq!(
        versions("repository_version_removed", 3),
        Vec::<String>::new()
    );
    let wrong = "v3/collections/acme/tools/versions/?repository_version=1";
    admin
        .get(wrong)
        .refuses(400, "invalid", Some("repository_version"));
}

#[test]
fn an_unknown_collection_has_no_versions_but_no_error_either() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = admin
        .get("v3/collections/acme/nope/versions/")
        .expect(200)
        .json();
    assert_eq!(
        (&body["meta"]["count"], &body["data"]),
        (&json!(0), &json!([]))
    );
    admin
        .get("v3/collections/acme/nope/")
        .refuses(404, "not_found", None);
    admin
        .get("v3/collections/acme/nope/versions/1.0.0/")
        .refuses(404, "not_found", None);
}

#[test]
fn a_version_is_shown_with_all_a_client_needs() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let artifact = collection("acme.tools")
        .version("1.0.0+build.5")
        .depends_on("acme.base", ">=1.0.0")
        .build();
    admin.publish(&artifact).succeeds();
    let detail = admin
        .get("v3/collections/acme/tools/versions/1.0.0+build.5/")
        .expect(200)
        .json();
    assert_eq!(detail["namespace"]["name"], "acme");
    assert_eq!(detail["collection"]["name"], "tools");
    assert_eq!(
        detail["metadata"]["dependencies"],
        json!({"acme.base": ">=1.0.0"})
    );
    assert_eq!(detail["metadata"]["homepage"], "");
    assert_eq!(
        detail["manifest"]["collection_info"]["version"],
        "1.0.0+build.5"
    );
    assert_eq!(detail["files"]["files"][0]["name"], ".");
    assert_eq!(detail["artifact"]["filename"], artifact.file_name());
    let url = detail["download_url"].as_str().unwrap();
    assert!(url.ends_with("/acme-tools-1.0.0%2Bbuild.5.tar.gz"), "{url}");
    let path = url.strip_prefix(&galaxy.origin()).unwrap();
    let location = admin.get(path).expect(302).header("location").to_owned();
    let bytes = galaxy
        .anonymous()
        .get(location.strip_prefix(&galaxy.origin()).unwrap())
        .expect(200)
        .bytes;
    assert_eq!(bytes, artifact.bytes);
    let href = detail["href"].as_str().unwrap();
    assert_eq!(admin.get(href).expect(200).json(), detail);
    let docs = admin.get(&format!("{href}docs-blob/")).expect(200).json();
    assert!(docs["docs_blob"]["contents"].is_array());
}
