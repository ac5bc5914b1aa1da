//! Who holds which role: those of groups, and those of users.

use pocket_galaxy::domain::accounts::groups;
use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::TestServer;

/// The number behind a name.
pub fn id(galaxy: &TestServer, table: &str, column: &str, name: &str) -> i64 {
    let sql = format!("SELECT id FROM {table} WHERE {column} = ?1");
    galaxy
        .db()
        .read(|tx| Ok(tx.query_row(&sql, [name], |row| row.get(0))?))
        .unwrap()
}

/// The UUID behind a name.
pub fn uuid(galaxy: &TestServer, table: &str, name: &str) -> String {
    let sql = format!("SELECT uuid FROM {table} WHERE name = ?1");
    galaxy
        .db()
        .read(|tx| Ok(tx.query_row(&sql, [name], |row| row.get(0))?))
        .unwrap()
}

/// A new group with these members.
pub fn group(galaxy: &TestServer, name: &str, members: &[&str]) -> i64 {
    let group = galaxy.db().write(|tx| {
        let group = groups::create(tx, name)?;
        for member in members {
            tx.execute(
                "INSERT INTO group_member (group_id, user_id) SELECT ?1, id FROM user WHERE username = ?2",
                (group.0, member),
            )?;
        }
        Ok(group.0)
    });
    group.unwrap()
}

/// A new namespace, and its path in the pulp API.
pub fn namespace(galaxy: &TestServer, name: &str) -> String {
    let body = json!({"name": name, "groups": [], "users": []});
    let made = galaxy
        .admin()
        .post("v3/namespaces/", &body.to_string())
        .expect(201);
    made.json()["pulp_href"].as_str().unwrap().to_owned()
}

fn of_group(id: i64) -> String {
    format!("pulp/api/v3/groups/{id}/roles/")
}

fn of_user(id: i64) -> String {
    format!("pulp/api/v3/users/{id}/roles/")
}

fn give(client: &Client, to: &str, role: &str, object: Value) -> Reply {
    let body = json!({"role": role, "content_object": object});
    client.post(to, &body.to_string())
}

fn roles(client: &Client, path: &str) -> Vec<String> {
    let body = client.get(path).expect(200).json();
    let results = body["results"].as_array().unwrap().iter();
    results
        .map(|given| given["role"].as_str().unwrap().to_owned())
        .collect()
}

const OWNER: &str = "galaxy.collection_namespace_owner";

#[test]
fn a_role_counts_from_the_next_request_on_until_it_is_taken_back() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let crew = of_group(group(&galaxy, "crew", &["ana"]));
    let make = |name: &str| {
        ana.post(
            "v3/namespaces/",
            &format!(r#"{{"name": "{name}", "groups": [], "users": []}}"#),
        )
    };
    make("one").expect(403);
    let given = give(&admin, &crew, "galaxy.collection_publisher", Value::Null).expect(201);
    let path = given.header("location").to_owned();
    make("one").expect(201);
    assert_eq!(admin.get(&path).expect(200).json(), given.json());
    admin.delete(&path).expect(204);
    make("two").expect(403);
    admin.get(&path).expect(404);
    let gone = admin.delete(&path).expect(404).json();
    assert_eq!(
        gone,
        json!({"detail": "No GroupRole matches the given query."})
    );
}

#[test]
fn a_change_by_another_process_counts_on_the_next_request_too() {
    use pocket_galaxy::domain::accounts::roles::assignments;
    use pocket_galaxy::domain::accounts::roles::assignments::Holder;
    use pocket_galaxy::kernel::ids::UserId;

    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    let holder = Holder::User(UserId(id(&galaxy, "user", "username", "ana")));
    let other = galaxy.db();
    for round in 0..3 {
        ana.get("_ui/v1/none/").expect(404);
        let body = format!(r#"{{"name": "space_{round}", "groups": [], "users": []}}"#);
        ana.post("v3/namespaces/", &body).expect(403);
        other
            .write(|tx| assignments::assign(tx, holder, "galaxy.collection_publisher", None))
            .unwrap();
        ana.post("v3/namespaces/", &body).expect(201);
        let taken = other
            .write(|tx| assignments::unassign(tx, holder, "galaxy.collection_publisher", None));
        assert!(taken.unwrap());
    }
}

#[test]
fn what_a_role_holds_can_change_and_its_holders_follow() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let user = of_user(id(&galaxy, "user", "username", "ana"));
    let body = r#"{"name": "acme.role", "permissions": ["galaxy.view_user"]}"#;
    let role = admin.post("pulp/api/v3/roles/", body).expect(201);
    give(&admin, &user, "acme.role", Value::Null).expect(201);
    let make = |name: &str| {
        ana.post(
            "v3/namespaces/",
            &format!(r#"{{"name": "{name}", "groups": [], "users": []}}"#),
        )
    };
    make("one").expect(403);
    let path = role.header("location");
    admin
        .patch(path, r#"{"permissions": ["galaxy.add_namespace"]}"#)
        .expect(200);
    make("one").expect(201);
    admin.delete(path).expect(204);
    make("two").expect(403);
    assert!(roles(&admin, &user).is_empty(), "nobody holds what is gone");
}

#[test]
fn roles_are_given_on_every_kind_of_object_and_listed_by_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let user = of_user(id(&galaxy, "user", "username", "ana"));
    let acme = namespace(&galaxy, "acme");
    let pulp = "/api/galaxy/pulp/api/v3";
    let repository = uuid(&galaxy, "repository", "published");
    let remote = uuid(&galaxy, "remote", "community");
    let distribution = uuid(&galaxy, "distribution", "published");
    let crew = group(&galaxy, "crew", &[]);
    let objects = [
        (
            OWNER,
            acme.clone(),
            format!("prn:galaxy.namespace:{}", acme.rsplit('/').nth(1).unwrap()),
        ),
        (
            "galaxy.collection_admin",
            format!("{pulp}/repositories/ansible/ansible/{repository}/"),
            format!("prn:ansible.ansiblerepository:{repository}"),
        ),
        (
            "galaxy.collection_remote_owner",
            format!("{pulp}/remotes/ansible/collection/{remote}/"),
            format!("prn:ansible.collectionremote:{remote}"),
        ),
        (
            "ansible.ansibledistribution_owner",
            format!("{pulp}/distributions/ansible/ansible/{distribution}/"),
            format!("prn:ansible.ansibledistribution:{distribution}"),
        ),
        (
            "galaxy.group_admin",
            format!("{pulp}/groups/{crew}/"),
            format!("prn:core.group:{crew}"),
        ),
    ];
    for (role, href, prn) in &objects {
        let given = give(&admin, &user, role, json!(href)).expect(201).json();
        assert_eq!(given["content_object"], *href);
        assert_eq!(given["content_object_prn"], *prn);
        let path = given["pulp_href"].as_str().unwrap();
        admin.delete(path).expect(204);
        let body = json!({"role": role, "content_object_prn": prn});
        let given = admin.post(&user, &body.to_string()).expect(201).json();
        assert_eq!(given["content_object"], *href);
        let absolute = format!("{user}?content_object=https://hub.example.com{href}");
        for query in [
            format!("{user}?content_object={href}"),
            format!("{user}?content_object_prn={prn}"),
            absolute,
        ] {
            assert_eq!(roles(&admin, &query), [*role]);
        }
    }
    give(&admin, &user, "galaxy.auditor", Value::Null).expect(201);
    assert_eq!(
        roles(&admin, &format!("{user}?content_object=null")),
        ["galaxy.auditor"]
    );
    assert_eq!(roles(&admin, &user).len(), 6);
    assert_eq!(roles(&admin, &user)[0], "galaxy.auditor", "newest first");
    assert_eq!(
        roles(&admin, &format!("{user}?ordering=role&limit=2")),
        ["ansible.ansibledistribution_owner", "galaxy.auditor"]
    );
    assert_eq!(
        roles(
            &admin,
            &format!("{user}?role__startswith=galaxy.coll&role__contains=remote")
        ),
        ["galaxy.collection_remote_owner"]
    );
    let page = admin
        .get(&format!("{user}?role={OWNER}&fields=role"))
        .expect(200);
    assert_eq!(page.json()["results"], json!([{"role": OWNER}]));
}

#[test]
fn a_list_of_given_roles_refuses_what_it_does_not_know() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let crew = of_group(group(&galaxy, "crew", &[]));
    for (query, field) in [
        ("nope=1", "errors"),
        ("ordering=nope", "ordering"),
        ("content_object=/api/nope/", "content_object"),
        (
            "content_object=/api/galaxy/pulp/api/v3/pulp_ansible/namespaces/999/",
            "content_object",
        ),
        ("domain=other", "domain"),
    ] {
        let refused = admin.get(&format!("{crew}?{query}")).expect(400).json();
        assert!(refused[field].is_array(), "{refused}");
    }
    admin.get(&format!("{crew}?domain=null")).expect(200);
}

#[test]
fn a_role_that_cannot_be_given_is_refused_with_the_words_of_the_reference() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let acme = namespace(&galaxy, "acme");
    let crew = of_group(group(&galaxy, "crew", &[]));
    let user = of_user(id(&galaxy, "user", "username", "ana"));
    give(&admin, &crew, OWNER, json!(acme)).expect(201);
    give(&admin, &user, OWNER, json!(acme)).expect(201);
    let before = galaxy.rows("role_assignment");
    let nowhere = "Either 'content_object' or 'content_object_prn' needs to be specified. \
                   Use 'null' for global or domain level access.";
    let (again, again_user) = (
        "The role is already assigned to this group.",
        "The role is already assigned to this user.",
    );
    let no_permission =
        "The role 'galaxy.user_admin' does not carry any permission for that object.";
    let missing = "/api/galaxy/pulp/api/v3/pulp_ansible/namespaces/999/";
    for (to, body, expected) in [
        (
            &crew,
            json!({"role": OWNER}),
            json!({"non_field_errors": [nowhere]}),
        ),
        (
            &crew,
            json!({"content_object": null}),
            json!({"role": ["This field is required."]}),
        ),
        (
            &crew,
            json!({"role": "nope", "content_object": null}),
            json!({"role": ["Object with name=nope does not exist."]}),
        ),
        (
            &crew,
            json!({"role": OWNER, "content_object": missing}),
            json!({"content_object": [format!("Invalid value: {missing}.")]}),
        ),
        (
            &crew,
            json!({"role": OWNER, "content_object_prn": "prn:galaxy.namespace:999"}),
            json!({"content_object_prn": ["Invalid value: prn:galaxy.namespace:999."]}),
        ),
        (
            &crew,
            json!({"role": OWNER, "content_object": ""}),
            json!({"content_object": ["Invalid value: ."]}),
        ),
        (
            &crew,
            json!({"role": OWNER, "content_object": [acme]}),
            json!({"content_object": ["Not a valid string."]}),
        ),
        (
            &crew,
            json!({"role": "galaxy.user_admin", "content_object": acme}),
            json!({"non_field_errors": [no_permission]}),
        ),
        (
            &crew,
            json!({"role": OWNER, "content_object": acme}),
            json!({"non_field_errors": [again]}),
        ),
        (
            &user,
            json!({"role": OWNER, "content_object": acme}),
            json!({"non_field_errors": [again_user]}),
        ),
        (
            &crew,
            json!({"role": OWNER, "content_object": null, "nope": 1, "domain": "x"}),
            json!({"nope": ["Unexpected field"], "domain": ["This server has no domains."]}),
        ),
    ] {
        assert_eq!(
            admin.post(to, &body.to_string()).expect(400).json(),
            expected
        );
    }
    assert_eq!(galaxy.rows("role_assignment"), before);
    for missing in [of_group(999), of_user(999), of_group(i64::MAX)] {
        let refused = give(&admin, &missing, OWNER, Value::Null)
            .expect(404)
            .json();
        let told = refused["detail"].as_str().unwrap();
        assert!(told.ends_with(" matches the given query."), "{told}");
        admin.get(&missing).expect(404);
    }
    admin
        .get("pulp/api/v3/groups/99999999999999999999/roles/")
        .expect(404);
}

#[test]
fn roles_about_one_kind_of_thing_are_given_everywhere_to_groups_but_not_to_users() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let crew = of_group(group(&galaxy, "crew", &[]));
    let user = of_user(id(&galaxy, "user", "username", "ana"));
    let refusal = json!(["Role definition content type must be null to assign globally"]);
    for name in [
        "collection_namespace_owner",
        "collection_publisher",
        "task_admin",
    ] {
        let role = format!("galaxy.{name}");
        let refused = give(&admin, &user, &role, Value::Null).expect(400).json();
        assert_eq!(refused, refusal);
        give(&admin, &crew, &role, Value::Null).expect(201);
    }
    for name in [
        "synclist_owner",
        "user_admin",
        "group_admin",
        "collection_admin",
    ] {
        give(&admin, &user, &format!("galaxy.{name}"), Value::Null).expect(201);
    }
    let made = r#"{"name": "acme.role", "permissions": ["galaxy.upload_to_namespace"]}"#;
    admin.post("pulp/api/v3/roles/", made).expect(201);
    give(&admin, &user, "acme.role", Value::Null).expect(201);
}

#[test]
fn who_may_add_groups_gives_groups_roles_and_only_superusers_see_or_give_those_of_users() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let group_admin = galaxy.user("gina", &["galaxy.group_admin"]);
    let user_admin = galaxy.user("uma", &["galaxy.user_admin"]);
    let crew = of_group(group(&galaxy, "crew", &[]));
    let user = of_user(id(&galaxy, "user", "username", "ana"));
    let given = give(&group_admin, &crew, "galaxy.auditor", Value::Null).expect(201);
    let path = given.header("location").to_owned();
    for client in [&ana, &user_admin] {
        client.get(&crew).expect(200);
        client.get(&path).expect(200);
        give(client, &crew, "galaxy.auditor", Value::Null).expect(403);
        client.post(&crew, "{").expect(403);
        client.delete(&path).expect(403);
    }
    for client in [&ana, &user_admin, &group_admin] {
        client.get(&user).expect(403);
        give(client, &user, "galaxy.auditor", Value::Null).expect(403);
    }
    let given = give(&admin, &user, "galaxy.auditor", Value::Null).expect(201);
    let of_ana = given.header("location").to_owned();
    group_admin.delete(&of_ana).expect(403);
    // What a group was given is not found among what a user was given, nor the other way round.
    let (_, uuid) = path.trim_end_matches('/').rsplit_once('/').unwrap();
    let wrong = admin.get(&format!("{user}{uuid}/")).expect(404).json();
    assert_eq!(
        wrong,
        json!({"detail": "No UserRole matches the given query."})
    );
    group_admin.delete(&path).expect(204);
    admin.delete(&of_ana).expect(204);
    galaxy.anonymous().get(&crew).expect(401);
    galaxy.anonymous().get(&user).expect(401);
}

#[test]
fn giving_and_taking_a_role_is_written_down() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let acme = namespace(&galaxy, "acme");
    let crew = of_group(group(&galaxy, "crew", &[]));
    let given = give(&admin, &crew, OWNER, json!(acme)).expect(201);
    admin.delete(given.header("location")).expect(204);
    let told = "SELECT group_concat(action || ': ' || object || ': ' || detail, '|') FROM audit WHERE action LIKE 'GroupRole%'";
    let told: String = galaxy.value(told);
    let what = "group crew: role galaxy.collection_namespace_owner on namespace acme";
    assert_eq!(
        told,
        format!("GroupRoleAdd: {what}|GroupRoleRemove: {what}")
    );
    let by = "SELECT u.username FROM role_assignment a JOIN user u ON u.id = a.created_by";
    give(&admin, &crew, OWNER, json!(acme)).expect(201);
    let by: String = galaxy.value(by);
    assert_eq!(by, "admin");
}

#[test]
fn a_role_given_twice_at_the_same_time_is_given_once() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let crew = of_group(group(&galaxy, "crew", &[]));
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let (admin, crew) = (admin.clone(), crew.clone());
            std::thread::spawn(move || give(&admin, &crew, "galaxy.auditor", Value::Null).status)
        })
        .collect();
    let mut statuses: Vec<u16> = asked
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400, 400, 400, 400, 400, 400, 400]);
}
