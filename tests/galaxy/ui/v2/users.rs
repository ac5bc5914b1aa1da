//! Users.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Reply;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::ui::v2::column;
use crate::ui::v2::refused;
use crate::ui::v2::twice;

const USERS: &str = "_ui/v2/users/";

#[test]
fn a_user_is_made_changed_and_deleted_and_other_apis_see_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({
        "username": "ana", "password": PASSWORD, "email": "ana@example.com",
        "groups": [{"name": "system:partner-engineers"}], "teams": [{"id": 1}],
        "organizations": [{"id": 1, "name": "Default"}],
    });
    let made = admin.post(USERS, &body.to_string()).expect(201).json();
    assert_eq!(
        made["groups"],
        json!([]),
        "what a body says of groups changes nothing"
    );
    assert_eq!(made["resource"]["resource_type"], "shared.user");
    let (id, uuid) = (&made["id"], &made["resource"]["ansible_id"]);
    let one = format!("{USERS}{id}/");
    let found = admin.get(&format!(
        "{USERS}?resource__ansible_id={}",
        uuid.as_str().unwrap()
    ));
    assert_eq!(column(&found, "username"), ["ana"]);
    let v1 = admin.get(&format!("_ui/v1/users/{id}/")).expect(200).json();
    assert_eq!(v1["email"], "ana@example.com");
    let changed = admin
        .patch(&one, r#"{"first_name": "Ana"}"#)
        .expect(200)
        .json();
    assert_eq!(
        (&changed["first_name"], &changed["email"]),
        (&json!("Ana"), &made["email"])
    );
    let changed = admin
        .put(&one, r#"{"username": "anita", "is_superuser": true}"#)
        .expect(200);
    assert_eq!(changed.json()["is_superuser"], true);
    let me = galaxy
        .token_of("anita")
        .get("_ui/v2/me/")
        .expect(200)
        .json();
    assert_eq!(me, changed.json());
    let superusers = admin
        .get(&format!("{USERS}?is_superuser=true&sort=-username"))
        .expect(200);
    assert_eq!(column(&superusers, "username"), ["anita", "admin"]);
    refused(
        admin.put(&one, "{}"),
        400,
        json!({"username": ["This field is required."]}),
    );
    let denied = json!({"detail": "You do not have permission to perform this action."});
    refused(admin.delete(&one), 403, denied);
    admin.patch(&one, r#"{"is_superuser": false}"#).expect(200);
    admin.delete(&one).expect(204);
    admin.get(&format!("_ui/v1/users/{id}/")).expect(404);
    let told: Vec<_> = galaxy.audited().into_iter().map(|row| row.2).collect();
    assert_eq!(
        told,
        [
            "",
            "first name",
            "renamed to anita, superuser",
            "no superuser",
            ""
        ]
    );
}

#[test]
fn wrong_users_are_refused() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let add = |body: Value| admin.post(USERS, &body.to_string());
    let taken = "A user with that username already exists.";
    let because = |field: &str, text: &str| json!({field: [text]});
    refused(
        add(json!({})),
        400,
        because("username", "This field is required."),
    );
    refused(
        add(json!({"username": "ana"})),
        400,
        because("username", taken),
    );
    refused(
        add(json!({"username": ["x"]})),
        400,
        because("username", "Not a valid string."),
    );
    add(json!({"username": "bob", "password": "short"})).expect(400);
    add(json!({"username": "bob", "email": "nope"})).expect(400);
    add(json!({"username": "bob", "is_superuser": null})).expect(400);
    add(json!([1])).expect(400);
    let with = |field: &str, of: Value| add(json!({"username": "bob", field: of}));
    for (field, noun) in [
        ("groups", "Group"),
        ("teams", "Team"),
        ("organizations", "Org"),
    ] {
        let text = format!("{noun} name=x, id=99 does not exist");
        refused(
            with(field, json!([{"name": "x", "id": 99}])),
            400,
            because(field, &text),
        );
        with(field, json!([{"id": {}}])).expect(400);
        with(field, json!("x")).expect(400);
        with(field, Value::Null).expect(400);
    }
    assert_eq!(galaxy.rows("user"), 2);
    admin.get(&format!("{USERS}?sort=nope")).expect(400);
    admin.get(&format!("{USERS}?date_joined=nope")).expect(400);
}

#[test]
fn of_two_users_of_one_name_one_is_made() {
    let galaxy = TestServer::start();
    let statuses = twice(&galaxy.admin(), USERS, r#"{"username": "twin"}"#);
    assert_eq!(statuses, [201, 400]);
}

#[test]
fn the_last_superuser_stays_one() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let me = format!("{USERS}{}/", galaxy.user_id("admin"));
    let refusal = admin
        .patch(&me, r#"{"is_superuser": false}"#)
        .expect(400)
        .json();
    assert!(
        refusal["is_superuser"][0]
            .as_str()
            .unwrap()
            .contains("last active super user")
    );
    admin.delete(&me).expect(403);
}

#[test]
fn users_are_found_by_parts_of_their_names() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let add = |body: Value| admin.post(USERS, &body.to_string()).expect(201);
    add(
        json!({"username": "Maria", "first_name": "Maria", "last_name": "Lopez", "email": "m@example.com"}),
    );
    add(
        json!({"username": "mark", "first_name": "Mark", "last_name": "Low", "email": "mark@example.org"}),
    );
    let find = |query: &str| -> Reply { admin.get(&format!("{USERS}?{query}")).expect(200) };
    for (query, names) in [
        ("username=mark", vec!["mark"]),
        ("username__contains=ar", vec!["Maria", "mark"]),
        ("username__icontains=MAR", vec!["Maria", "mark"]),
        ("username__startswith=M", vec!["Maria"]),
        ("first_name=Mark", vec!["mark"]),
        (
            "last_name__startswith=Lo&sort=-last_name",
            vec!["mark", "Maria"],
        ),
        ("email__contains=example.com", vec!["Maria"]),
        ("is_superuser=false&sort=email", vec!["Maria", "mark"]),
    ] {
        assert_eq!(column(&find(query), "username"), names, "{query}");
    }
    let joined = find("username=mark").json()["results"][0]["date_joined"].clone();
    let query = format!("date_joined={}", joined.as_str().unwrap());
    assert_eq!(column(&find(&query), "username"), ["mark"]);
}
