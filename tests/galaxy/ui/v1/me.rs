//! Oneself.

use serde_json::json;

use crate::support::server::TestServer;

const ME: &str = "_ui/v1/me/";

#[test]
fn one_sees_oneself_and_all_forty_permissions() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &["galaxy.user_admin"]);
    let me = ana.get(ME).expect(200).json();
    assert_eq!(me["username"], "ana");
    assert_eq!(me["is_anonymous"], false);
    let permissions = me["model_permissions"].as_object().unwrap();
    assert_eq!(permissions.len(), 40);
    let held: Vec<&String> = permissions
        .iter()
        .filter(|(_, entry)| entry["has_model_permission"] == true)
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        held,
        [
            "galaxy.add_user",
            "galaxy.change_user",
            "galaxy.delete_user",
            "galaxy.view_user"
        ]
    );
    let admin = galaxy.admin().get(ME).expect(200).json();
    let all = admin["model_permissions"].as_object().unwrap();
    assert!(
        all.values()
            .all(|entry| entry["has_model_permission"] == true)
    );
}

#[test]
fn a_stranger_is_somebody_only_when_the_access_switch_is_on() {
    let mut galaxy = TestServer::start();
    galaxy
        .anonymous()
        .get(ME)
        .refuses(401, "not_authenticated", None);
    galaxy.restart_with(|config| config.access.enable_unauthenticated_collection_access = true);
    let me = galaxy.anonymous().get(ME).expect(200).json();
    assert_eq!(me["id"], json!(null));
    assert_eq!(me["username"], "");
    assert_eq!(me["groups"], json!([]));
    assert_eq!(me["is_superuser"], false);
    assert_eq!(me["is_anonymous"], true);
    let permissions = me["model_permissions"].as_object().unwrap();
    assert_eq!(permissions.len(), 40);
    assert!(
        permissions
            .values()
            .all(|entry| entry["has_model_permission"] == false)
    );
    galaxy
        .anonymous()
        .put(ME, r#"{"username": "x"}"#)
        .refuses(401, "not_authenticated", None);
}

#[test]
fn one_changes_ones_own_details_but_not_ones_rank_or_groups() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    let body = json!({
        "username": "ana", "first_name": "Ana", "email": "ana@example.com",
        "groups": [{"name": "system:partner-engineers"}],
    });
    let me = ana.put(ME, &body.to_string()).expect(200).json();
    assert_eq!(me["first_name"], "Ana");
    assert_eq!(me["email"], "ana@example.com");
    assert_eq!(me["groups"], json!([]), "nobody puts themselves into one");
    ana.put(ME, r#"{"first_name": "x"}"#)
        .refuses(400, "required", Some("username"));
    ana.put(ME, r#"{"username": "ana", "password": null}"#)
        .refuses(400, "null", Some("password"));
    ana.put(ME, r#"{"username": "admin"}"#)
        .refuses(400, "unique", Some("username"));
    ana.put(ME, r#"{"username": "ana", "is_superuser": true}"#)
        .refuses(400, "invalid", Some("is_superuser"));
    ana.put(ME, r#"{"username": "ana", "is_superuser": false}"#)
        .expect(200);
    ana.patch(ME, "{}").refuses(405, "method_not_allowed", None);
    let told: Vec<String> = galaxy.audited().into_iter().map(|row| row.2).collect();
    assert_eq!(told, ["first name, email", ""]);
}

#[test]
fn another_password_counts_at_once_and_ends_sessions_but_no_tokens() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    galaxy.user("eve", &[]);
    galaxy.browser("ana");
    galaxy.browser("eve");
    ana.put(ME, r#"{"username": "ana", "password": "12345"}"#)
        .refuses(400, "password_too_short", Some("password"));
    ana.put(
        ME,
        r#"{"username": "anabelle-1", "password": "anabelle-1"}"#,
    )
    .refuses(400, "password_too_similar", Some("password"));
    assert_eq!(galaxy.rows("session"), 2);
    ana.put(ME, r#"{"username": "ana", "password": ""}"#)
        .expect(200);
    assert_eq!(galaxy.rows("session"), 2, "an empty password is none");
    ana.put(
        ME,
        r#"{"username": "ana", "password": "another-Passw0rd-9"}"#,
    )
    .expect(200);
    assert_eq!(galaxy.rows("session"), 1, "the administrator's");
    ana.get(ME).expect(200);
    let by_password = |password: &str| {
        let pair = base64(&format!("ana:{password}"));
        galaxy
            .anonymous()
            .authorized(&format!("Basic {pair}"))
            .get(ME)
            .status
    };
    assert_eq!(by_password("another-Passw0rd-9"), 200);
    assert_eq!(by_password(crate::support::server::PASSWORD), 401);
    let trail = galaxy.audited();
    assert_eq!(trail.last().unwrap().2, "password");
    assert!(trail.iter().all(|row| !row.2.contains("Passw0rd")));
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text)
}

#[test]
fn the_last_superuser_stays_one() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let step_down = r#"{"username": "admin", "is_superuser": false}"#;
    let refused = admin
        .put(ME, step_down)
        .refuses(400, "invalid", Some("is_superuser"));
    assert!(refused.text().contains("the last active super user"));
    admin
        .post(
            "_ui/v1/users/",
            r#"{"username": "eva", "password": "another-Passw0rd-9", "is_superuser": true}"#,
        )
        .expect(201);
    let me = admin.put(ME, step_down).expect(200).json();
    let permissions = me["model_permissions"].as_object().unwrap();
    assert!(
        permissions
            .values()
            .all(|entry| entry["has_model_permission"] == false)
    );
    admin
        .get("_ui/v1/users/")
        .refuses(403, "permission_denied", None);
}
