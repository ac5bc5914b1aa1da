//! Roles.

use serde_json::Value;
use serde_json::json;

use crate::pulp::assignments::id;
use crate::support::server::TestServer;
use crate::ui::v2::column;
use crate::ui::v2::refused;
use crate::ui::v2::twice;

const ROLES: &str = "_ui/v2/role_definitions/";

#[test]
fn a_role_is_made_changed_and_deleted_and_the_pulp_api_sees_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({
        "name": "acme.editor", "description": "Edits", "content_type": "galaxy.namespace",
        "permissions": ["galaxy.change_namespace"],
    });
    let made = admin.post(ROLES, &body.to_string()).expect(201).json();
    assert_eq!(made["content_type"], "galaxy.namespace");
    assert_eq!(made["summary_fields"]["created_by"]["username"], "admin");
    assert_eq!(made["managed"], false);
    let url = made["url"].as_str().unwrap();
    assert_eq!(admin.get(url).expect(200).json(), made);
    let uuid = made["summary_fields"]["resource"]["ansible_id"]
        .as_str()
        .unwrap();
    let pulp = format!("pulp/api/v3/roles/{uuid}/");
    assert_eq!(admin.get(&pulp).expect(200).json()["description"], "Edits");
    let more = r#"{"permissions": ["galaxy.change_namespace", "galaxy.view_ansiblerepository"]}"#;
    let changed = admin.patch(url, more).expect(200).json();
    assert_eq!(
        changed["permissions"],
        json!(["ansible.view_ansiblerepository", "galaxy.change_namespace"])
    );
    assert_eq!(
        (&changed["content_type"], &changed["description"]),
        (&Value::Null, &json!("Edits"))
    );
    assert_eq!(
        admin.get(&pulp).expect(200).json()["permissions"],
        changed["permissions"]
    );
    admin
        .put(url, r#"{"name": "acme.writer", "permissions": []}"#)
        .expect(200);
    let found = admin.get(&format!("{ROLES}?name=acme.writer")).expect(200);
    assert_eq!(column(&found, "name"), ["acme.writer"]);
    admin.delete(url).expect(204);
    admin.get(&pulp).expect(404);
    let told: Vec<_> = galaxy
        .audited()
        .into_iter()
        .map(|row| (row.1, row.2))
        .collect();
    assert_eq!(
        told[0],
        (
            "role acme.editor".to_owned(),
            "galaxy.change_namespace".to_owned()
        )
    );
    assert_eq!(told[3].0, "role acme.writer");
}

#[test]
fn roles_made_by_the_pulp_api_are_shown_and_shipped_ones_do_not_change() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = r#"{"name": "acme.tasks", "permissions": ["core.view_task"]}"#;
    admin.post("pulp/api/v3/roles/", body).expect(201);
    let found = admin.get(&format!("{ROLES}?managed=false")).expect(200);
    assert_eq!(column(&found, "content_type"), ["galaxy.task"]);
    let all = admin.get(&format!("{ROLES}?page_size=200")).expect(200);
    assert_eq!(column(&all, "name").last().unwrap(), "acme.tasks");
    let owner = id(&galaxy, "role", "name", "galaxy.collection_namespace_owner");
    let one = format!("{ROLES}{owner}/");
    let shipped = admin.get(&one).expect(200).json();
    assert_eq!(
        (&shipped["managed"], &shipped["description"]),
        (&json!(true), &shipped["name"])
    );
    assert_eq!(shipped["related"], json!({}));
    let managed = json!(["Role is managed by the system"]);
    refused(admin.patch(&one, "{}"), 400, managed.clone());
    refused(admin.put(&one, "{}"), 400, managed.clone());
    refused(admin.delete(&one), 400, managed);
}

#[test]
fn wrong_roles_are_refused() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let add = |body: Value| admin.post(ROLES, &body.to_string());
    let required = json!(["This field is required."]);
    refused(
        add(json!({})),
        400,
        json!({"name": required, "permissions": required}),
    );
    let with = |field: &str, value: Value| {
        let mut body = json!({"name": "acme.role", "permissions": ["galaxy.change_namespace"]});
        body[field] = value;
        add(body)
    };
    let text = "Cannot use permission with api_slug 'galaxy.fly', object does not exist";
    refused(
        with("permissions", json!(["galaxy.fly"])),
        400,
        json!({"permissions": [text]}),
    );
    let text = "Permissions \"change_namespace\" are not valid for task roles";
    refused(
        with("content_type", json!("galaxy.task")),
        400,
        json!({"permissions": [text]}),
    );
    let text = "Invalid pk \"galaxy.nope\" - object does not exist.";
    refused(
        with("content_type", json!("galaxy.nope")),
        400,
        json!({"content_type": [text]}),
    );
    for (field, value) in [
        ("name", json!("")),
        ("name", Value::Null),
        ("permissions", Value::Null),
        ("permissions", json!("galaxy.change_namespace")),
        ("permissions", json!([1])),
        ("description", Value::Null),
        ("description", json!([])),
        ("content_type", json!({})),
    ] {
        with(field, value).expect(400);
    }
    let taken = json!({"name": ["This field must be unique."]});
    refused(with("name", json!("galaxy.auditor")), 400, taken.clone());
    let made = with("content_type", Value::Null).expect(201).json();
    let url = made["url"].as_str().unwrap();
    refused(
        admin.patch(url, r#"{"name": "galaxy.auditor"}"#),
        400,
        taken,
    );
    admin.put(url, r#"{"name": "acme.role"}"#).expect(400);
    let body = r#"{"name": "acme.twin", "permissions": []}"#;
    assert_eq!(twice(&admin, ROLES, body), [201, 400]);
}
