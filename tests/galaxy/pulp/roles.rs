//! Roles: listing, making, changing and deleting them.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::TestServer;

const ROLES: &str = "pulp/api/v3/roles/";

/// Makes a role and returns its path.
fn make(admin: &Client, name: &str, permissions: &[&str]) -> String {
    let body = json!({"name": name, "permissions": permissions});
    let made = admin.post(ROLES, &body.to_string()).expect(201);
    let path = made.header("location").to_owned();
    assert_eq!(made.json()["pulp_href"], path);
    path
}

fn names(reply: &Reply) -> Vec<String> {
    let body = reply.json();
    let results = body["results"].as_array().unwrap().iter();
    results
        .map(|role| role["name"].as_str().unwrap().to_owned())
        .collect()
}

fn find(admin: &Client, query: &str) -> Vec<String> {
    names(&admin.get(&format!("{ROLES}?{query}")).expect(200))
}

fn put(client: &Client, path: &str, body: &Value) -> Reply {
    client.send("PUT", path, "application/json", body.to_string().as_bytes())
}

#[test]
fn roles_are_listed_newest_first_and_narrowed_by_every_filter() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let shipped = admin.get(ROLES).expect(200).json()["count"].clone();
    make(&admin, "acme.uploader", &["galaxy.upload_to_namespace"]);
    make(&admin, "acme.nothing", &[]);
    let all = admin.get(ROLES).expect(200);
    assert_eq!(names(&all)[..2], ["acme.nothing", "acme.uploader"]);
    assert_eq!(
        all.json()["count"],
        shipped.as_u64().unwrap() + 2,
        "counted with those that came with the server"
    );
    assert_eq!(
        find(&admin, "name=acme.uploader&locked=false"),
        ["acme.uploader"]
    );
    assert_eq!(
        find(&admin, "name__startswith=acme.&ordering=name"),
        ["acme.nothing", "acme.uploader"]
    );
    assert_eq!(
        find(&admin, "name__in=acme.uploader,nope"),
        ["acme.uploader"]
    );
    assert_eq!(
        find(&admin, "locked=false").len(),
        2,
        "those made here only"
    );
    assert_eq!(
        find(
            &admin,
            "contains_permission=galaxy.upload_to_namespace&contains_permission=galaxy.add_namespace&ordering=name"
        ),
        [
            "galaxy.collection_admin",
            "galaxy.collection_publisher",
            "galaxy.content_admin"
        ],
        "each of the permissions"
    );
    assert!(find(&admin, "contains_permission=galaxy.fly").is_empty());
    assert_eq!(
        find(
            &admin,
            "for_object_type=/api/galaxy/pulp/api/v3/repositories/ansible/ansible/"
        ),
        [
            "ansible.ansiblerepository_viewer",
            "ansible.ansiblerepository_owner",
            "ansible.ansiblerepository_creator",
            "galaxy.ansible_repository_owner"
        ]
    );
    assert_eq!(
        find(
            &admin,
            "for_object_type=/api/pulp/api/v3/pulp_ansible/namespaces/&ordering=-name"
        ),
        [
            "galaxy.collection_publisher",
            "galaxy.collection_namespace_owner",
            "acme.uploader"
        ]
    );
    let page = admin
        .get(&format!("{ROLES}?limit=1&offset=1&fields=name,locked"))
        .expect(200)
        .json();
    assert_eq!(
        page["results"],
        json!([{"name": "acme.uploader", "locked": false}])
    );
    assert!(page["next"].as_str().unwrap().contains("offset=2"));
}

#[test]
fn a_list_of_roles_refuses_what_it_does_not_know() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for (query, expected) in [
        ("nope=1", json!({"errors": ["Invalid Filter: 'nope'"]})),
        (
            "ordering=nope",
            json!({"ordering": ["Select a valid choice. nope is not one of the available choices."]}),
        ),
        (
            "for_object_type=/api/nope/",
            json!({"for_object_type": ["Invalid value: /api/nope/."]}),
        ),
    ] {
        let refused = admin.get(&format!("{ROLES}?{query}")).expect(400);
        assert_eq!(refused.json(), expected);
    }
}

#[test]
fn only_superusers_see_one_role_or_change_any() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &["galaxy.content_admin", "galaxy.user_admin"]);
    let role = make(&admin, "acme.role", &[]);
    ana.get(ROLES).expect(200);
    ana.get(&role).expect(403);
    ana.post(ROLES, r#"{"name": "x", "permissions": []}"#)
        .expect(403);
    ana.post(ROLES, "{").expect(403);
    ana.patch(&role, "{}").expect(403);
    put(&ana, &role, &json!({})).expect(403);
    ana.delete(&role).expect(403);
    galaxy.anonymous().get(ROLES).expect(401);
    admin.get(&role).expect(200);
}

#[test]
fn a_role_is_made_changed_and_deleted() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let role = make(
        &admin,
        "acme.role",
        &["galaxy.upload_to_namespace", "ansible.delete_collection"],
    );
    let shown = admin.get(&role).expect(200).json();
    assert_eq!(shown["description"], Value::Null);
    assert_eq!(
        shown["permissions"],
        json!(["ansible.delete_collection", "galaxy.upload_to_namespace"])
    );
    // Without its slash, as the web interface sends it.
    let path = role.trim_end_matches('/');
    let changed = admin
        .patch(path, r#"{"description": "Uploads", "name": "acme.other"}"#)
        .expect(200)
        .json();
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("acme.other"), &json!("Uploads"))
    );
    assert_eq!(changed["permissions"], shown["permissions"]);
    let whole = json!({"name": "acme.other", "permissions": ["galaxy.add_group"], "locked": true});
    let changed = put(&admin, &role, &whole).expect(200).json();
    assert_eq!(changed["permissions"], json!(["galaxy.add_group"]));
    assert_eq!(
        (&changed["locked"], &changed["description"]),
        (&json!(false), &json!("Uploads"))
    );
    admin.patch(&role, r#"{"description": null}"#).expect(200);
    assert_eq!(
        admin.get(&role).expect(200).json()["description"],
        Value::Null
    );
    admin.delete(&role).expect(204);
    let gone = admin.get(&role).expect(404).json();
    assert_eq!(gone, json!({"detail": "No Role matches the given query."}));
    admin.delete(&role).expect(404);
    let told = "SELECT group_concat(action || ' ' || object || ' ' || detail, '|') FROM audit WHERE action LIKE 'Role%'";
    let told: String = galaxy.value(told);
    let expected = "RoleCreate role acme.role ansible.delete_collection galaxy.upload_to_namespace|\
                    RoleUpdate role acme.role renamed to acme.other|\
                    RoleUpdate role acme.other permissions galaxy.add_group|\
                    RoleUpdate role acme.other |\
                    RoleDelete role acme.other ";
    assert_eq!(told, expected);
}

#[test]
fn a_role_that_makes_no_sense_is_refused_and_nothing_is_made() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let role = make(&admin, "acme.role", &[]);
    make(&admin, "acme.other", &[]);
    let before = galaxy.rows("role");
    let required = "This field is required.";
    for (body, expected) in [
        ("{}", json!({"name": [required], "permissions": [required]})),
        (r#"{"name": "x"}"#, json!({"permissions": [required]})),
        (
            r#"{"name": "acme.other", "permissions": []}"#,
            json!({"name": ["This field must be unique."]}),
        ),
        (
            r#"{"name": "", "permissions": ["galaxy.fly", "nodot"]}"#,
            json!({
                "name": ["This field may not be blank."],
                "permissions": ["Permission 'galaxy.fly' does not exist."],
            }),
        ),
        (
            r#"{"name": "x", "permissions": null, "description": ""}"#,
            json!({
                "permissions": ["This field may not be null."],
                "description": ["This field may not be blank."],
            }),
        ),
        (
            r#"{"name": "x", "permissions": "galaxy.add_group"}"#,
            json!({"permissions": ["Expected a list of items."]}),
        ),
        (
            r#"{"name": ["x"], "permissions": [1], "nope": 1}"#,
            json!({
                "name": ["Not a valid string."],
                "permissions": ["Not a valid string."],
                "nope": ["Unexpected field"],
            }),
        ),
        (
            "[]",
            json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ),
    ] {
        assert_eq!(admin.post(ROLES, body).expect(400).json(), expected);
        let body = body.as_bytes();
        let refused = admin.send("PUT", &role, "application/json", body);
        assert_eq!(refused.expect(400).json(), expected);
    }
    assert_eq!(galaxy.rows("role"), before);
    assert_eq!(
        admin.get(&role).expect(200).json()["name"],
        "acme.role",
        "nothing was changed"
    );
}

#[test]
fn a_shipped_role_stays_as_it_is_whatever_the_body_says() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let found = admin
        .get(&format!("{ROLES}?name=galaxy.collection_publisher"))
        .expect(200)
        .json();
    let role = found["results"][0]["pulp_href"]
        .as_str()
        .unwrap()
        .to_owned();
    let locked = json!({"detail": "The role is locked."});
    for body in [r#"{"permissions": []}"#, r#"{"permissions": 1}"#, "{}"] {
        assert_eq!(admin.patch(&role, body).expect(403).json(), locked);
        let replaced = admin.send("PUT", &role, "application/json", body.as_bytes());
        assert_eq!(replaced.expect(403).json(), locked);
    }
    assert_eq!(admin.delete(&role).expect(403).json(), locked);
    assert_eq!(admin.get(&role).expect(200).json(), found["results"][0]);
}

#[test]
fn roles_of_one_name_made_at_the_same_time_are_one() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = r#"{"name": "acme.role", "permissions": []}"#;
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let admin = admin.clone();
            std::thread::spawn(move || admin.post(ROLES, body).status)
        })
        .collect();
    let mut statuses: Vec<u16> = asked
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400, 400, 400, 400, 400, 400, 400]);
}
