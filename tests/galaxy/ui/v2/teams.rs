//! Teams.

use serde_json::json;

use crate::support::server::TestServer;
use crate::ui::v2::column;
use crate::ui::v2::refused;
use crate::ui::v2::twice;

const TEAMS: &str = "_ui/v2/teams/";

#[test]
fn a_team_is_a_group_of_its_organization() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    let team = admin
        .post(TEAMS, r#"{"name": "ops", "organization": "acme"}"#)
        .expect(201)
        .json();
    assert_eq!(
        team["group"],
        json!({"id": team["id"], "name": "acme::ops"})
    );
    assert_eq!(
        team["organization"]["name"], "acme",
        "it is made if there is none"
    );
    assert_eq!(team["resource"]["resource_type"], "team");
    let one = format!("{TEAMS}{}/", team["id"]);
    let group = format!("_ui/v1/groups/{}/", team["id"]);
    assert_eq!(admin.get(&group).expect(200).json()["name"], "acme::ops");
    admin
        .post(&format!("{group}users/"), r#"{"username": "ana"}"#)
        .expect(201);
    let me = ana.get("_ui/v2/me/").expect(200).json();
    assert_eq!(me["teams"], json!([team]));
    assert_eq!(me["groups"], json!([team["group"]]));
    let renamed = admin.put(&one, r#"{"name": "dev"}"#).expect(200).json();
    assert_eq!(
        (&renamed["name"], &renamed["group"]["name"]),
        (&json!("dev"), &json!("acme::dev"))
    );
    assert_eq!(admin.patch(&one, "{}").expect(200).json(), renamed);
    let home = admin.post(TEAMS, r#"{"name": "ops"}"#).expect(201).json();
    assert_eq!(home["organization"], json!({"id": 1, "name": "Default"}));
    assert_eq!(home["group"]["name"], "Default::ops");
    admin.delete(&one).expect(204);
    admin.get(&group).expect(404);
    assert_eq!(ana.get("_ui/v2/me/").expect(200).json()["teams"], json!([]));
}

#[test]
fn a_group_made_elsewhere_is_a_team_of_the_default_organization() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let made = admin
        .post("_ui/v1/groups/", r#"{"name": "Crew"}"#)
        .expect(201)
        .json();
    let one = format!("{TEAMS}{}/", made["id"]);
    let team = admin.get(&one).expect(200).json();
    assert_eq!(team["name"], "Crew");
    assert_eq!(team["group"]["name"], "Crew");
    assert_eq!(team["organization"]["name"], "Default");
    let uuid = team["resource"]["ansible_id"].as_str().unwrap();
    for query in [
        "name=Crew",
        "name__contains=rew",
        "name__icontains=CREW",
        &format!("resource__ansible_id={uuid}"),
    ] {
        let found = admin.get(&format!("{TEAMS}?{query}")).expect(200);
        assert_eq!(column(&found, "name"), ["Crew"], "{query}");
    }
    let there = json!(["A team with this name already exists."]);
    refused(admin.post(TEAMS, r#"{"name": "Crew"}"#), 400, there);
    let renamed = admin.patch(&one, r#"{"name": "ship"}"#).expect(200).json();
    assert_eq!(renamed["group"]["name"], "ship");
}

#[test]
fn wrong_teams_are_refused() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let add = |body: &str| admin.post(TEAMS, body);
    add(r#"{"name": "ops", "organization": "acme"}"#).expect(201);
    let other = add(r#"{"name": "dev", "organization": "acme"}"#)
        .expect(201)
        .json();
    let there = json!(["A team with this name already exists."]);
    refused(
        add(r#"{"name": "ops", "organization": "acme"}"#),
        400,
        there.clone(),
    );
    let one = format!("{TEAMS}{}/", other["id"]);
    refused(admin.put(&one, r#"{"name": "ops"}"#), 400, there.clone());
    admin
        .post("_ui/v1/groups/", r#"{"name": "acme::qa"}"#)
        .expect(201);
    refused(
        add(r#"{"name": "qa", "organization": "acme"}"#),
        400,
        there.clone(),
    );
    refused(admin.put(&one, r#"{"name": "qa"}"#), 400, there);
    let required = json!({"name": ["This field is required."]});
    refused(add("{}"), 400, required.clone());
    refused(admin.put(&one, "{}"), 400, required);
    let groups = galaxy.rows("user_group");
    for body in [
        json!({"name": ""}),
        json!({"name": null}),
        json!({"name": {}}),
        json!({"name": "x".repeat(151)}),
        json!({"name": "x".repeat(150)}),
        json!({"name": "x", "organization": ""}),
        json!({"name": "x", "organization": null}),
        json!({"name": "x", "organization": "y".repeat(151)}),
        json!({"name": "x", "organization": [1]}),
    ] {
        add(&body.to_string()).expect(400);
    }
    assert_eq!(galaxy.rows("user_group"), groups);
    assert_eq!(
        twice(&admin, TEAMS, r#"{"name": "twin", "organization": "new"}"#),
        [201, 400]
    );
}
