//! Which permissions there are.

use crate::support::server::TestServer;

#[test]
fn permissions_are_listed_by_kind_and_all_together() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    let body = ana.get("_ui/v2/role_metadata/").expect(200).json();
    let allowed = &body["allowed_permissions"];
    let namespace = [
        "galaxy.change_namespace",
        "galaxy.delete_namespace",
        "galaxy.upload_to_namespace",
    ];
    assert_eq!(allowed["galaxy.namespace"], serde_json::json!(namespace));
    let system = allowed["system"].as_array().unwrap();
    assert!(
        system.contains(&"galaxy.add_namespace".into())
            && system.contains(&"galaxy.view_user".into())
    );
    for (kind, names) in allowed.as_object().unwrap() {
        let names = names.as_array().unwrap();
        assert!(
            !names.is_empty() && names.iter().all(|name| system.contains(name)),
            "{kind}"
        );
    }
    galaxy.anonymous().get("_ui/v2/role_metadata/").expect(401);
    galaxy.anonymous().get("_ui/v2/me/").expect(401);
    galaxy
        .admin()
        .post("_ui/v2/role_metadata/", "{}")
        .expect(405);
}
