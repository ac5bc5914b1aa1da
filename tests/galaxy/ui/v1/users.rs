//! Users.

use std::thread;

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

const USERS: &str = "_ui/v1/users/";

fn add(client: &Client, body: &Value) -> Reply {
    client.post(USERS, &body.to_string())
}

fn change(client: &Client, id: i64, body: &Value) -> Reply {
    client.patch(&format!("{USERS}{id}/"), &body.to_string())
}

#[test]
fn a_user_is_created_shown_changed_and_deleted() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({
        "username": "ana", "first_name": "Ana", "last_name": "Lopez", "email": "ana@example.com",
        "password": "rec-Passw0rd-2",
        "groups": [{"name": "system:partner-engineers", "pulp_href": "/ignored/"}],
    });
    let created = add(&admin, &body).expect(201).json();
    assert!(created.get("password").is_none());
    assert_eq!(created["groups"][0]["name"], "system:partner-engineers");
    assert_eq!(created["is_superuser"], false);
    let path = format!("{USERS}{}/", created["id"]);
    assert_eq!(admin.get(&path).expect(200).json(), created);
    let patched = admin
        .patch(&path, r#"{"last_name": "Garcia", "groups": []}"#)
        .expect(200)
        .json();
    assert_eq!(patched["last_name"], "Garcia");
    assert_eq!(patched["first_name"], "Ana");
    assert_eq!(patched["groups"], json!([]));
    let put = admin
        .put(&path, r#"{"username": "anita"}"#)
        .expect(200)
        .json();
    assert_eq!(put["username"], "anita");
    assert_eq!(put["email"], "ana@example.com");
    admin.delete(&path).expect(204);
    admin.get(&path).refuses(404, "not_found", None);
    admin.patch(&path, "{}").refuses(404, "not_found", None);
    admin.delete(&path).refuses(404, "not_found", None);
    let trail: Vec<_> = galaxy.audited();
    let trail: Vec<_> = trail
        .iter()
        .map(|(action, object, detail)| (action.as_str(), object.as_str(), detail.as_str()))
        .collect();
    assert_eq!(
        trail,
        [
            ("UserCreate", "user ana", ""),
            (
                "UserUpdate",
                "user ana",
                "last name, out of group system:partner-engineers"
            ),
            ("UserUpdate", "user ana", "renamed to anita"),
            ("UserDelete", "user anita", ""),
        ]
    );
}

#[test]
fn wrong_fields_are_named_and_nobody_is_created() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let with = |field: &str, value: Value| {
        let mut body = json!({"username": "ana", "password": "rec-Passw0rd-2"});
        body[field] = value;
        add(&admin, &body)
    };
    let username = Some("username");
    for field in [
        "username",
        "first_name",
        "last_name",
        "email",
        "password",
        "is_superuser",
        "groups",
    ] {
        with(field, json!(null)).refuses(400, "null", Some(field));
    }
    with("username", json!("")).refuses(400, "blank", username);
    with("username", json!("a b")).refuses(400, "invalid", username);
    with("username", json!({})).refuses(400, "invalid", username);
    with("username", json!("a\u{0}b")).refuses(400, "null_characters_not_allowed", username);
    with("username", json!("x".repeat(151))).refuses(400, "max_length", username);
    with("username", json!("admin")).refuses(400, "unique", username);
    with("first_name", json!("x".repeat(151))).refuses(400, "max_length", Some("first_name"));
    with("email", json!("nope")).refuses(400, "invalid", Some("email"));
    with("email", json!(format!("{}@example.com", "x".repeat(255)))).refuses(
        400,
        "max_length",
        Some("email"),
    );
    with("password", json!(5)).refuses(400, "invalid", Some("password"));
    with("password", json!("a1".repeat(65))).refuses(400, "max_length", Some("password"));
    with("is_superuser", json!("perhaps")).refuses(400, "invalid", Some("is_superuser"));
    let groups = Some("groups");
    with("groups", json!("x")).refuses(400, "not_a_list", groups);
    with("groups", json!(["x"])).refuses(400, "invalid", groups);
    with("groups", json!([{}])).refuses(400, "invalid", groups);
    with("groups", json!([{"id": "x"}])).refuses(400, "invalid", groups);
    with("groups", json!(vec![json!({"id": 1}); 1001])).refuses(400, "max_length", groups);
    with("groups", json!([{"name": "nope"}])).refuses(400, "invalid", groups);
    with("groups", json!([{"id": 1, "name": "nope"}])).refuses(400, "invalid", groups);
    assert_eq!(galaxy.rows("user"), 1);
    assert_eq!(galaxy.changes(), 0);
}

#[test]
fn every_rule_a_password_breaks_is_told() {
    let galaxy = TestServer::with(|config| config.access.minimum_password_length = 12);
    let body = json!({"username": "ana", "password": "12345"});
    let told = add(&galaxy.admin(), &body).expect(400).json();
    let codes: Vec<&Value> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["code"])
        .collect();
    assert_eq!(
        codes,
        [
            "password_too_short",
            "password_too_common",
            "password_entirely_numeric"
        ]
    );
    assert!(told.to_string().contains("at least 12 characters"));
}

#[test]
fn a_user_without_a_password_cannot_sign_in_with_one() {
    let galaxy = TestServer::start();
    add(&galaxy.admin(), &json!({"username": "bot"})).expect(201);
    use base64::Engine;
    for password in ["", "bot", "null"] {
        let pair = base64::prelude::BASE64_STANDARD.encode(format!("bot:{password}"));
        galaxy
            .anonymous()
            .authorized(&format!("Basic {pair}"))
            .get("_ui/v1/me/")
            .refuses(401, "authentication_failed", None);
    }
    galaxy.token_of("bot").get("_ui/v1/me/").expect(200);
}

#[test]
fn strangers_and_ordinary_users_manage_nobody() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.group_admin"]);
    let path = format!("{USERS}{}/", galaxy.user_id("ana"));
    for (client, status, code) in [
        (&galaxy.anonymous(), 401, "not_authenticated"),
        (&ana, 403, "permission_denied"),
    ] {
        client.get(USERS).refuses(status, code, None);
        client.get(&path).refuses(status, code, None);
        client.post(USERS, "not json").refuses(status, code, None);
        client.put(&path, "{}").refuses(status, code, None);
        client.patch(&path, "{}").refuses(status, code, None);
        client.delete(&path).refuses(status, code, None);
    }
}

#[test]
fn a_user_administrator_makes_no_superusers_and_touches_none() {
    let galaxy = TestServer::start();
    let keeper = galaxy.user("keeper", &["galaxy.user_admin"]);
    galaxy.user("ana", &[]);
    let (ana, admin) = (galaxy.user_id("ana"), galaxy.user_id("admin"));
    let rank = Some("is_superuser");
    add(
        &keeper,
        &json!({"username": "eva", "password": "rec-Passw0rd-2", "is_superuser": true}),
    )
    .refuses(400, "invalid", rank);
    change(&keeper, ana, &json!({"is_superuser": true})).refuses(400, "invalid", rank);
    change(&keeper, admin, &json!({"is_superuser": false})).refuses(400, "invalid", rank);
    change(&keeper, admin, &json!({"first_name": "x"})).refuses(400, "invalid", Some("username"));
    let password = json!({"password": "another-Passw0rd-9"});
    change(&keeper, ana, &password).refuses(400, "invalid", Some("password"));
    change(&keeper, galaxy.user_id("keeper"), &password).expect(200);
    change(
        &keeper,
        ana,
        &json!({"first_name": "Ana", "is_superuser": false}),
    )
    .expect(200);
    for spared in ["admin", "keeper"] {
        keeper
            .delete(&format!("{USERS}{}/", galaxy.user_id(spared)))
            .refuses(403, "permission_denied", None);
    }
    let admin = galaxy.admin();
    admin
        .delete(&format!("{USERS}{}/", galaxy.user_id("admin")))
        .refuses(403, "permission_denied", None);
    keeper.delete(&format!("{USERS}{ana}/")).expect(204);
}

#[test]
fn groups_of_others_need_the_permission_to_change_groups() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let keeper = galaxy.user("keeper", &["galaxy.user_admin"]);
    let both = galaxy.user("both", &["galaxy.user_admin", "galaxy.group_admin"]);
    galaxy.user("ana", &[]);
    let ana = galaxy.user_id("ana");
    for name in ["crew", "others"] {
        admin
            .post("_ui/v1/groups/", &json!({"name": name}).to_string())
            .expect(201);
    }
    let keepers = json!({"groups": [{"name": "crew"}]});
    change(&admin, galaxy.user_id("keeper"), &keepers).expect(200);
    let in_groups = |names: &[&str]| {
        let groups: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"groups": groups})
    };
    // A group of one's own is one's own matter.
    change(&keeper, ana, &in_groups(&["crew"])).expect(200);
    let refused = change(&keeper, ana, &in_groups(&["crew", "others"])).refuses(
        400,
        "invalid",
        Some("groups"),
    );
    assert!(refused.text().contains("galaxy.change_group"));
    change(&both, ana, &in_groups(&["others"])).expect(200);
    change(&keeper, ana, &in_groups(&[])).refuses(400, "invalid", Some("groups"));
    change(&keeper, ana, &in_groups(&["others"])).expect(200);
    let new = json!({"username": "new", "groups": [{"name": "others"}]});
    add(&keeper, &new).refuses(400, "invalid", Some("groups"));
    add(&both, &new).expect(201);
}

#[test]
fn everything_of_a_deleted_user_is_gone() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.collection_publisher"]);
    galaxy.browser("ana");
    let path = format!("{USERS}{}/", galaxy.user_id("ana"));
    let before = galaxy.rows("role_assignment");
    galaxy.admin().delete(&path).expect(204);
    ana.get("_ui/v1/me/")
        .refuses(401, "authentication_failed", None);
    assert_eq!(galaxy.rows("session"), 0);
    assert_eq!(galaxy.rows("role_assignment"), before - 1);
}

#[test]
fn of_two_users_of_one_name_one_is_created() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({"username": "twin", "password": "rec-Passw0rd-2"});
    let both: Vec<_> = (0..2)
        .map(|_| {
            let (admin, body) = (admin.clone(), body.clone());
            thread::spawn(move || add(&admin, &body).status)
        })
        .collect();
    let mut statuses: Vec<u16> = both.into_iter().map(|one| one.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400]);
}

#[test]
fn a_list_of_users_is_filtered_sorted_and_paged() {
    let galaxy = TestServer::start();
    let auditor = galaxy.user("auditor", &["galaxy.auditor"]);
    let admin = galaxy.admin();
    for (name, first, email) in [
        ("rec_b", "Bea", "bea@example.com"),
        ("rec_a", "Ada", "ada@example.org"),
        ("recXc", "Cleo", ""),
    ] {
        let body =
            json!({"username": name, "first_name": first, "email": email, "password": PASSWORD});
        add(&admin, &body).expect(201);
    }
    let crew = admin
        .post("_ui/v1/groups/", r#"{"name": "crew"}"#)
        .expect(201)
        .json()["id"]
        .clone();
    change(
        &admin,
        galaxy.user_id("rec_a"),
        &json!({"groups": [{"id": crew}]}),
    )
    .expect(200);
    let names = |query: &str| {
        auditor
            .get(&format!("{USERS}?{query}"))
            .expect(200)
            .column("username")
    };
    assert_eq!(names(""), ["admin", "auditor", "rec_b", "rec_a", "recXc"]);
    assert_eq!(names("username=rec_a"), ["rec_a"]);
    assert_eq!(names("username__startswith=rec_"), ["rec_b", "rec_a"]);
    assert_eq!(names("username__contains=Xc"), ["recXc"]);
    assert_eq!(names("first_name=Bea&email__contains=.com"), ["rec_b"]);
    assert_eq!(names("email__startswith=ada"), ["rec_a"]);
    assert_eq!(names("last_name=nobody"), [""; 0]);
    assert_eq!(names("groups__name=crew"), ["rec_a"]);
    assert_eq!(names(&format!("groups={crew}")), ["rec_a"]);
    assert_eq!(names("nope=1&sort=-username&limit=2"), ["rec_b", "rec_a"]);
    assert_eq!(names("sort=username&limit=2&offset=2"), ["recXc", "rec_a"]);
    let joined = admin
        .get(&format!("{USERS}{}/", galaxy.user_id("recXc")))
        .expect(200)
        .json()["date_joined"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(names(&format!("date_joined={joined}")), ["recXc"]);
    for (query, code, parameter) in [
        ("sort=nope", "invalid_choice", "sort"),
        ("date_joined=soon", "invalid", "date_joined"),
        ("groups=x", "invalid", "groups"),
    ] {
        auditor
            .get(&format!("{USERS}?{query}"))
            .refuses(400, code, Some(parameter));
    }
    let all = auditor.get(&format!("{USERS}?username=rec_a")).json();
    assert_eq!(
        all["data"][0]["groups"],
        json!([{"id": crew, "name": "crew"}])
    );
    assert_eq!(all["data"][0]["auth_provider"], json!(["django"]));
}
