//! `_ui/v2`, file for file; here is what all of its files have in common.

mod groups;
mod organizations;
mod role_assignments;
mod role_definitions;
mod role_metadata;
mod teams;
mod users;

use std::thread;

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::TestServer;

/// One field of every entry of a page.
fn column(reply: &Reply, field: &str) -> Vec<Value> {
    let body = reply.json();
    let results = body["results"].as_array().unwrap().iter();
    results.map(|entry| entry[field].clone()).collect()
}

/// Checks that a request is refused with just this body.
fn refused(reply: Reply, status: u16, body: Value) {
    assert_eq!(reply.expect(status).json(), body);
}

/// The statuses of the same request sent twice at once.
fn twice(client: &Client, path: &'static str, body: &str) -> Vec<u16> {
    let both: Vec<_> = (0..2)
        .map(|_| {
            let (client, body) = (client.clone(), body.to_owned());
            thread::spawn(move || client.post(path, &body).status)
        })
        .collect();
    let mut statuses: Vec<u16> = both.into_iter().map(|one| one.join().unwrap()).collect();
    statuses.sort_unstable();
    statuses
}

/// A list, a body that makes something for it, and what a missing row of it is called. Role 17 is a shipped one that
/// can be held everywhere.
const LISTS: &[(&str, &str, &str)] = &[
    ("users", r#"{"username": "made"}"#, "User"),
    ("groups", r#"{"name": "made"}"#, "Group"),
    ("organizations", r#"{"name": "made"}"#, "Organization"),
    ("teams", r#"{"name": "made"}"#, "Team"),
    (
        "role_definitions",
        r#"{"name": "acme.made", "permissions": []}"#,
        "RoleDefinition",
    ),
    (
        "role_user_assignments",
        r#"{"role_definition": 17, "user": 1}"#,
        "RoleUserAssignment",
    ),
    (
        "role_team_assignments",
        r#"{"role_definition": 17, "team": 1}"#,
        "RoleTeamAssignment",
    ),
];

#[test]
fn everybody_who_signed_in_reads_and_only_superusers_write() {
    let galaxy = TestServer::start();
    let keeper = galaxy.user("keeper", &["galaxy.user_admin", "galaxy.group_admin"]);
    let stranger = galaxy.anonymous();
    let denied = json!({"detail": "You do not have permission to perform this action."});
    let unknown = json!({"detail": "Authentication credentials were not provided."});
    for (list, body, _) in LISTS {
        let list = format!("_ui/v2/{list}/");
        refused(stranger.get(&list), 401, unknown.clone());
        refused(stranger.post(&list, body), 401, unknown.clone());
        refused(keeper.post(&list, body), 403, denied.clone());
        refused(keeper.post(&list, "{"), 403, denied.clone());
        keeper.get(&list).expect(200);
        let made = galaxy.admin().post(&list, body).expect(201).json();
        let one = format!("{list}{}/", made["id"]);
        assert_eq!(keeper.get(&one).expect(200).json()["id"], made["id"]);
        refused(stranger.get(&one), 401, unknown.clone());
        if !list.contains("assignments") {
            refused(keeper.put(&one, body), 403, denied.clone());
            refused(keeper.patch(&one, body), 403, denied.clone());
        }
        refused(keeper.delete(&one), 403, denied.clone());
        galaxy.admin().delete(&one).expect(204);
    }
    let written = "SELECT count(*) FROM audit WHERE action = 'PlatformWrite' AND outcome = 'done'";
    assert_eq!(galaxy.value::<i64>(written), 14);
}

#[test]
fn what_is_not_there_is_not_found() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for (list, body, model) in LISTS {
        let missing = json!({"detail": format!("No {model} matches the given query.")});
        let one = format!("_ui/v2/{list}/999999/");
        refused(admin.get(&one), 404, missing.clone());
        refused(admin.delete(&one), 404, missing.clone());
        if !list.contains("assignments") {
            refused(admin.put(&one, body), 404, missing.clone());
            refused(admin.patch(&one, "{}"), 404, missing.clone());
        }
    }
}

#[test]
fn lists_have_pages_by_number() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in ["a", "b", "c"] {
        galaxy.user(name, &[]);
    }
    let page = |query: &str| admin.get(&format!("_ui/v2/users/?{query}"));
    let second = page("page_size=2&page=2&nope=1").expect(200);
    assert_eq!(second.json()["count"], 4);
    assert_eq!(second.json()["next"], Value::Null);
    let first = "/api/galaxy/_ui/v2/users/?nope=1&page_size=2";
    assert_eq!(second.json()["previous"], first);
    assert_eq!(column(&second, "username"), ["b", "c"]);
    let bare = page("count_disabled=true&page_size=1").expect(200).json();
    assert_eq!(
        bare.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["results"]
    );
    for query in ["page=3", "page=0", "page=x"] {
        refused(page(query), 404, json!({"detail": "Invalid page."}));
    }
}
