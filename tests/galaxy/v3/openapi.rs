//! The description of the API: where it is, who may read it, and that its page keeps to itself.

use serde_json::json;

use crate::support::server::TestServer;

const JSON: [&str; 4] = [
    "v3/openapi.json",
    "v3/galaxy.json",
    "v3/galaxy-pulp.json",
    "pulp/api/v3/docs/api.json",
];
const YAML: [&str; 2] = ["v3/openapi.yaml", "pulp/api/v3/docs/api.yaml"];
const PAGES: [&str; 4] = [
    "v3/redoc/",
    "v3/swagger-ui/",
    "pulp/api/v3/docs/",
    "pulp/api/v3/swagger/",
];

#[test]
fn it_is_at_every_address_of_the_contract() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let document = admin.get(JSON[0]).expect(200).json();
    assert_eq!(document["openapi"], "3.0.3");
    let items = document["paths"]["/api/galaxy/v3/namespaces/{name}/"].as_object();
    let methods: Vec<&String> = items.unwrap().keys().collect();
    assert_eq!(methods, ["delete", "get", "patch", "put"]);
    for path in JSON {
        let reply = admin.get(path).expect(200);
        assert_eq!(reply.header("content-type"), "application/json", "{path}");
        assert_eq!(reply.json(), document, "{path}");
    }
    for path in YAML {
        let reply = admin.get(path).expect(200);
        assert_eq!(reply.header("content-type"), "application/yaml", "{path}");
        assert!(
            reply.text().contains("\n\"openapi\": \"3.0.3\"\n"),
            "{path}"
        );
    }
}

#[test]
fn its_page_needs_no_script_and_no_other_host() {
    let galaxy = TestServer::start();
    for path in PAGES {
        let reply = galaxy.admin().get(path).expect(200);
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        let page = reply.text();
        assert!(page.contains("/api/galaxy/v3/namespaces/{name}/"), "{path}");
        for foreign in ["<script", "http://", "https://"] {
            assert!(!page.contains(foreign), "{path}: {foreign}");
        }
    }
}

#[test]
fn strangers_read_it_when_the_setting_says_so() {
    let mut galaxy = TestServer::start();
    let all = || JSON.iter().chain(&YAML).chain(&PAGES);
    for path in all() {
        galaxy.anonymous().get(path).expect(401);
    }
    let shown = |galaxy: &TestServer| {
        let settings = galaxy
            .anonymous()
            .get("_ui/v1/settings/")
            .expect(200)
            .json();
        settings["GALAXY_API_SPEC_REQUIRE_AUTHENTICATION"].clone()
    };
    assert_eq!(shown(&galaxy), json!(true));
    galaxy.restart_with(|config| config.access.api_spec_require_authentication = false);
    for path in all() {
        galaxy.anonymous().get(path).expect(200);
    }
    assert_eq!(shown(&galaxy), json!(false));
}
