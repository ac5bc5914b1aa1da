//! Roles that users and teams were given.

use serde_json::Value;
use serde_json::json;

use crate::pulp::assignments::group;
use crate::pulp::assignments::id;
use crate::pulp::assignments::namespace;
use crate::pulp::assignments::uuid;
use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::TestServer;
use crate::ui::v2::column;
use crate::ui::v2::refused;
use crate::ui::v2::twice;

const OF_USERS: &str = "_ui/v2/role_user_assignments/";
const OF_TEAMS: &str = "_ui/v2/role_team_assignments/";

fn role(galaxy: &TestServer, name: &str) -> i64 {
    id(galaxy, "role", "name", name)
}

fn give(client: &Client, list: &str, body: Value) -> Reply {
    client.post(list, &body.to_string())
}

fn make(client: &Client, name: &str) -> Reply {
    let body = format!(r#"{{"name": "{name}", "groups": [], "users": []}}"#);
    client.post("v3/namespaces/", &body)
}

#[test]
fn what_a_team_is_given_its_members_may_do_at_the_next_request() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let crew = group(&galaxy, "crew", &["ana"]);
    make(&ana, "one").expect(403);
    let body = r#"{"name": "acme.maker", "permissions": ["galaxy.add_namespace"]}"#;
    let maker = admin
        .post("_ui/v2/role_definitions/", body)
        .expect(201)
        .json();
    let given = give(
        &admin,
        OF_TEAMS,
        json!({"role_definition": maker["id"], "team": crew}),
    );
    let given = given.expect(201).json();
    make(&ana, "one").expect(201);
    let pulp = format!("pulp/api/v3/groups/{crew}/roles/");
    assert_eq!(column(&admin.get(&pulp), "role"), ["acme.maker"]);
    assert_eq!(given["object_id"], Value::Null);
    assert_eq!(
        given["summary_fields"]["team"],
        json!({"id": crew, "name": "crew"})
    );
    let url = given["url"].as_str().unwrap();
    assert_eq!(admin.get(url).expect(200).json(), given);
    let below = format!("_ui/v2/role_definitions/{}/team_assignments/", maker["id"]);
    assert_eq!(
        admin.get(&below).expect(200).json()["results"],
        json!([given])
    );
    let below = format!("_ui/v2/role_definitions/{}/user_assignments/", maker["id"]);
    assert_eq!(admin.get(&below).expect(200).json()["count"], 0);
    admin
        .get("_ui/v2/role_definitions/999999/user_assignments/")
        .expect(404);
    admin.delete(url).expect(204);
    make(&ana, "two").expect(403);
    assert_eq!(admin.get(&pulp).expect(200).json()["count"], 0);
    let told: Vec<_> = galaxy
        .audited()
        .into_iter()
        .filter(|row| row.1 == "group crew")
        .collect();
    let row = (
        "PlatformWrite".to_owned(),
        "group crew".to_owned(),
        "role acme.maker everywhere".to_owned(),
    );
    assert_eq!(told, [row.clone(), row]);
}

#[test]
fn what_the_pulp_api_gives_is_listed_here_and_taken_away_for_both() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let ana = galaxy.user_id("ana");
    let acme = namespace(&galaxy, "acme");
    let owner = "galaxy.collection_namespace_owner";
    let pulp = format!("pulp/api/v3/users/{ana}/roles/");
    let body = json!({"role": owner, "content_object": acme});
    let there = admin.post(&pulp, &body.to_string()).expect(201);
    let listed = admin
        .get(&format!("{OF_USERS}?user={ana}"))
        .expect(200)
        .json();
    let given = &listed["results"][0];
    assert_eq!(
        given["related"]["content_object"],
        "/api/galaxy/v3/namespaces/acme/"
    );
    assert_eq!(given["content_type"], "galaxy.namespace");
    assert_eq!(given["summary_fields"]["role_definition"]["name"], owner);
    assert_eq!(given["summary_fields"]["created_by"]["username"], "admin");
    admin.delete(given["url"].as_str().unwrap()).expect(204);
    admin.get(there.header("location")).expect(404);
    let of_team = given["url"].as_str().unwrap().replace("user", "team");
    admin.get(&of_team).expect(404);
}

#[test]
fn a_role_is_given_on_every_kind_of_object_by_number_or_uuid() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let ana = uuid_of_user(&galaxy, "ana");
    namespace(&galaxy, "acme");
    let acme = id(&galaxy, "namespace", "name", "acme");
    let crew = group(&galaxy, "crew", &[]);
    let repository = uuid(&galaxy, "repository", "published");
    let remote = uuid(&galaxy, "remote", "community");
    let distribution = uuid(&galaxy, "distribution", "published");
    for (name, object, kind, called) in [
        (
            "galaxy.collection_namespace_owner",
            json!(acme),
            "galaxy.namespace",
            "acme",
        ),
        (
            "galaxy.collection_namespace_owner",
            json!(acme.to_string()),
            "galaxy.namespace",
            "acme",
        ),
        (
            "galaxy.ansible_repository_owner",
            json!(repository),
            "galaxy.ansiblerepository",
            "published",
        ),
        (
            "galaxy.collection_remote_owner",
            json!(remote),
            "galaxy.collectionremote",
            "community",
        ),
        (
            "ansible.ansibledistribution_owner",
            json!(distribution),
            "galaxy.ansibledistribution",
            "published",
        ),
        ("galaxy.group_admin", json!(crew), "shared.team", "crew"),
    ] {
        let body = json!({"role_definition": role(&galaxy, name), "user_ansible_id": ana, "object_id": object});
        let given = give(&admin, OF_USERS, body).expect(201).json();
        assert_eq!(given["content_type"], kind);
        assert_eq!(
            given["summary_fields"]["content_object"]["name"], called,
            "{given}"
        );
        assert!(given["related"]["content_object"].is_string(), "{given}");
        let path = given["related"]["content_object"].as_str().unwrap();
        if kind == "galaxy.namespace" || kind == "shared.team" {
            admin.get(path).expect(200);
        }
        let query = format!(
            "{OF_USERS}?object_id={}&user_ansible_id={ana}",
            given["object_id"].as_str().unwrap()
        );
        assert_eq!(
            column(&admin.get(&query).expect(200), "id"),
            [given["id"].clone()]
        );
    }
    let team = uuid(&galaxy, "user_group", "crew");
    let group_admin = role(&galaxy, "galaxy.group_admin");
    let body =
        json!({"role_definition": group_admin, "team_ansible_id": team, "object_ansible_id": team});
    let given = give(&admin, OF_TEAMS, body).expect(201).json();
    assert_eq!(given["object_ansible_id"], team);
    assert_eq!(
        (&given["team"], &given["object_id"]),
        (&json!(crew), &json!(crew.to_string()))
    );
    let all = admin
        .get(&format!("{OF_USERS}?role_definition={group_admin}"))
        .expect(200);
    assert_eq!(all.json()["count"], 1);
    assert_eq!(galaxy.rows("role_assignment WHERE user_id IS NOT NULL"), 5);
}

fn uuid_of_user(galaxy: &TestServer, name: &str) -> String {
    let body = galaxy
        .admin()
        .get(&format!("_ui/v2/users/?username={name}"))
        .expect(200);
    let body = body.json();
    body["results"][0]["resource"]["ansible_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn giving_a_role_twice_is_giving_it_once() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let ana = galaxy.user_id("ana");
    let body = json!({"role_definition": role(&galaxy, "galaxy.auditor"), "user": ana});
    let first = give(&admin, OF_USERS, body.clone()).expect(201).json();
    assert_eq!(give(&admin, OF_USERS, body).expect(201).json(), first);
    let told = galaxy.audited();
    assert_eq!(told.len(), 1);
    let text =
        json!({"role_definition": role(&galaxy, "galaxy.user_admin"), "user": ana}).to_string();
    assert_eq!(twice(&admin, OF_USERS, &text), [201, 201]);
    assert_eq!(galaxy.rows("role_assignment WHERE user_id IS NOT NULL"), 2);
}

#[test]
fn wrong_requests_are_refused() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let ana = galaxy.user_id("ana");
    let nobody = "00000000-0000-0000-0000-000000000000";
    let owner = role(&galaxy, "galaxy.collection_namespace_owner");
    let curator = role(&galaxy, "galaxy.collection_curator");
    let repository = uuid(&galaxy, "repository", "published");
    let team = uuid(&galaxy, "user_group", "system:partner-engineers");
    let gone = |id: &str| format!("Invalid pk \"{id}\" - object does not exist.");
    let add = |body: Value| give(&admin, OF_USERS, body);
    for (list, field, by_uuid) in [
        (OF_USERS, "user", "user_ansible_id"),
        (OF_TEAMS, "team", "team_ansible_id"),
    ] {
        let text = format!("Provide exactly one of {field} or {by_uuid}");
        let both = json!({field: [text], by_uuid: [text]});
        refused(
            give(&admin, list, json!({"role_definition": owner})),
            400,
            both.clone(),
        );
        let body = json!({"role_definition": owner, field: 1, by_uuid: nobody});
        refused(give(&admin, list, body), 400, both);
        let body = json!({"role_definition": curator, field: 999_999});
        refused(
            give(&admin, list, body),
            400,
            json!({field: [gone("999999")]}),
        );
        let body = json!({"role_definition": curator, by_uuid: nobody});
        refused(
            give(&admin, list, body),
            400,
            json!({by_uuid: [gone(nobody)]}),
        );
        let body = json!({"role_definition": curator, by_uuid: "x"});
        refused(
            give(&admin, list, body),
            400,
            json!({by_uuid: ["Must be a valid UUID."]}),
        );
    }
    let required = json!({"role_definition": ["This field is required."]});
    refused(add(json!({"user": ana})), 400, required);
    let refusal = json!({"role_definition": [gone("999999")]});
    refused(
        add(json!({"role_definition": 999_999, "user": ana})),
        400,
        refusal,
    );
    let on = |role: i64, field: &str, object: Value| {
        add(json!({"role_definition": role, "user": ana, field: object}))
    };
    for object in ["999999", "x", &repository] {
        refused(
            on(owner, "object_id", json!(object)),
            400,
            json!({"object_id": [gone(object)]}),
        );
    }
    let text = "System role does not allow for object assignment";
    refused(
        on(curator, "object_id", json!(repository)),
        400,
        json!({"object_id": [text]}),
    );
    refused(
        on(curator, "object_ansible_id", json!(team)),
        400,
        json!({"object_ansible_id": [text]}),
    );
    let text = "Object type of team does not match role type of namespace";
    refused(
        on(owner, "object_ansible_id", json!(team)),
        400,
        json!({"object_ansible_id": [text]}),
    );
    let refusal = json!({"object_ansible_id": [gone(nobody)]});
    refused(on(owner, "object_ansible_id", json!(nobody)), 400, refusal);
    let text = "Object must be specified for this role assignment";
    refused(
        add(json!({"role_definition": owner, "user": ana})),
        400,
        json!({"object_id": [text]}),
    );
    for body in [
        json!({"role_definition": "x", "user": ana}),
        json!({"role_definition": null, "user": ana}),
        json!({"role_definition": owner, "user": "x"}),
        json!({"role_definition": owner, "user": ana, "object_id": []}),
        json!({"role_definition": owner, "user": ana, "object_id": 1, "object_ansible_id": nobody}),
        json!([]),
    ] {
        add(body).expect(400);
    }
    admin.get(&format!("{OF_USERS}?user=x")).expect(400);
    assert_eq!(galaxy.rows("role_assignment WHERE user_id IS NOT NULL"), 0);
    assert!(
        galaxy.audited().is_empty(),
        "what was refused changed nothing"
    );
}
