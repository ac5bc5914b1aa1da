//! Roles held on one object: on namespaces, repositories and remotes alike.

use serde_json::json;

use crate::pulp::assignments::group;
use crate::pulp::assignments::namespace;
use crate::pulp::assignments::uuid;
use crate::support::server::TestServer;

/// The three kinds: a path of an object, a role that fits it, one that does not, and the permission that the
/// first role gives of those of the object.
fn targets(galaxy: &TestServer) -> [(String, &'static str, &'static str, &'static str); 3] {
    let pulp = "/api/galaxy/pulp/api/v3";
    let repository = uuid(galaxy, "repository", "published");
    let remote = uuid(galaxy, "remote", "community");
    [
        (
            namespace(galaxy, "acme"),
            "galaxy.collection_namespace_owner",
            "galaxy.collection_remote_owner",
            "galaxy.upload_to_namespace",
        ),
        (
            format!("{pulp}/repositories/ansible/ansible/{repository}/"),
            "galaxy.ansible_repository_owner",
            "galaxy.user_admin",
            "ansible.view_ansiblerepository",
        ),
        (
            format!("{pulp}/remotes/ansible/collection/{remote}/"),
            "galaxy.collection_curator",
            "galaxy.collection_publisher",
            "ansible.view_collectionremote",
        ),
    ]
}

#[test]
fn a_role_is_given_on_an_object_to_several_at_once_and_taken_back() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let bob = galaxy.user("bob", &[]);
    group(&galaxy, "crew", &["bob"]);
    for (object, role, _, permission) in targets(&galaxy) {
        let wanted = json!({"role": role, "users": ["ana"], "groups": ["crew"]}).to_string();
        ana.get(&format!("{object}list_roles/")).expect(403);
        ana.post(&format!("{object}add_role/"), &wanted).expect(403);
        ana.post(&format!("{object}add_role/"), "{").expect(400); // it could not be read at all
        ana.post(&format!("{object}add_role/"), "{}").expect(403);
        let added = admin
            .post(&format!("{object}add_role/"), &wanted)
            .expect(201);
        assert_eq!(
            added.json(),
            json!({"users": ["ana"], "groups": ["crew"], "role": role})
        );
        let held = json!({"roles": [{"role": role, "users": ["ana"], "groups": ["crew"]}]});
        // Ana may look herself now, and Bob by his group.
        for client in [&admin, &ana, &bob] {
            let shown = client.get(&format!("{object}list_roles/")).expect(200);
            assert_eq!(shown.json(), held);
        }
        let mine = ana
            .get(&format!("{object}my_permissions/"))
            .expect(200)
            .json();
        let mine = mine["permissions"].as_array().unwrap();
        assert!(mine.contains(&json!(permission)), "{mine:?}");
        let app = permission.rsplit_once('_').unwrap().1;
        assert!(
            mine.iter()
                .all(|one| !one.as_str().unwrap().contains("remote") || app.contains("remote")),
            "only permissions about the object: {mine:?}"
        );
        let bare = admin.get(&format!("{object}my_permissions/")).expect(200);
        assert_eq!(
            bare.json(),
            json!({"permissions": []}),
            "a superuser needs no role"
        );
        let taken = json!({"role": role, "users": ["ana"], "groups": []}).to_string();
        admin
            .post(&format!("{object}remove_role/"), &taken)
            .expect(201);
        ana.get(&format!("{object}list_roles/")).expect(403);
        // Who holds the role may give it on.
        bob.post(&format!("{object}add_role/"), &taken).expect(201);
        ana.get(&format!("{object}list_roles/")).expect(200);
        bob.post(&format!("{object}remove_role/"), &wanted)
            .expect(201);
        bob.get(&format!("{object}list_roles/")).expect(403);
        let none = admin.get(&format!("{object}list_roles/")).expect(200);
        assert_eq!(none.json(), json!({"roles": []}));
    }
}

#[test]
fn what_is_wrong_is_told_and_nothing_of_it_is_done() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    galaxy.user("bob", &[]);
    group(&galaxy, "crew", &[]);
    let unknown = |what: &str| format!("Object with {what} does not exist.");
    for (object, role, other, _) in targets(&galaxy) {
        let ask = |verb: &str, body: serde_json::Value| {
            let reply = admin.post(&format!("{object}{verb}_role/"), &body.to_string());
            reply.expect(400).json()
        };
        for verb in ["add", "remove"] {
            let required = json!({"role": ["This field is required."]});
            assert_eq!(ask(verb, json!({"users": ["ana"]})), required);
            assert_eq!(
                ask(
                    verb,
                    json!({"role": "nope", "users": ["ana", "eve"], "groups": ["none"]})
                ),
                json!({
                    "role": [unknown("name=nope")],
                    "users": {"1": [unknown("username=eve")]},
                    "groups": {"0": [unknown("name=none")]},
                })
            );
            assert_eq!(
                ask(verb, json!({"role": role, "users": "ana", "groups": [1]})),
                json!({"users": ["Expected a list of items."], "groups": ["Not a valid string."]})
            );
            let many = vec!["ana"; 1001];
            let refused = ask(verb, json!({"role": role, "users": many}));
            assert!(refused["users"].is_array(), "{refused}");
        }
        assert_eq!(
            ask("add", json!({"role": other, "users": ["ana"]})),
            json!({"non_field_errors": ["The role does not contain any permission for that object."]})
        );
        let wanted = json!({"role": role, "users": ["ana"], "groups": ["crew"]});
        admin
            .post(&format!("{object}add_role/"), &wanted.to_string())
            .expect(201);
        assert_eq!(
            ask("add", json!({"role": role, "users": ["bob", "ana"]})),
            json!({"non_field_errors": ["The role is already assigned to user 'ana'."]})
        );
        assert_eq!(
            ask("add", json!({"role": role, "groups": ["crew"]})),
            json!({"non_field_errors": ["The role is already assigned to group 'crew'."]})
        );
        assert_eq!(
            ask("remove", json!({"role": role, "users": ["ana", "bob"]})),
            json!({"non_field_errors": ["The role is not assigned to user 'bob'."]})
        );
        let held = admin
            .get(&format!("{object}list_roles/"))
            .expect(200)
            .json();
        assert_eq!(
            held,
            json!({"roles": [{"role": role, "users": ["ana"], "groups": ["crew"]}]})
        );
        let nobody = json!({"role": role}).to_string();
        admin
            .post(&format!("{object}add_role/"), &nobody)
            .expect(201);
    }
}

#[test]
fn a_missing_object_is_told_before_a_missing_permission() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    let nil = "00000000-0000-0000-0000-000000000000";
    for (object, model) in [
        (
            format!("repositories/ansible/ansible/{nil}"),
            "AnsibleRepository",
        ),
        (
            format!("remotes/ansible/collection/{nil}"),
            "CollectionRemote",
        ),
        ("pulp_ansible/namespaces/999".to_owned(), "Namespace"),
    ] {
        let object = format!("pulp/api/v3/{object}");
        let told = json!({"detail": format!("No {model} matches the given query.")});
        for path in ["list_roles/", "my_permissions/"] {
            let missing = ana.get(&format!("{object}/{path}")).expect(404);
            assert_eq!(missing.json(), told);
        }
        for path in ["add_role/", "remove_role/"] {
            let missing = ana.post(&format!("{object}/{path}"), "{}").expect(404);
            assert_eq!(missing.json(), told);
        }
        galaxy
            .anonymous()
            .get(&format!("{object}/list_roles/"))
            .expect(401);
    }
    let dashes = "-".repeat(36);
    ana.get(&format!(
        "pulp/api/v3/remotes/ansible/collection/{dashes}/list_roles/"
    ))
    .expect(404);
}

#[test]
fn what_one_may_do_on_a_private_repository_is_shown_to_those_who_see_it() {
    let galaxy =
        TestServer::with(|config| config.access.enable_unauthenticated_collection_access = true);
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let id = uuid(&galaxy, "repository", "published");
    let repository = format!("pulp/api/v3/repositories/ansible/ansible/{id}/");
    let mine = format!("{repository}my_permissions/");
    let nothing = json!({"permissions": []});
    assert_eq!(ana.get(&mine).expect(200).json(), nothing);
    assert_eq!(galaxy.anonymous().get(&mine).expect(200).json(), nothing);
    let hide = "UPDATE repository SET private = 1 WHERE name = 'published'";
    galaxy.sql(hide);
    ana.get(&mine).expect(403);
    galaxy.anonymous().get(&mine).expect(401);
    let wanted = r#"{"role": "ansible.ansiblerepository_viewer", "users": ["ana"]}"#;
    admin
        .post(&format!("{repository}add_role/"), wanted)
        .expect(201);
    let shown = ana.get(&mine).expect(200).json();
    assert_eq!(
        shown,
        json!({"permissions": ["ansible.view_ansiblerepository"]})
    );
    ana.get(&format!("{repository}list_roles/")).expect(403);
}

#[test]
fn a_role_on_one_object_opens_no_other_and_nothing_of_another_kind() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let targets = targets(&galaxy);
    let other = namespace(&galaxy, "other");
    // A role that is about everything, but held on one namespace.
    let wanted = r#"{"role": "galaxy.content_admin", "users": ["ana"]}"#;
    admin
        .post(&format!("{}add_role/", targets[0].0), wanted)
        .expect(201);
    ana.get(&format!("{}list_roles/", targets[0].0)).expect(200);
    ana.get(&format!("{other}list_roles/")).expect(403);
    for (object, ..) in &targets[1..] {
        ana.get(&format!("{object}list_roles/")).expect(403);
        ana.post(&format!("{object}add_role/"), wanted).expect(403);
    }
    ana.post(
        "v3/namespaces/",
        r#"{"name": "third", "groups": [], "users": []}"#,
    )
    .expect(403);
}

#[test]
fn what_is_done_to_an_object_is_written_down() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    group(&galaxy, "crew", &[]);
    for (object, role, ..) in targets(&galaxy) {
        let wanted = json!({"role": role, "users": ["ana"], "groups": ["crew"]}).to_string();
        admin
            .post(&format!("{object}add_role/"), &wanted)
            .expect(201);
        admin
            .post(&format!("{object}remove_role/"), &wanted)
            .expect(201);
    }
    let told = "SELECT group_concat(action || ': ' || object || ': ' || detail, '|') FROM audit WHERE action LIKE '%RoleAdd'";
    let told: String = galaxy.value(told);
    let to = "user ana, group crew";
    assert_eq!(
        told,
        format!(
            "NamespaceRoleAdd: namespace acme: role galaxy.collection_namespace_owner: {to}|\
             RepositoryRoleAdd: repository published: role galaxy.ansible_repository_owner: {to}|\
             RemoteRoleAdd: remote community: role galaxy.collection_curator: {to}"
        )
    );
    assert_eq!(galaxy.rows("audit WHERE action LIKE '%RoleRemove'"), 3);
}
