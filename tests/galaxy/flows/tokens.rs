//! Tokens made, shown and ended on the command line.

use std::path::Path;
use std::process::Command;

use crate::support::process::PROGRAM;
use crate::support::server::TestServer;

fn run(data: &Path, line: &str) -> Result<String, String> {
    let output = Command::new(PROGRAM)
        .arg("token")
        .args(line.split(' '))
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    match output.status.success() {
        true => Ok(text(output.stdout)),
        false => Err(text(output.stderr)),
    }
}

#[test]
fn tokens_are_made_listed_and_ended_by_name_beside_the_hub() {
    let galaxy = TestServer::start();
    galaxy
        .admin()
        .post("v3/namespaces/", r#"{"name": "acme", "groups": []}"#)
        .expect(201);
    let data = galaxy.data();
    let create = "create --user admin --name ci --expires-in 30d --reach publish:acme";
    let text = run(data, create).unwrap();
    let ci = galaxy
        .anonymous()
        .authorized(&format!("Token {}", text.trim()));
    ci.get("v3/namespaces/").expect(200);
    ci.post("v3/namespaces/", "{}")
        .refuses(403, "permission_denied", None);
    assert!(
        run(data, create)
            .unwrap_err()
            .contains("A token named ci already exists.")
    );
    run(data, "create --user admin").unwrap();
    run(data, "create --user admin").unwrap();
    let listed = run(data, "list --user admin").unwrap();
    let names: Vec<&str> = listed
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    assert_eq!(names, ["command line 2", "command line", "ci", "test"]);
    let row: Vec<&str> = listed.lines().nth(2).unwrap().split('\t').collect();
    assert_eq!((row.len(), row[1]), (5, "publish:acme"));
    assert!(row[4].ends_with('Z'), "{row:?}");
    assert!(!listed.contains(text.trim()));
    assert_eq!(
        run(data, "revoke --user admin ci").unwrap(),
        "1 token ended\n"
    );
    ci.get("v3/namespaces/")
        .refuses(401, "authentication_failed", None);
    assert!(
        run(data, "revoke --user admin ci")
            .unwrap_err()
            .contains("no token named ci")
    );
    assert_eq!(
        run(data, "revoke --user admin").unwrap(),
        "3 tokens ended\n"
    );
    assert!(
        run(data, "list --user nobody")
            .unwrap_err()
            .contains("there is no user nobody")
    );
    for wrong in [
        "--reach publish",
        "--reach publish:nope",
        "--reach repository:nope",
        "--expires-in soon",
    ] {
        let told = run(data, &format!("create --user admin {wrong}")).unwrap_err();
        assert!(!told.is_empty(), "{wrong}");
    }
    let trail = "SELECT count(*) FROM audit WHERE via = 'command line'";
    let rows: i64 = galaxy.value(trail);
    assert_eq!(rows, 5);
}
