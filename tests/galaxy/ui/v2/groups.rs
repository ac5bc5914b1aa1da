//! Groups.

use serde_json::json;

use crate::support::server::TestServer;
use crate::ui::v2::column;
use crate::ui::v2::refused;
use crate::ui::v2::twice;

const GROUPS: &str = "_ui/v2/groups/";

#[test]
fn a_group_is_made_renamed_and_deleted_and_other_apis_see_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let made = admin.post(GROUPS, r#"{"name": "crew"}"#).expect(201).json();
    assert_eq!(made, json!({"id": made["id"], "name": "crew"}));
    let (one, v1) = (
        format!("{GROUPS}{}/", made["id"]),
        format!("_ui/v1/groups/{}/", made["id"]),
    );
    assert_eq!(admin.get(&v1).expect(200).json()["name"], "crew");
    admin.put(&one, r#"{"name": "ship"}"#).expect(200);
    assert_eq!(admin.patch(&one, "{}").expect(200).json()["name"], "ship");
    assert_eq!(admin.get(&v1).expect(200).json()["name"], "ship");
    let found = admin
        .get(&format!("{GROUPS}?name=ship&name__contains=ignored"))
        .expect(200);
    assert_eq!(column(&found, "id"), [made["id"].clone()]);
    admin.delete(&one).expect(204);
    admin.get(&v1).expect(404);
    assert_eq!(galaxy.audited()[1].2, "renamed to ship");
}

#[test]
fn wrong_names_are_refused() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let one = admin.post(GROUPS, r#"{"name": "crew"}"#).expect(201).json()["id"].to_string();
    admin.post(GROUPS, r#"{"name": "ship"}"#).expect(201);
    let taken = json!({"name": ["This field must be unique."]});
    refused(
        admin.post(GROUPS, r#"{"name": "crew"}"#),
        400,
        taken.clone(),
    );
    refused(
        admin.put(&format!("{GROUPS}{one}/"), r#"{"name": "ship"}"#),
        400,
        taken,
    );
    for body in [
        "{}",
        r#"{"name": ""}"#,
        r#"{"name": null}"#,
        r#"{"name": {}}"#,
        "[]",
        "{",
    ] {
        admin.post(GROUPS, body).expect(400);
        admin.put(&format!("{GROUPS}{one}/"), body).expect(400);
    }
    assert_eq!(twice(&admin, GROUPS, r#"{"name": "twin"}"#), [201, 400]);
}
