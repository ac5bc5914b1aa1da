//! The search of the web interface.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

fn rows(client: &Client, query: &str) -> Vec<Value> {
    let found = client
        .get(&format!("_ui/v1/search/?{query}"))
        .expect(200)
        .json();
    found["data"].as_array().unwrap().clone()
}

/// What is found, as `name version`.
fn names(client: &Client, query: &str) -> Vec<String> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let name = |row: &Value| format!("{} {}", text(row, "name"), text(row, "latest_version"));
    rows(client, query).iter().map(name).collect()
}

/// `acme.web` 1.0.0 in `published`, 1.1.0 and a pre-release in `validated`; `acme.files`; `nginx.core`, deprecated.
fn hub() -> TestServer {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let web = |version: &str| {
        let tags = json!(["web", "nginx"]);
        collection("acme.web").version(version).info("tags", tags)
    };
    let module = "DOCUMENTATION = r'''\nmodule: win_copy\nshort_description: Copies\ndescription: Copies.\noptions: {}\n'''\n";
    for artifact in [
        web("1.0.0"),
        collection("acme.files")
            .file("plugins/modules/win_copy.py", module)
            .info("description", "Moves them to the web".into()),
        collection("nginx.core").info("tags", json!(["server"])),
    ] {
        admin.publish(&artifact.build()).succeeds();
    }
    for version in ["1.1.0", "2.0.0-rc.1"] {
        admin
            .publish_to(
                "content/validated/v3/artifacts/collections/",
                &web(version).build(),
            )
            .succeeds();
    }
    admin
        .patch(
            "v3/collections/nginx/core/",
            &json!({"deprecated": true}).to_string(),
        )
        .expect(202);
    galaxy.sql("UPDATE collection SET download_count = 7 WHERE name = 'core'");
    galaxy
}

#[test]
fn a_collection_is_one_row_with_its_highest_version_anywhere() {
    let galaxy = hub();
    let anybody = galaxy.anonymous();
    let [web, files, core] = ["web 1.1.0", "files 1.0.0", "core 1.0.0"];
    for (query, expected) in [
        ("", vec![core, files, web]),
        ("search_type=sql", vec![core, web, files]),
        ("order_by=name", vec![core, files, web]),
        ("order_by=-namespace_name,-name", vec![core, web, files]),
        ("order_by=last_updated", vec![files, core, web]),
        ("type=collection&name=WEB&namespace=Acme", vec![web]),
        ("type=role", vec![]),
        ("tags=web&tags=nginx", vec![web]),
        ("tags=web,nginx", vec![]),
        ("deprecated=true", vec![core]),
        ("deprecated=false&order_by=name", vec![files, web]),
        ("keywords=win_copy", vec![files]),
        ("keywords=web&order_by=-relevance", vec![web, files]),
        ("keywords=web&order_by=relevance", vec![files, web]),
        ("keywords=nginx&order_by=-relevance", vec![core, web]),
        ("search_type=sql&keywords=WIN_COPY", vec![]),
        ("search_type=sql&keywords=OVES", vec![files]),
        (
            "search_type=sql&keywords=gin&order_by=name",
            vec![core, web],
        ),
        ("platform=EL&nope=1", vec![core, files, web]),
        ("limit=1&offset=1", vec![files]),
    ] {
        assert_eq!(names(&anybody, query), expected, "{query}");
    }
    let found = rows(&anybody, "name=web&keywords=nginx");
    assert_eq!(found[0]["tags"], json!(["web", "nginx"]));
    assert_eq!(found[0]["type"], "collection");
    assert_eq!(found[0]["deprecated"], false);
    assert!(found[0]["relevance"].as_f64().unwrap() > 0.0);
    assert_eq!(rows(&anybody, "name=core")[0]["deprecated"], true);
    assert_eq!(rows(&anybody, "name=core")[0]["relevance"], 0.0);
}

#[test]
fn what_cannot_be_searched_by_is_told() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let relevance = "'order_by=relevance' works only with 'search_type=websearch'";
    for (query, told) in [
        ("type=nope", "'type' must be ['collection', 'role']"),
        (
            "deprecated=perhaps",
            "'deprecated' filter must be 'true' or 'false'",
        ),
        ("search_type=sql&order_by=name,relevance", relevance),
        ("search_type=nope", relevance),
        (
            "search_type=nope&order_by=name",
            "'search_type' must be ['sql', 'websearch']",
        ),
        (
            "order_by=name,nope",
            "'order_by' must be of ['name', 'namespace_name', 'download_count', 'last_updated', 'relevance']",
        ),
    ] {
        let refused = admin.get(&format!("_ui/v1/search/?{query}")).expect(400);
        let error = &refused.json()["errors"][0];
        assert_eq!(error["detail"], told, "{query}");
        assert_eq!(error["code"], "invalid");
        assert_eq!(error.get("source"), None);
    }
}

#[test]
fn a_search_shows_nothing_of_what_is_private_or_not_served() {
    let galaxy = hub();
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'validated'");
    let ana = galaxy.user("ana", &[]);
    assert_eq!(names(&ana, "name=web"), ["web 1.0.0"]);
    let auditor = galaxy.user("aud", &["galaxy.auditor"]);
    assert_eq!(names(&auditor, "name=web"), ["web 1.1.0"]);
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'published'");
    assert_eq!(names(&ana, ""), Vec::<String>::new());
    assert_eq!(names(&ana, "keywords=web"), Vec::<String>::new());
    assert_eq!(names(&ana, "deprecated=true"), Vec::<String>::new());
    galaxy.sql("DELETE FROM distribution WHERE name = 'validated'");
    assert_eq!(names(&galaxy.admin(), "name=web"), ["web 1.0.0"]);
}
