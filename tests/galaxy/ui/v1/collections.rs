//! Collections of a repository, and versions wherever they are, as the web interface asks for them.

use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

/// `acme.tools` in two versions, deprecated, and `acme.user`, which needs it and is in two repositories.
fn hub() -> TestServer {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for artifact in [
        collection("acme.tools").info("tags", json!(["web"])),
        collection("acme.tools").version("1.10.0"),
        collection("acme.user").depends_on("acme.tools", "*"),
    ] {
        admin.publish(&artifact.build()).succeeds();
    }
    admin
        .patch("v3/collections/acme/tools/", r#"{"deprecated": true}"#)
        .expect(202);
    admin
        .post(
            "v3/collections/acme/user/versions/1.0.0/copy/published/validated/",
            "",
        )
        .expect(202);
    galaxy
}

#[test]
fn a_repository_lists_each_collection_once_by_its_highest_version() {
    let galaxy = hub();
    let admin = galaxy.admin();
    let listed = |query: &str| {
        let path = format!("_ui/v1/repo/published/?ordering=name&{query}");
        admin.get(&path).expect(200).column("name")
    };
    assert_eq!(listed(""), ["tools", "user"]);
    assert_eq!(listed("deprecated=true"), ["tools"]);
    assert_eq!(listed("namespace=acme&name=user"), ["user"]);
    assert_eq!(listed("sign_state=unsigned"), ["tools", "user"]);
    assert_eq!(listed("sign_state=signed"), Vec::<String>::new());
    assert_eq!(listed("keywords=user"), ["user"]);
    assert_eq!(
        listed("tags=web"),
        Vec::<String>::new(),
        "the highest version has it no more"
    );
    admin
        .get("_ui/v1/repo/published/?nope=1")
        .refuses(400, "invalid", Some("errors"));
    admin
        .get("_ui/v1/repo/nowhere/")
        .refuses(404, "not_found", None);
    let found = admin
        .get("_ui/v1/repo/published/?name=tools&include_related=my_permissions")
        .expect(200)
        .json();
    let tools = &found["data"][0];
    assert_eq!(
        (&tools["deprecated"], &tools["latest_version"]["version"]),
        (&json!(true), &json!("1.10.0"))
    );
    assert!(
        !tools["namespace"]["related_fields"]["my_permissions"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_collection_is_shown_by_any_of_its_versions() {
    let galaxy = hub();
    let admin = galaxy.admin();
    let path = "_ui/v1/repo/published/acme/tools/";
    let shown = admin.get(path).expect(200).json();
    let versions = shown["all_versions"].as_array().unwrap();
    let versions: Vec<&str> = versions
        .iter()
        .map(|one| one["version"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["1.10.0", "1.0.0"]);
    let created = shown["all_versions"][0]["created"].as_str().unwrap();
    assert!(
        created.contains(' ') && created.ends_with("+00:00"),
        "{created}"
    );
    assert_eq!(shown["latest_version"]["version"], "1.10.0");
    assert!(shown["latest_version"]["docs_blob"].is_object());
    let older = admin
        .get(&format!("{path}?version=1.0.0"))
        .expect(200)
        .json();
    assert_eq!(older["latest_version"]["metadata"]["tags"], json!(["web"]));
    admin
        .get(&format!("{path}?version=9.0.0"))
        .refuses(404, "not_found", None);
    admin
        .get("_ui/v1/repo/validated/acme/tools/")
        .refuses(404, "not_found", None);
}

#[test]
fn versions_say_in_which_repositories_they_are_as_far_as_one_may_know() {
    let galaxy = hub();
    let (admin, ana) = (galaxy.admin(), galaxy.user("ana", &[]));
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'published'");
    let places = |client: &Client, query: &str| {
        let found = client
            .get(&format!("_ui/v1/collection-versions/?{query}"))
            .expect(200)
            .json();
        let entries = found["data"].as_array().unwrap().iter();
        entries
            .map(|entry| entry["repository_list"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        places(&admin, "name=user"),
        [json!(["published", "validated"])]
    );
    assert_eq!(places(&ana, "name=user"), [json!(["validated"])]);
    assert_eq!(
        places(&admin, "dependency=acme.tools"),
        [json!(["published", "validated"])]
    );
    assert_eq!(
        places(&admin, "version_range=%3E1.0.0"),
        [json!(["published"])]
    );
    assert_eq!(places(&admin, "repository=validated").len(), 1);
    assert_eq!(places(&admin, "repository=nowhere").len(), 0);
    assert_eq!(places(&ana, "name__icontains=TOOL").len(), 0);
    admin
        .get("_ui/v1/collection-versions/?version_range=nope")
        .refuses(400, "invalid", None);
    let sorted = admin
        .get("_ui/v1/collection-versions/?sort=-version")
        .expect(200)
        .column("version");
    assert_eq!(sorted[0], "1.10.0");
    let one = admin
        .get("_ui/v1/collection-versions/acme/user/1.0.0/")
        .expect(200)
        .json();
    assert!(one["docs_blob"].is_object() && one.get("repository_list").is_none());
    ana.get("_ui/v1/collection-versions/acme/tools/1.0.0/")
        .refuses(404, "not_found", None);
    ana.get("_ui/v1/repo/published/")
        .refuses(403, "permission_denied", None);
}
