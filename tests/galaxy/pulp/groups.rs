//! Groups and who is in them, by the pulp API.

use serde_json::Value;
use serde_json::json;

use crate::support::server::TestServer;

const GROUPS: &str = "pulp/api/v3/groups/";

#[test]
fn a_group_is_created_renamed_and_deleted() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let created = admin.post(GROUPS, r#"{"name": "crew"}"#).expect(201);
    let group = created.json();
    assert_eq!(created.header("location"), group["pulp_href"]);
    assert_eq!(group["prn"], format!("prn:core.group:{}", group["id"]));
    let path = group["pulp_href"].as_str().unwrap();
    assert_eq!(admin.get(path).expect(200).json(), group);
    assert_eq!(
        admin.get(&format!("{path}?fields=name")).json(),
        json!({"name": "crew"})
    );
    let told = |reply: crate::support::client::Reply| reply.expect(400).json();
    assert_eq!(
        told(admin.post(GROUPS, r#"{"name": "crew"}"#)),
        json!({"name": ["This field must be unique."]})
    );
    assert_eq!(
        told(admin.post(GROUPS, "{}")),
        json!({"name": ["This field is required."]})
    );
    assert_eq!(
        told(admin.patch(path, r#"{"name": "system:partner-engineers"}"#)),
        json!({"name": ["This field must be unique."]})
    );
    assert_eq!(
        told(admin.put(path, "{}")),
        json!({"name": ["This field is required."]})
    );
    assert_eq!(
        told(admin.patch(path, r#"{"name": ""}"#)),
        json!({"name": ["This field may not be blank."]})
    );
    assert_eq!(admin.patch(path, "{}").expect(200).json()["name"], "crew");
    let renamed = admin.patch(path, r#"{"name": "squad"}"#).expect(200).json();
    assert_eq!(renamed["name"], "squad");
    admin.put(path, r#"{"name": "squad"}"#).expect(200);
    admin.delete(path).expect(204);
    let missing = json!({"detail": "No Group matches the given query."});
    for reply in [
        admin.get(path),
        admin.patch(path, r#"{"name": "x"}"#),
        admin.patch(path, "{}"),
        admin.delete(path),
    ] {
        assert_eq!(reply.expect(404).json(), missing);
    }
    let details: Vec<String> = galaxy.audited().into_iter().map(|row| row.2).collect();
    assert_eq!(details, ["", "renamed to squad", "renamed to squad", ""]);
}

#[test]
fn only_superusers_rename_groups_and_change_members_here() {
    let galaxy = TestServer::start();
    let keeper = galaxy.user("keeper", &["galaxy.group_admin"]);
    let group = keeper
        .post(GROUPS, r#"{"name": "crew"}"#)
        .expect(201)
        .json();
    let path = group["pulp_href"].as_str().unwrap();
    let members = format!("{path}users/");
    keeper.patch(path, r#"{"name": "x"}"#).expect(403);
    keeper.put(path, r#"{"name": "x"}"#).expect(403);
    keeper.get(&members).expect(403);
    keeper
        .post(&members, r#"{"username": "keeper"}"#)
        .expect(403);
    keeper
        .delete(&format!("{members}{}/", galaxy.user_id("keeper")))
        .expect(403);
    galaxy.anonymous().get(GROUPS).expect(401);
    keeper.delete(path).expect(204);
}

#[test]
fn members_come_and_go() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    let id = galaxy.user_id("ana");
    let group = admin.post(GROUPS, r#"{"name": "crew"}"#).expect(201).json();
    let members = format!("{}users/", group["pulp_href"].as_str().unwrap());
    let added = admin
        .post(&members, r#"{"username": "ana"}"#)
        .expect(201)
        .json();
    let listed = admin.get(&members).expect(200).json();
    assert_eq!(listed["count"], 1);
    assert_eq!(listed["results"], json!([added]));
    assert_eq!(
        admin
            .post(&members, r#"{"username": "nobody"}"#)
            .expect(400)
            .json(),
        json!(["Could not find user nobody"])
    );
    assert_eq!(
        admin.post(&members, "{}").expect(400).json(),
        json!(["Please provide one of the following values for User: 'pk', 'id', 'username'"])
    );
    assert_eq!(
        admin.delete(&format!("{members}999/")).expect(404).json(),
        json!({"detail": "No User matches the given query."})
    );
    admin.delete(&format!("{members}{id}/")).expect(204);
    assert_eq!(admin.get(&members).expect(200).json()["count"], 0);
    admin.get(&format!("{GROUPS}999/users/")).expect(404);
    admin
        .post(&format!("{GROUPS}999/users/"), r#"{"username": "ana"}"#)
        .expect(404);
}

#[test]
fn the_list_is_newest_first_and_strict() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in ["crew_b", "crew_a"] {
        admin
            .post(GROUPS, &json!({"name": name}).to_string())
            .expect(201);
    }
    let names = |query: &str| -> Vec<Value> {
        let page = admin.get(&format!("{GROUPS}?{query}")).expect(200).json();
        let results = page["results"].as_array().unwrap();
        results.iter().map(|group| group["name"].clone()).collect()
    };
    assert_eq!(names(""), ["crew_a", "crew_b", "system:partner-engineers"]);
    assert_eq!(names("name__in=crew_a,crew_b&limit=1"), ["crew_a"]);
    assert_eq!(names("name__iexact=CREW_A"), ["crew_a"]);
    assert_eq!(
        names("name__icontains=CREW&ordering=name"),
        ["crew_a", "crew_b"]
    );
    assert_eq!(names("id=2"), ["crew_b"]);
    assert_eq!(names("id__in=2,3&ordering=id"), ["crew_b", "crew_a"]);
    for (query, expected) in [
        ("nope=1", json!({"errors": ["Invalid Filter: 'nope'"]})),
        (
            "ordering=nope",
            json!({"ordering": ["Select a valid choice. nope is not one of the available choices."]}),
        ),
        ("id=x", json!({"id": ["Enter a number."]})),
    ] {
        let refused = admin.get(&format!("{GROUPS}?{query}")).expect(400).json();
        assert_eq!(refused, expected, "{query}");
    }
    admin.get(&format!("{GROUPS}2/users/?nope=1")).expect(400);
}
