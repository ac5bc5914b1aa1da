//! Groups and who is in them.

use std::thread;

use serde_json::json;

use crate::support::server::TestServer;

const GROUPS: &str = "_ui/v1/groups/";

#[test]
fn a_group_is_created_once_shown_and_deleted_with_its_roles() {
    let galaxy = TestServer::start();
    let keeper = galaxy.user("keeper", &["galaxy.group_admin"]);
    let ana = galaxy.user("ana", &[]);
    let created = keeper.post(GROUPS, r#"{"name": " crew "}"#).expect(201);
    let body = created.json();
    assert_eq!(body["name"], "crew");
    assert_eq!(created.header("location"), body["pulp_href"]);
    assert_eq!(body["prn"], format!("prn:core.group:{}", body["id"]));
    let path = format!("{GROUPS}{}/", body["id"]);
    let shown = ana.get(&path).expect(200).json();
    assert_eq!(shown["prn"], format!("prn:auth.group:{}", body["id"]));
    keeper
        .post(GROUPS, r#"{"name": "crew"}"#)
        .refuses(409, "conflict", Some("name"));
    let groups = galaxy.rows("user_group");
    keeper.delete(path.trim_end_matches('/')).expect(204);
    assert_eq!(galaxy.rows("user_group"), groups - 1);
    keeper.delete(&path).refuses(404, "not_found", None);
    ana.get(&path).refuses(404, "not_found", None);
    let told: Vec<_> = galaxy
        .audited()
        .into_iter()
        .map(|row| (row.0, row.1))
        .collect();
    let row = |action: &str| (action.to_owned(), "group crew".to_owned());
    assert_eq!(told, [row("GroupCreate"), row("GroupDelete")]);
}

#[test]
fn wrong_names_are_refused() {
    let galaxy = TestServer::start();
    let add = |body: serde_json::Value| galaxy.admin().post(GROUPS, &body.to_string());
    let name = Some("name");
    add(json!({})).refuses(400, "required", name);
    add(json!({"name": null})).refuses(400, "null", name);
    add(json!({"name": "  "})).refuses(400, "blank", name);
    add(json!({"name": ["x"]})).refuses(400, "invalid", name);
    add(json!({"name": "a\u{0}"})).refuses(400, "null_characters_not_allowed", name);
    add(json!({"name": "x".repeat(151)})).refuses(400, "max_length", name);
    add(json!([1])).refuses(400, "invalid", None);
    add(json!({"name": "x".repeat(150)})).expect(201);
}

#[test]
fn of_two_groups_of_one_name_one_is_created() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let both: Vec<_> = (0..2)
        .map(|_| {
            let admin = admin.clone();
            thread::spawn(move || admin.post(GROUPS, r#"{"name": "twin"}"#).status)
        })
        .collect();
    let mut statuses: Vec<u16> = both.into_iter().map(|one| one.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[test]
fn everybody_sees_groups_and_administrators_of_groups_change_them() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.user_admin"]);
    let group = ana.get(GROUPS).expect(200).json()["data"][0]["id"].clone();
    let member = format!("{GROUPS}{group}/users/{}/", galaxy.user_id("ana"));
    for (client, status, code) in [
        (&galaxy.anonymous(), 401, "not_authenticated"),
        (&ana, 403, "permission_denied"),
    ] {
        client.post(GROUPS, "not json").refuses(status, code, None);
        client
            .delete(&format!("{GROUPS}{group}/"))
            .refuses(status, code, None);
        client
            .post(&format!("{GROUPS}{group}/users/"), "{}")
            .refuses(status, code, None);
        client.delete(&member).refuses(status, code, None);
    }
    galaxy
        .anonymous()
        .get(GROUPS)
        .refuses(401, "not_authenticated", None);
    ana.get(&format!("{GROUPS}{group}/users/")).expect(200);
}

#[test]
fn a_member_holds_what_the_group_holds_as_long_as_it_is_one() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let found = admin
        .get(&format!("{GROUPS}?name=system:partner-engineers"))
        .json();
    let members = format!("{GROUPS}{}/users/", found["data"][0]["id"]);
    ana.get("_ui/v1/users/")
        .refuses(403, "permission_denied", None);
    let added = admin
        .post(&members, r#"{"username": "ana"}"#)
        .expect(201)
        .json();
    let id = galaxy.user_id("ana");
    assert_eq!(
        added,
        json!({
            "username": "ana",
            "pulp_href": format!("/api/galaxy/pulp/api/v3/users/{id}/"),
            "prn": format!("prn:galaxy.user:{id}"),
        })
    );
    admin
        .post(&members, &json!({"id": id}).to_string())
        .expect(201);
    admin
        .post(&members, &json!({"pk": id.to_string()}).to_string())
        .expect(201);
    ana.get("_ui/v1/users/").expect(200);
    assert_eq!(ana.get(&members).expect(200).json()["data"], json!([added]));
    let user = format!("_ui/v1/users/{id}/");
    let groups = admin.get(&user).expect(200).json()["groups"].clone();
    assert_eq!(groups[0]["name"], "system:partner-engineers");
    admin.delete(&format!("{members}{id}/")).expect(204);
    ana.get("_ui/v1/users/")
        .refuses(403, "permission_denied", None);
    let told: Vec<_> = galaxy.audited();
    let row = |action: &str| {
        (
            action.to_owned(),
            "group system:partner-engineers".to_owned(),
            "user ana".to_owned(),
        )
    };
    assert_eq!(told, [row("GroupMemberAdd"), row("GroupMemberRemove")]);
}

#[test]
fn unknown_members_and_groups_are_told_apart() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let group = admin.get(GROUPS).json()["data"][0]["id"].clone();
    let members = format!("{GROUPS}{group}/users/");
    for (body, text) in [
        (json!({"username": "nobody"}), "Could not find user nobody"),
        (json!({"id": 99}), "Could not find user 99"),
        (
            json!({"id": 99, "username": "admin"}),
            "Could not find user admin",
        ),
        (
            json!({}),
            "Please provide one of the following values for User: 'pk', 'id', 'username'",
        ),
    ] {
        let refused = admin
            .post(&members, &body.to_string())
            .refuses(400, "invalid", None);
        assert_eq!(refused.json()["errors"][0]["detail"], text);
    }
    admin
        .post(&members, r#"{"id": "x"}"#)
        .refuses(400, "invalid", Some("id"));
    admin
        .get(&format!("{GROUPS}999/users/"))
        .refuses(404, "not_found", None);
    admin
        .post(&format!("{GROUPS}999/users/"), r#"{"username": "admin"}"#)
        .refuses(404, "not_found", None);
    admin
        .delete(&format!("{members}999/"))
        .refuses(404, "not_found", None);
    let id = galaxy.user_id("admin");
    admin
        .delete(&format!("{GROUPS}999/users/{id}/"))
        .refuses(404, "not_found", None);
    admin.delete(&format!("{members}{id}/")).expect(204);
    admin
        .get(&format!("{GROUPS}99999999999999999999/"))
        .refuses(404, "not_found", None);
    assert_eq!(galaxy.changes(), 0);
}

#[test]
fn a_list_of_groups_is_filtered_and_sorted() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in ["crew_b", "crew_a", "Crew%"] {
        admin
            .post(GROUPS, &json!({"name": name}).to_string())
            .expect(201);
    }
    let names = |query: &str| {
        admin
            .get(&format!("{GROUPS}?{query}"))
            .expect(200)
            .column("name")
    };
    assert_eq!(
        names(""),
        ["system:partner-engineers", "crew_b", "crew_a", "Crew%"]
    );
    assert_eq!(names("name=crew_a"), ["crew_a"]);
    assert_eq!(names("name__icontains=CREW"), ["crew_b", "crew_a", "Crew%"]);
    assert_eq!(names("name__contains=%25"), ["Crew%"]);
    assert_eq!(
        names("name__startswith=crew&sort=name"),
        ["crew_a", "crew_b"]
    );
    assert_eq!(
        names("sort=-name&limit=1&nope=1"),
        ["system:partner-engineers"]
    );
    admin
        .get(&format!("{GROUPS}?sort=id"))
        .refuses(400, "invalid_choice", Some("sort"));
}
