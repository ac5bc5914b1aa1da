//! Remotes, by the pulp API, by that of the web interface, and below what is mirrored from them.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;

const REMOTES: &str = "pulp/api/v3/remotes/ansible/collection/";
const URL: &str = "https://hub.example.com/api/";

fn made(admin: &Client, body: &Value) -> String {
    let made = admin.post(REMOTES, &body.to_string()).expect(201);
    let href = made.json()["pulp_href"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), href);
    href
}

/// Names of the secrets that a remote has.
fn secrets(remote: &Value, field: &str) -> Vec<String> {
    let all = remote[field].as_array().unwrap().iter();
    all.filter(|secret| secret["is_set"] == true)
        .map(|secret| secret["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_remote_is_made_changed_found_and_deleted() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let body = json!({
        "name": "other", "url": URL, "token": "t0ken", "auth_url": "https://sso.example.com/token",
        "headers": [{"x-team": "a"}], "sock_read_timeout": 2.5, "pulp_labels": {"site": "two"},
    });
    let href = made(&admin, &body);
    let remote = admin.get(&href).expect(200).json();
    assert_eq!(remote["headers"], json!([{"x-team": "a"}]));
    assert_eq!(remote["sock_read_timeout"], json!(2.5));
    assert_eq!(secrets(&remote, "hidden_fields"), ["token"]);
    assert!(!remote.to_string().contains("t0ken"));

    let changed = admin
        .patch(
            &href,
            r#"{"rate_limit": 3, "token": null, "auth_url": null}"#,
        )
        .expect(202)
        .json();
    let task = admin.get(changed["task"].as_str().unwrap()).expect(200);
    let task = task.json();
    let id = href.trim_end_matches('/').rsplit_once('/').unwrap().1;
    assert_eq!(
        (
            &task["state"],
            &task["name"],
            &task["reserved_resources_record"]
        ),
        (
            &json!("completed"),
            &json!("pulpcore.app.tasks.base.ageneral_update"),
            &json!([format!("prn:ansible.collectionremote:{id}")])
        )
    );
    let now = admin.get(&href).expect(200).json();
    assert_eq!(now["rate_limit"], json!(3));
    assert_eq!(now["headers"], remote["headers"]);
    assert!(secrets(&now, "hidden_fields").is_empty());
    let same = admin.patch(&href, r#"{"rate_limit": 3}"#).expect(200);
    assert_eq!(same.json(), now);

    let found = |query: &str| {
        let page = admin.get(&format!("{REMOTES}?{query}")).expect(200);
        page.column("name")
    };
    assert_eq!(
        found("ordering=name"),
        ["community", "other", "rh-certified"]
    );
    assert_eq!(found("url__icontains=HUB.example"), ["other"]);
    assert_eq!(found("pulp_label_select=site%3Dtwo"), ["other"]);
    assert_eq!(found(&format!("pulp_href__in={href}")), ["other"]);
    admin.get(&format!("{REMOTES}?rate_limit=3")).expect(400);

    admin.delete(&href).expect(202);
    let missing = json!({"detail": "No CollectionRemote matches the given query."});
    assert_eq!(admin.get(&href).expect(404).json(), missing);
}

#[test]
fn what_is_wrong_with_a_remote_is_told() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let refused = |body: Value| admin.post(REMOTES, &body.to_string()).expect(400).json();
    let required = json!(["This field is required."]);
    assert_eq!(
        refused(json!({})),
        json!({"name": required, "url": required})
    );
    assert_eq!(
        refused(json!({"name": "community", "url": URL})),
        json!({"name": ["This field must be unique."]})
    );
    assert_eq!(
        refused(json!({"name": "x", "url": URL, "surprise": 1})),
        json!({"surprise": ["Unexpected field"]})
    );
    let kinds = json!({
        "name": "x", "url": URL, "rate_limit": "fast", "total_timeout": [], "headers": {}, "policy": 1,
        "tls_validation": "maybe", "password": 1, "pulp_labels": [],
    });
    let refused = refused(kinds);
    for field in [
        "rate_limit",
        "total_timeout",
        "headers",
        "policy",
        "tls_validation",
        "password",
        "pulp_labels",
    ] {
        assert!(refused[field].is_array(), "{field} in {refused}");
    }
    assert_eq!(galaxy.rows("remote"), 2);
}

#[test]
fn the_remotes_of_every_installation_stay() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let page = admin.get(&format!("{REMOTES}?name=community")).expect(200);
    let href = page.json()["results"][0]["pulp_href"].clone();
    let href = href.as_str().unwrap();
    admin.delete(href).expect(403);
    let renamed = admin.patch(href, r#"{"name": "mine"}"#).expect(400).json();
    let message = "The remote community is needed under this name.";
    assert_eq!(renamed, json!({"name": [message]}));
    admin.patch(href, r#"{"rate_limit": 2}"#).expect(202);
}

#[test]
fn a_mirrored_repository_shows_where_it_is_mirrored_from() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let config = "content/community/v3/sync/config/";
    let found = admin.get(config).expect(200).json();
    assert_eq!(
        (&found["name"], &found["rate_limit"]),
        (&json!("community"), &json!(8))
    );
    assert_eq!(
        found["repositories"][0]["distributions"][0]["base_path"],
        json!("community")
    );

    let body = json!({"url": URL, "proxy_url": "http://proxy.example.com:3128", "proxy_password": "s3cret"});
    let changed = admin.put(config, &body.to_string()).expect(200).json();
    assert_eq!(changed["url"], json!(URL));
    assert_eq!(secrets(&changed, "write_only_fields"), ["proxy_password"]);
    // The form sends a secret it has not seen as a blank, and that it is set.
    let kept = json!({
        "url": URL, "proxy_password": "",
        "write_only_fields": [{"name": "proxy_password", "is_set": true}],
    });
    let changed = admin.put(config, &kept.to_string()).expect(200).json();
    assert_eq!(secrets(&changed, "write_only_fields"), ["proxy_password"]);
    let ended = json!({"url": URL, "proxy_password": ""});
    let changed = admin.put(config, &ended.to_string()).expect(200).json();
    assert!(secrets(&changed, "write_only_fields").is_empty());

    let public = json!({"url": "https://galaxy.ansible.com/api/"});
    let refused = admin.put(config, &public.to_string()).expect(400).json();
    assert_eq!(
        refused["errors"][0]["source"]["parameter"],
        json!("requirements_file")
    );
    let some = json!({"url": "https://galaxy.ansible.com/api/", "requirements_file": "collections: [a.b]"});
    admin.put(config, &some.to_string()).expect(200);

    let none = admin.get("content/published/v3/sync/config/").expect(404);
    let detail = "The published distribution does not have any remotes associated with it.";
    assert_eq!(none.json()["errors"][0]["detail"], json!(detail));
}

#[test]
fn the_web_interface_lists_remotes_by_name_without_what_is_private() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'community'");
    let ana = galaxy.user("ana", &[]);
    let list = "_ui/v1/remotes/";
    let all = admin.get(list).expect(200).json();
    let names: Vec<&Value> = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["community", "rh-certified"]);
    let repositories = |answer: &Value| answer["data"][0]["repositories"].as_array().unwrap().len();
    assert_eq!(repositories(&all), 1);
    let seen = ana.get(list).expect(200).json();
    assert_eq!(repositories(&seen), 0);
    let one = format!("{list}{}/", all["data"][0]["pk"].as_str().unwrap());
    ana.get(&one).expect(200);
    ana.patch(&one, r#"{"rate_limit": 1}"#).expect(403);
    let changed = admin.patch(&one, r#"{"rate_limit": 1}"#).expect(200).json();
    assert_eq!(changed["rate_limit"], json!(1));
    admin.put(&one, "{}").expect(400);
    admin.post(list, "{}").expect(403);
}
