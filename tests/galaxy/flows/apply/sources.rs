//! Where a document and its secrets come from, and the schema it is written by.

use std::process::Command;
use std::process::Stdio;

use serde_json::Value;

use crate::flows::apply::applied;
use crate::flows::apply::basic;
use crate::flows::apply::command;
use crate::flows::apply::folder;
use crate::flows::apply::text;
use crate::support::process::PROGRAM;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

#[test]
fn secrets_are_taken_from_files_and_documents_from_standard_input() {
    use std::io::Write;
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let folder = folder();
    std::fs::write(folder.path().join("password"), format!("{PASSWORD}\n")).unwrap();
    let file = folder.path().join("hub.yaml");
    std::fs::write(
        &file,
        "users:\n- username: ana\n  password: {file: password}\n",
    )
    .unwrap();
    let output = command(data, &format!("apply {}", file.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    basic(&galaxy, "ana", PASSWORD)
        .get("v3/namespaces/")
        .expect(200);
    let mut child = command(data, "apply - --format toml")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"[[groups]]\nname = 'x'\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        text(&output.stdout),
        "+ group x\nDone: 1 added, 0 changed, 0 removed.\n"
    );
}

#[test]
fn an_anchor_stands_for_what_it_names() {
    let galaxy = TestServer::start();
    let document = "groups:\n- name: a\n  roles: &roles [{role: galaxy.auditor}]\n- name: b\n  roles: *roles\n";
    let told = applied(galaxy.data(), "hub.yaml", document, "");
    assert!(
        told.ends_with("Done: 4 added, 0 changed, 0 removed.\n"),
        "{told}"
    );
}

#[test]
fn the_schema_takes_what_apply_takes_and_knows_every_key() {
    let output = Command::new(PROGRAM)
        .args(["apply", "--schema"])
        .output()
        .unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sections: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        sections,
        [
            "$schema",
            "distributions",
            "groups",
            "namespaces",
            "remotes",
            "repositories",
            "roles",
            "users"
        ]
    );
    assert_eq!(schema["additionalProperties"], false);
    let user = &schema["$defs"]["User"];
    assert_eq!(user["required"], serde_json::json!(["username"]));
    assert_eq!(user["properties"]["username"]["type"], "string");
    assert!(user["properties"]["password"].is_object() && user["properties"]["tokens"].is_object());
    let kinds = schema["$defs"]["Secret"]["anyOf"].as_array().unwrap();
    assert_eq!(kinds.len(), 3);
}
