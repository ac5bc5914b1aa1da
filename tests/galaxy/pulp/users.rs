//! Users by the pulp API.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use serde_json::json;

use crate::support::server::TestServer;
use crate::support::tarball::collection;

const USERS: &str = "pulp/api/v3/users/";

#[test]
fn a_user_is_created_changed_and_deleted() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({"username": "ana", "email": "ana@example.com", "password": "rec-Passw0rd-2"});
    let created = admin.post(USERS, &body.to_string()).expect(201);
    let user = created.json();
    let path = user["pulp_href"].as_str().unwrap();
    assert_eq!(created.header("location"), path);
    assert_eq!(user["prn"], format!("prn:galaxy.user:{}", user["id"]));
    assert_eq!(user["is_active"], true);
    assert_eq!(
        user["hidden_fields"],
        json!([{"name": "password", "is_set": true}])
    );
    assert_eq!(admin.get(path).expect(200).json(), user);
    let short = admin
        .get(&format!("{path}?fields=username,id"))
        .expect(200)
        .json();
    assert_eq!(short.as_object().unwrap().len(), 2);
    let refused = |body: Value| admin.patch(path, &body.to_string()).expect(400).json();
    assert_eq!(
        refused(json!({"username": "admin"})),
        json!({"username": ["A user with that username already exists."]})
    );
    assert_eq!(
        refused(json!({"email": "nope"})),
        json!({"email": ["Enter a valid email address."]})
    );
    assert_eq!(
        refused(json!({"is_staff": true})),
        json!({"is_staff": ["This server has no staff users."]})
    );
    assert_eq!(
        refused(json!({"password": 5})),
        json!({"password": ["Not a valid string."]})
    );
    assert_eq!(
        admin.put(path, "{}").expect(400).json(),
        json!({"username": ["This field is required."]})
    );
    assert_eq!(
        admin.post(USERS, "{}").expect(400).json(),
        json!({"username": ["This field is required."]})
    );
    let put = admin
        .put(path, r#"{"username": "anita"}"#)
        .expect(200)
        .json();
    assert_eq!(put["username"], "anita");
    admin.delete(path).expect(204);
    let missing = json!({"detail": "No User matches the given query."});
    assert_eq!(admin.get(path).expect(404).json(), missing);
    assert_eq!(admin.patch(path, "{}").expect(404).json(), missing);
    assert_eq!(admin.delete(path).expect(404).json(), missing);
}

#[test]
fn an_inactive_user_is_let_in_no_more_and_has_no_tokens_afterwards() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let ana = galaxy.user("ana", &[]);
    galaxy.browser("ana");
    let path = format!("{USERS}{}/", galaxy.user_id("ana"));
    admin.patch(&path, r#"{"is_active": false}"#).expect(200);
    assert_eq!(galaxy.rows("session"), 0);
    admin.patch(&path, r#"{"is_active": true}"#).expect(200);
    ana.get("_ui/v1/me/")
        .refuses(401, "authentication_failed", None);
    let details: Vec<String> = galaxy.audited().into_iter().map(|row| row.2).collect();
    assert_eq!(details, ["", "deactivated", "activated"]);
    let own = format!("{USERS}{}/", galaxy.user_id("admin"));
    let refused = admin
        .patch(&own, r#"{"is_active": false}"#)
        .expect(400)
        .json();
    assert!(
        refused["is_active"][0]
            .as_str()
            .unwrap()
            .contains("the last active super user")
    );
}

#[test]
fn a_password_of_null_is_one_that_nobody_knows() {
    let galaxy = TestServer::start();
    galaxy.user("ana", &[]);
    let path = format!("{USERS}{}/", galaxy.user_id("ana"));
    let pair = BASE64_STANDARD.encode(format!("ana:{}", crate::support::server::PASSWORD));
    let ana = galaxy.anonymous().authorized(&format!("Basic {pair}"));
    ana.get("_ui/v1/me/").expect(200);
    galaxy
        .admin()
        .patch(&path, r#"{"password": null}"#)
        .expect(200);
    ana.get("_ui/v1/me/")
        .refuses(401, "authentication_failed", None);
}

#[test]
fn a_user_administrator_does_here_what_it_does_elsewhere() {
    let galaxy = TestServer::start();
    let keeper = galaxy.user("keeper", &["galaxy.user_admin"]);
    let ana = galaxy.user("ana", &[]);
    let path = |name: &str| format!("{USERS}{}/", galaxy.user_id(name));
    ana.get(USERS).expect(403);
    ana.post(USERS, "{}").expect(403);
    galaxy.anonymous().get(USERS).expect(401);
    keeper
        .patch(&path("admin"), r#"{"first_name": "x"}"#)
        .expect(400);
    keeper
        .patch(&path("ana"), r#"{"password": "another-Passw0rd-9"}"#)
        .expect(400);
    keeper
        .patch(&path("ana"), r#"{"password": null}"#)
        .expect(400);
    keeper.delete(&path("admin")).expect(403);
    keeper.delete(&path("keeper")).expect(403);
    keeper.delete(&path("ana")).expect(204);
}

#[test]
fn whoever_started_a_task_can_be_looked_up() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let import = admin.publish(&collection("acme.tools").build()).0;
    let id = import["id"].as_str().unwrap();
    let task = admin
        .get(&format!("pulp/api/v3/tasks/{id}/"))
        .expect(200)
        .json();
    let user = admin
        .get(task["created_by"].as_str().unwrap())
        .expect(200)
        .json();
    assert_eq!(user["username"], "admin");
}

#[test]
fn the_list_is_newest_first_and_strict() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.user("ana", &[]);
    galaxy.user("Ben", &[]);
    let ben = format!("{USERS}{}/", galaxy.user_id("Ben"));
    admin.patch(&ben, r#"{"is_active": false}"#).expect(200);
    admin
        .post("pulp/api/v3/groups/1/users/", r#"{"username": "ana"}"#)
        .expect(201);
    let names = |query: &str| -> Vec<Value> {
        let page = admin.get(&format!("{USERS}?{query}")).expect(200).json();
        let results = page["results"].as_array().unwrap();
        results
            .iter()
            .map(|user| user["username"].clone())
            .collect()
    };
    assert_eq!(names(""), ["Ben", "ana", "admin"]);
    assert_eq!(names("username__iexact=ben"), ["Ben"]);
    assert_eq!(names("is_active=false"), ["Ben"]);
    assert_eq!(names("is_staff=true"), [""; 0]);
    assert_eq!(names("is_staff=false&ordering=id"), ["admin", "ana", "Ben"]);
    assert_eq!(names("is_active=perhaps&limit=1"), ["Ben"]);
    let refused = admin.get(&format!("{USERS}?nope=1")).expect(400).json();
    assert_eq!(refused, json!({"errors": ["Invalid Filter: 'nope'"]}));
    let ana = admin.get(&format!("{USERS}?username=ana")).json();
    assert_eq!(
        ana["results"][0]["groups"],
        json!([{
            "name": "system:partner-engineers",
            "pulp_href": "/api/galaxy/pulp/api/v3/groups/1/",
            "prn": "prn:auth.group:1",
        }])
    );
}
