//! Named tokens: made, listed, ended, and what each kind reaches.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::server::until;
use crate::support::tarball::collection;

const TOKENS: &str = "v3/auth/tokens/";
const UPLOAD: &str = "v3/artifacts/collections/";

fn ask(client: &Client, body: &Value) -> Reply {
    client.post(TOKENS, &body.to_string())
}

/// Makes a token and is the program that uses it.
fn with_token(galaxy: &TestServer, client: &Client, body: &Value) -> Client {
    let text = ask(client, body).expect(201).json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    galaxy.anonymous().authorized(&format!("Token {text}"))
}

#[test]
fn a_token_is_shown_once_listed_without_its_text_and_dead_when_it_is_revoked() {
    let galaxy = TestServer::start();
    let (ana, ben) = (galaxy.user("ana", &[]), galaxy.user("ben", &[]));
    let made = ask(&ana, &json!({"name": "ci"})).expect(201).json();
    let text = made["token"].as_str().unwrap();
    assert!(text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(made["reach"], json!({"kind": "full"}));
    assert!(made["expires_at"].is_null() && made["used_at"].is_null());
    let ci = galaxy.anonymous().authorized(&format!("Token {text}"));
    let page = ci.get(TOKENS).expect(200);
    assert!(!page.text().contains(text));
    let page = page.json();
    assert_eq!(page["meta"]["count"], 2, "the newest first");
    let keys: Vec<&String> = page["data"][0].as_object().unwrap().keys().collect();
    let expected = ["created_at", "expires_at", "id", "name", "reach", "used_at"];
    assert_eq!(keys, expected);
    assert_eq!(page["data"][0]["name"], "ci");
    let path = format!("{TOKENS}{}/", made["id"]);
    ben.delete(&path).refuses(404, "not_found", None);
    galaxy
        .anonymous()
        .delete(&path)
        .refuses(401, "not_authenticated", None);
    ana.delete(&path).expect(204);
    ana.delete(&path).refuses(404, "not_found", None);
    ana.delete(&format!("{TOKENS}x/")).expect(404);
    ci.get(TOKENS).refuses(401, "authentication_failed", None);
    galaxy
        .anonymous()
        .get(TOKENS)
        .refuses(401, "not_authenticated", None);
    let trail = "SELECT count(*) FROM audit WHERE actor = 'ana' AND object = 'token ci of ana'";
    assert_eq!(galaxy.value::<i64>(trail), 2);
}

#[test]
fn a_name_belongs_to_one_token_of_a_user() {
    let galaxy = TestServer::start();
    let (ana, ben) = (galaxy.user("ana", &[]), galaxy.user("ben", &[]));
    let body = json!({"name": " ci "});
    let askers: Vec<_> = (0..4)
        .map(|_| {
            let (ana, body) = (ana.clone(), body.clone());
            std::thread::spawn(move || ask(&ana, &body).status)
        })
        .collect();
    let mut statuses: Vec<u16> = askers
        .into_iter()
        .map(|asker| asker.join().unwrap())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
    let reply = ask(&ana, &body).refuses(409, "conflict", Some("name"));
    assert_eq!(reply.detail(), "A token named ci already exists.");
    ask(&ben, &body).expect(201);
}

#[test]
fn what_is_wrong_with_a_wish_is_told() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    for (body, code, field) in [
        (json!({}), "required", "name"),
        (json!({"name": ""}), "blank", "name"),
        (json!({"name": "x".repeat(101)}), "max_length", "name"),
        (json!({"name": "a\nb"}), "invalid", "name"),
        (json!({"name": []}), "invalid", "name"),
        (
            json!({"name": "x", "expires_at": "soon"}),
            "invalid",
            "expires_at",
        ),
        (
            json!({"name": "x", "expires_at": "2001-01-01T00:00:00Z"}),
            "invalid",
            "expires_at",
        ),
        (
            json!({"name": "x", "expires_in": 0}),
            "invalid",
            "expires_in",
        ),
        (
            json!({"name": "x", "expires_in": -5}),
            "invalid",
            "expires_in",
        ),
        (
            json!({"name": "x", "expires_in": 99_999_999_999_i64}),
            "invalid",
            "expires_in",
        ),
        (
            json!({"name": "x", "expires_in": "soon"}),
            "invalid",
            "expires_in",
        ),
        (
            json!({"name": "x", "expires_in": 5, "expires_at": "2100-01-01T00:00:00Z"}),
            "invalid",
            "expires_in",
        ),
        (json!({"name": "x", "scope": "read"}), "invalid", "scope"),
        (json!({"name": "x", "scope": {}}), "invalid", "scope"),
        (
            json!({"name": "x", "scope": {"kind": "all"}}),
            "invalid",
            "scope",
        ),
        (
            json!({"name": "x", "scope": {"kind": 1}}),
            "invalid",
            "scope",
        ),
        (
            json!({"name": "x", "scope": {"kind": "publish"}}),
            "invalid",
            "scope",
        ),
        (
            json!({"name": "x", "scope": {"kind": "read", "namespace": "acme"}}),
            "invalid",
            "scope",
        ),
        (
            json!({"name": "x", "scope": {"kind": "read", "reach": "more"}}),
            "invalid",
            "scope",
        ),
        (
            json!({"name": "x", "scope": {"kind": "publish", "namespace": "nope"}}),
            "does_not_exist",
            "scope",
        ),
        (
            json!({"name": "x", "scope": {"kind": "repository", "repository": "nope"}}),
            "does_not_exist",
            "scope",
        ),
    ] {
        let reply = ask(&ana, &body);
        assert_eq!(reply.status, 400, "{body}: {}", reply.text());
        reply.refuses(400, code, Some(field));
    }
    assert_eq!(galaxy.rows("token"), 1);
    assert_eq!(galaxy.changes(), 0);
}

#[test]
fn a_token_ends_when_it_was_told_to_or_when_the_settings_say() {
    let mut galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    let ci = with_token(&galaxy, &ana, &json!({"name": "ci", "expires_in": 3600}));
    let end = ask(
        &ana,
        &json!({"name": "fixed", "expires_at": "2100-01-31T12:00:00+02:00"}),
    );
    assert_eq!(
        end.expect(201).json()["expires_at"],
        "2100-01-31T10:00:00.000000Z"
    );
    ci.get(TOKENS).expect(200);
    let hour = "SELECT count(*) FROM token WHERE expires_at - created_at BETWEEN 3590000000 AND 3600000000";
    assert_eq!(galaxy.value::<i64>(hour), 1);
    let past = "UPDATE token SET expires_at = created_at WHERE name = 'ci'";
    galaxy.sql(past);
    ci.get(TOKENS).refuses(401, "authentication_failed", None);
    galaxy.restart_with(|config| {
        config.access.token_expiration = Some(Duration::from_secs(60));
    });
    let ana = galaxy.token_of("ana");
    let page = ana.get(TOKENS).expect(200).json();
    assert!(
        page["data"][0]["expires_at"].is_string(),
        "the end that all have: {page}"
    );
    let fixed = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "fixed");
    let of_all = fixed.unwrap()["expires_at"].as_str().unwrap();
    assert!(of_all < "2100", "whichever comes first: {page}");
}

#[test]
fn a_token_for_reading_reads_what_its_user_may_and_changes_nothing() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    let reads = with_token(
        &galaxy,
        &admin,
        &json!({"name": "r", "scope": {"kind": "read"}}),
    );
    reads.get("v3/collections/acme/tools/").expect(200);
    reads
        .get("v3/plugin/ansible/content/published/collections/artifacts/acme-tools-1.0.0.tar.gz")
        .expect(302);
    let other = collection("acme.tools").version("1.0.1").build();
    reads
        .upload(&Form::of(&other))
        .refuses(403, "permission_denied", None);
    reads
        .upload_to(&format!("{UPLOAD}?dry_run=true"), &Form::of(&other))
        .refuses(403, "permission_denied", None);
    reads
        .post("v3/namespaces/", "{}")
        .refuses(403, "permission_denied", None);
    makes_no_tokens(&reads);
}

/// A token that is limited must not make one that is not, nor end others.
fn makes_no_tokens(limited: &Client) {
    let reply = ask(limited, &json!({"name": "more"}));
    let reply = reply.refuses(403, "permission_denied", None);
    assert_eq!(
        reply.detail(),
        "This token is limited and does not reach that far."
    );
    limited
        .post("v3/auth/token/", "")
        .refuses(403, "permission_denied", None);
    limited
        .delete("v3/auth/token/")
        .refuses(403, "permission_denied", None);
    limited
        .delete(&format!("{TOKENS}1/"))
        .refuses(403, "permission_denied", None);
    limited
        .delete("_ui/v1/auth/sessions/1/")
        .refuses(403, "permission_denied", None);
}

#[test]
fn a_token_for_publishing_publishes_into_its_namespace_only() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    admin.publish(&collection("other.tools").build()).succeeds();
    let scope = json!({"kind": "publish", "namespace": "acme"});
    let made = ask(&admin, &json!({"name": "ci", "scope": scope}))
        .expect(201)
        .json();
    assert_eq!(made["reach"], scope);
    let token = made["token"].as_str().unwrap();
    let ci = galaxy.anonymous().authorized(&format!("Token {token}"));
    ci.publish(&collection("acme.tools").version("1.1.0").build())
        .succeeds();
    ci.get("v3/collections/other/tools/").expect(200);
    for full_name in ["other.tools", "fresh.tools"] {
        let artifact = collection(full_name).version("1.1.0").build();
        let reply = ci.upload(&Form::of(&artifact));
        assert!(
            matches!(reply.status, 403 | 404),
            "{full_name}: {}",
            reply.text()
        );
    }
    ci.post("v3/namespaces/", r#"{"name": "fresh"}"#)
        .refuses(403, "permission_denied", None);
    makes_no_tokens(&ci);
    for path in [TOKENS, "_ui/v1/auth/sessions/"] {
        ci.get(path).refuses(403, "permission_denied", None);
    }
    assert_eq!(
        galaxy.value::<i64>("SELECT count(*) FROM collection_version"),
        3
    );
}

#[test]
fn a_token_for_a_repository_sees_and_changes_no_other() {
    let galaxy = TestServer::with(|config| config.publishing.require_content_approval = true);
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    let scope = json!({"kind": "repository", "repository": "staging"});
    let staging = with_token(&galaxy, &admin, &json!({"name": "s", "scope": scope}));
    let scope = json!({"kind": "repository", "repository": "published"});
    let published = with_token(&galaxy, &admin, &json!({"name": "p", "scope": scope}));
    let index = |of: &str| format!("v3/plugin/ansible/content/{of}/collections/index/");
    let file = |of: &str| {
        format!("v3/plugin/ansible/content/{of}/collections/artifacts/acme-tools-1.0.0.tar.gz")
    };
    staging.get(&index("staging")).expect(200);
    staging.get(&file("staging")).expect(302);
    staging
        .get(&index("published"))
        .refuses(403, "permission_denied", None);
    published.get(&index("published")).expect(200);
    for path in [
        index("staging"),
        format!("{}acme/tools/", index("staging")),
        format!("{}acme/tools/versions/", index("staging")),
        format!("{}acme/tools/versions/1.0.0/", index("staging")),
        format!("{}acme/tools/versions/1.0.0/docs-blob/", index("staging")),
        file("staging"),
        "content/staging/v3/collections/".to_owned(),
    ] {
        published.get(&path).refuses(403, "permission_denied", None);
    }
    staging
        .publish(&collection("acme.tools").version("1.1.0").build())
        .succeeds();
    let refused = published.upload(&Form::of(
        &collection("acme.tools").version("1.2.0").build(),
    ));
    refused.refuses(403, "permission_denied", None);
    staging
        .post("v3/namespaces/", r#"{"name": "fresh"}"#)
        .refuses(403, "permission_denied", None);
    makes_no_tokens(&staging);
}

#[test]
fn a_private_repository_is_no_repository_to_those_who_may_not_see_it() {
    let galaxy = TestServer::start();
    let private = "UPDATE repository SET private = 1 WHERE name = 'community'";
    galaxy.sql(private);
    let scope = json!({"kind": "repository", "repository": "community"});
    let body = json!({"name": "x", "scope": scope});
    let reply = ask(&galaxy.user("ana", &[]), &body);
    let told = reply.refuses(400, "does_not_exist", Some("scope")).detail();
    assert_eq!(told, "There is no repository named community.");
    ask(&galaxy.admin(), &body).expect(201);
}

#[test]
fn what_a_token_was_for_takes_the_token_with_it() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin
        .post("v3/namespaces/", r#"{"name": "acme", "groups": []}"#)
        .expect(201);
    let scope = json!({"kind": "publish", "namespace": "acme"});
    let ci = with_token(&galaxy, &admin, &json!({"name": "ci", "scope": scope}));
    ci.get("v3/namespaces/").expect(200);
    let gone = "DELETE FROM namespace WHERE name = 'acme'";
    galaxy.sql(gone);
    ci.get("v3/namespaces/")
        .refuses(401, "authentication_failed", None);
}

#[test]
fn the_time_of_use_is_kept_without_a_write_for_each() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    let used = "SELECT ifnull((SELECT used_at FROM token WHERE user_id = (SELECT id FROM user WHERE username = 'ana')), 0)";
    ana.get(TOKENS).expect(200);
    until(|| galaxy.value::<i64>(used) > 0);
    let first: i64 = galaxy.value(used);
    for _ in 0..30 {
        ana.get(TOKENS).expect(200);
    }
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(
        galaxy.value::<i64>(used),
        first,
        "and not again within a minute"
    );
    let shown = ana.get(TOKENS).expect(200).json();
    assert!(shown["data"][0]["used_at"].is_string());
}

#[test]
fn nobody_fills_the_database_with_tokens() {
    let galaxy = TestServer::start();
    let ana = galaxy.user("ana", &[]);
    let fill = "INSERT INTO token (user_id, name, digest, created_at)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
                SELECT user_id, 'n' || i, digest || i, created_at FROM token, n";
    galaxy.sql(fill);
    let reply = ask(&ana, &json!({"name": "more"})).refuses(400, "invalid", None);
    assert!(reply.detail().starts_with("There are 200 tokens already."));
}
