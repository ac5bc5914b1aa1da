//! What a document declares comes true, once, and comes out again.

use std::process::Stdio;

use serde_json::Value;

use crate::flows::apply::NOTHING;
use crate::flows::apply::TOKEN;
use crate::flows::apply::YAML;
use crate::flows::apply::applied;
use crate::flows::apply::basic;
use crate::flows::apply::command;
use crate::flows::apply::exported;
use crate::flows::apply::folder;
use crate::flows::apply::refused;
use crate::flows::apply::run;
use crate::flows::apply::text;
use crate::support::form::Form;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

#[test]
fn a_document_is_planned_applied_once_and_counts_at_once() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let before = exported(data, "");
    let planned = run(data, "hub.yaml", YAML, " --plan --exit-code");
    assert_eq!(planned.status.code(), Some(2));
    assert_eq!(exported(data, ""), before, "a plan changes nothing");
    let ana = galaxy.anonymous().authorized(&format!("Token {TOKEN}"));
    ana.get("v3/namespaces/").expect(401);
    let audited = galaxy.changes();

    let told = applied(data, "hub.yaml", YAML, "");
    let lines: Vec<&str> = told.lines().collect();
    let (last, lines) = lines.split_last().unwrap();
    assert_eq!(
        text(&planned.stdout).lines().collect::<Vec<_>>()[..lines.len()],
        *lines,
        "what was planned is what is done"
    );
    assert_eq!(
        *last,
        format!("Done: {} added, 0 changed, 0 removed.", lines.len())
    );
    for expected in [
        "+ user ana: first name \"Ana\", last name \"Anders\", email \"ana@example.com\", password",
        "+ user bo: superuser, password",
        "+ user cy: not active, no password",
        "+ group release: user bo",
        "+ group release: role galaxy.auditor everywhere",
        "+ user ana: role galaxy.collection_namespace_owner on namespace acme",
        "+ distribution internal: base path \"ours\", repository \"internal\"",
    ] {
        assert!(lines.contains(&expected), "{expected}\n{told}");
    }
    for secret in [PASSWORD, TOKEN, "s3cret", "pbkdf2"] {
        assert!(!told.contains(secret), "{told}");
    }
    assert_eq!(
        galaxy.changes() - audited,
        lines.len() as i64,
        "a row for each change"
    );

    // It counts from the next request on: the token publishes into its namespace, and nowhere else.
    ana.publish(&collection("acme.tools").build()).succeeds();
    let create = command(data, "namespace create other --owner ana").output();
    assert!(create.unwrap().status.success());
    let elsewhere = ana.upload(&Form::of(&collection("other.tools").build()));
    elsewhere.expect(403);
    let bo = basic(&galaxy, "bo", "correct horse");
    bo.get("v3/namespaces/acme/").expect(200);
    basic(&galaxy, "ana", PASSWORD)
        .get("v3/plugin/ansible/content/ours/collections/index/")
        .expect(200);
    let cy = basic(&galaxy, "cy", "!");
    cy.get("v3/namespaces/").expect(401);

    assert_eq!(applied(data, "hub.yaml", YAML, ""), NOTHING);
    let again = run(data, "hub.yaml", YAML, " --plan --exit-code --prune");
    assert_eq!(again.status.code(), Some(2));
    let told = text(&again.stdout);
    assert!(
        told.starts_with("- user admin\n- namespace other\nPlanned: 0 added"),
        "{told}"
    );
}

#[test]
fn a_stopped_hub_is_changed_too_and_one_that_never_was_is_not_made() {
    let parent = folder();
    let data = parent.path().join("hub");
    let output = run(&data, "hub.yaml", YAML, "");
    assert!(text(&output.stderr).contains("there is no hub in"));
    let output = run(&data, "hub.yaml", YAML, " --plan");
    assert!(text(&output.stderr).contains("there is no hub in"));
    assert!(!data.exists());
    drop(TestServer::at(&data));
    applied(&data, "hub.yaml", YAML, "");
    let galaxy = TestServer::at(&data);
    let ana = galaxy.anonymous().authorized(&format!("Token {TOKEN}"));
    ana.get("v3/namespaces/acme/").expect(200);
    assert_eq!(applied(&data, "hub.yaml", YAML, ""), NOTHING);
}

#[test]
fn an_export_applies_to_nothing_here_and_to_everything_elsewhere() {
    let (here, there) = (TestServer::start(), TestServer::start());
    applied(here.data(), "hub.yaml", YAML, "");
    let whole = exported(here.data(), "");
    for secret in [PASSWORD, TOKEN, "s3cret"] {
        assert!(!whole.contains(secret), "{whole}");
    }
    for format in ["yaml", "toml", "json"] {
        let document = exported(here.data(), &format!(" --format {format}"));
        let name = format!("hub.{format}");
        assert_eq!(applied(here.data(), &name, &document, ""), NOTHING);
        assert_eq!(applied(here.data(), &name, &document, " --prune"), NOTHING);
        applied(there.data(), &name, &document, " --prune");
        assert_eq!(exported(there.data(), ""), whole, "{format}");
    }
    // The password is the one it was, and so is the token.
    let ana = basic(&there, "ana", PASSWORD);
    ana.get("v3/namespaces/acme/").expect(200);
    let ana = there.anonymous().authorized(&format!("Token {TOKEN}"));
    ana.get("v3/namespaces/acme/").expect(200);
    let some = exported(here.data(), " --format json --sections groups,roles");
    let some: Value = serde_json::from_str(&some).unwrap();
    let keys: Vec<&String> = some.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["groups", "roles"]);
    let output = command(here.data(), "export-config").output().unwrap();
    let note = text(&output.stderr);
    assert!(
        note.contains("token of remote upstream") && !note.contains("password"),
        "{note}"
    );
}

#[test]
fn what_is_different_is_changed_and_what_is_not_said_stays() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    applied(data, "hub.yaml", YAML, "");
    let document = r#"{
        "$schema": "hub.schema.json",
        "users": [{"username": "ana", "email": "", "superuser": true, "password": "another horse",
                   "tokens": [{"name": "ci", "token": "fedcba9876543210fedcba9876543210"}]},
                  {"username": "cy", "active": true}],
        "roles": [{"name": "acme.releaser", "permissions": ["galaxy.upload_to_namespace", "galaxy.change_namespace"]}],
        "namespaces": [{"name": "acme", "links": [], "description": "More tools"}],
        "remotes": [{"name": "upstream", "token": "", "total_timeout": 0, "labels": {}}],
        "repositories": [{"name": "internal", "private": false, "retain_repo_versions": 3, "remote": ""}],
        "distributions": [{"name": "internal", "base_path": "published2"}]
    }"#;
    let told = applied(data, "more.json", document, "");
    let expected = "\
~ role acme.releaser: +galaxy.change_namespace, -ansible.view_ansiblerepository
~ user ana: email \"ana@example.com\" → \"\", superuser, password
~ user cy: active
~ remote upstream: token removed, total_timeout 30 → none, labels \"site=north\" → \"\"
~ repository internal: not private, retain_repo_versions none → 3, remote \"upstream\" → \"\"
~ distribution internal: base path \"ours\" → \"published2\"
~ namespace acme: description \"Tools\" → \"More tools\", links 
- token ci of ana
+ token ci of ana: reach \"full\"
Done: 1 added, 7 changed, 1 removed.
";
    assert_eq!(told, expected);
    assert_eq!(applied(data, "more.json", document, ""), NOTHING);
    let ana = basic(&galaxy, "ana", "another horse");
    let namespace = ana.get("v3/namespaces/acme/").expect(200).json();
    assert_eq!(namespace["company"], "Acme");
    assert_eq!(namespace["description"], "More tools");
    assert_eq!(namespace["users"][0]["name"], "ana");
    let digest = namespace["metadata_sha256"].as_str().unwrap();
    assert_eq!(digest.len(), 64);
    let old = galaxy.anonymous().authorized(&format!("Token {TOKEN}"));
    old.get("v3/namespaces/").expect(401);
}

#[test]
fn two_distributions_change_places() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let document = |one: &str, other: &str| {
        format!(
            "[[distributions]]\nname = 'one'\nbase_path = '{one}'\n[[distributions]]\nname = 'two'\nbase_path = '{other}'\n"
        )
    };
    applied(data, "hub.toml", &document("a", "b"), "");
    let told = applied(data, "hub.toml", &document("b", "a"), "");
    assert!(
        told.ends_with("Done: 0 added, 2 changed, 0 removed.\n"),
        "{told}"
    );
    let told = refused(data, "hub.toml", &document("c", "c"), "");
    assert_eq!(told, ["6: base path \"c\" is that of distribution \"one\""]);
    let told = refused(data, "hub.toml", &document("published", "a"), "");
    assert_eq!(
        told,
        ["3: base path \"published\" is that of distribution \"published\""]
    );
}

#[test]
fn two_at_once_come_after_one_another() {
    let galaxy = TestServer::start();
    let folder = folder();
    let file = folder.path().join("hub.yaml");
    std::fs::write(&file, YAML).unwrap();
    let children: Vec<_> = (0..4)
        .map(|_| {
            command(galaxy.data(), &format!("apply {}", file.display()))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut told: Vec<String> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            text(&output.stdout)
        })
        .collect();
    told.sort_by_key(|told| told.len());
    assert_eq!(told[..3], [NOTHING, NOTHING, NOTHING]);
    assert!(told[3].starts_with("+ role acme.releaser"));
}
