//! What runs, and what there is to ask.

use serde_json::json;

use crate::support::client::ROOT;
use crate::support::server::TestServer;

#[test]
fn anybody_is_told_what_runs() {
    let galaxy = TestServer::with(|config| config.publishing.workers = 3);
    let status = galaxy.anonymous().get("pulp/api/v3/status/").expect(200);
    let status = status.json();
    let components: Vec<&str> = status["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["component"].as_str().unwrap())
        .collect();
    assert_eq!(components, ["core", "ansible", "galaxy"]);
    assert_eq!(status["online_workers"].as_array().unwrap().len(), 3);
    let worker = &status["online_workers"][0];
    let discovery = galaxy.admin().get("").expect(200).json();
    assert_eq!(
        worker["versions"]["ansible"],
        discovery["pulp_ansible_version"]
    );
    assert_eq!(worker["versions"]["core"], discovery["pulp_core_version"]);
    assert_eq!(status["database_connection"], json!({"connected": true}));
    let size = |name: &str| status["storage"][name].as_u64().unwrap();
    assert!(size("free") > 0, "{status}");
    assert!(size("used") + size("free") <= size("total"), "{status}");
    let origin = status["content_settings"]["content_origin"].as_str();
    assert_eq!(origin, Some(galaxy.origin().as_str()));
}

#[test]
fn every_list_is_named_with_its_address() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let found = admin.get("pulp/api/v3/").expect(200).json();
    let found = found.as_object().unwrap();
    for (name, url) in found {
        let path = url.as_str().unwrap();
        assert!(
            path.ends_with(&format!("{ROOT}pulp/api/v3/{name}/")),
            "{url}"
        );
        admin.get(&format!("pulp/api/v3/{name}/")).expect(200);
    }
    for name in [
        "content/ansible/collection_versions",
        "repositories/ansible/ansible",
        "roles",
        "status",
    ] {
        assert!(found.contains_key(name), "{name}");
    }
    assert!(!found.contains_key("tasks/purge"));
}
