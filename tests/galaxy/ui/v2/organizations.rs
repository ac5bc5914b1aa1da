//! Organizations.

use serde_json::json;

use crate::support::server::TestServer;
use crate::ui::v2::column;
use crate::ui::v2::refused;
use crate::ui::v2::twice;

const ORGANIZATIONS: &str = "_ui/v2/organizations/";

#[test]
fn the_one_called_default_stays() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let all = admin.get(ORGANIZATIONS).expect(200);
    assert_eq!(column(&all, "name"), ["Default"]);
    let one = format!("{ORGANIZATIONS}{}/", all.json()["results"][0]["id"]);
    let stays = json!(["'Default' organization cannot be deleted."]);
    refused(admin.delete(&one), 400, stays);
    let stays = json!(["The name 'Default' cannot be changed."]);
    refused(
        admin.patch(&one, r#"{"name": "Other"}"#),
        400,
        stays.clone(),
    );
    refused(admin.put(&one, r#"{"name": "Other"}"#), 400, stays);
    admin.put(&one, r#"{"name": "Default"}"#).expect(200);
    assert_eq!(admin.get(&one).expect(200).json()["name"], "Default");
}

#[test]
fn an_organization_is_found_renamed_with_its_groups_and_deleted_with_its_teams() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let made = admin
        .post(ORGANIZATIONS, r#"{"name": "acme"}"#)
        .expect(201)
        .json();
    let uuid = made["resource"]["ansible_id"].as_str().unwrap();
    let found = admin.get(&format!(
        "{ORGANIZATIONS}?name=acme&resource__ansible_id={uuid}"
    ));
    assert_eq!(found.json()["results"], json!([made]));
    let body = r#"{"name": "ops", "organization": "acme"}"#;
    let team = admin.post("_ui/v2/teams/", body).expect(201).json();
    let group = format!("_ui/v1/groups/{}/", team["id"]);
    admin
        .post(&format!("{group}users/"), r#"{"username": "ana"}"#)
        .expect(201);
    let role = r#"{"role": "galaxy.collection_publisher", "content_object": null}"#;
    admin
        .post(&format!("pulp/api/v3/groups/{}/roles/", team["id"]), role)
        .expect(201);
    let make = |name: &str| {
        ana.post(
            "v3/namespaces/",
            &format!(r#"{{"name": "{name}", "groups": [], "users": []}}"#),
        )
    };
    make("one").expect(201);
    let one = format!("{ORGANIZATIONS}{}/", made["id"]);
    admin.patch(&one, r#"{"name": "emca"}"#).expect(200);
    assert_eq!(admin.get(&group).expect(200).json()["name"], "emca::ops");
    let shown = admin
        .get(&format!("_ui/v2/teams/{}/", team["id"]))
        .expect(200)
        .json();
    assert_eq!(
        (&shown["name"], &shown["organization"]["name"]),
        (&json!("ops"), &json!("emca"))
    );
    admin.delete(&one).expect(204);
    admin.get(&one).expect(404);
    admin.get(&group).expect(404);
    make("two").expect(403);
    let (_, object, detail) = galaxy.audited().pop().unwrap();
    assert_eq!(
        (object.as_str(), detail.as_str()),
        ("organization emca", "deleted with group emca::ops")
    );
}

#[test]
fn wrong_names_are_refused() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let add = |name: &str| admin.post(ORGANIZATIONS, &json!({"name": name}).to_string());
    let one = format!("{ORGANIZATIONS}{}/", add("acme").expect(201).json()["id"]);
    let taken = json!({"name": ["organization with this name already exists."]});
    refused(add("acme"), 400, taken.clone());
    refused(admin.put(&one, r#"{"name": "Default"}"#), 400, taken);
    for name in ["", "  ", &"x".repeat(151)] {
        add(name).expect(400);
    }
    for body in ["{}", r#"{"name": null}"#, r#"{"name": [1]}"#, "1"] {
        admin.post(ORGANIZATIONS, body).expect(400);
        admin.put(&one, body).expect(400);
    }
    assert_eq!(admin.patch(&one, "{}").expect(200).json()["name"], "acme");
    admin
        .post(
            "_ui/v2/teams/",
            r#"{"name": "ops", "organization": "acme"}"#,
        )
        .expect(201);
    admin
        .post("_ui/v1/groups/", r#"{"name": "other::ops"}"#)
        .expect(201);
    let taken = json!({"name": ["This field must be unique."]});
    refused(admin.put(&one, r#"{"name": "other"}"#), 400, taken);
    assert_eq!(admin.get(&one).expect(200).json()["name"], "acme");
    assert_eq!(
        twice(&admin, ORGANIZATIONS, r#"{"name": "twin"}"#),
        [201, 400]
    );
}
