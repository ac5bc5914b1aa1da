//! The first start, the second, and administration beside the hub.

use std::path::Path;
use std::process::Command;
use std::process::Output;

use crate::support::server::TestServer;
use crate::support::tarball::collection;

fn command(data: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pocket-galaxy"));
    command
        .args(line.split(' '))
        .arg("--data")
        .arg(data)
        .output()
        .unwrap()
}

fn printed(data: &Path, line: &str) -> String {
    let output = command(data, line);
    assert!(
        output.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_first_start_makes_the_six_repositories_and_a_second_changes_nothing() {
    let mut galaxy = TestServer::start();
    let names = |galaxy: &TestServer| {
        let all = "SELECT group_concat(name || ':' || (SELECT coalesce(group_concat(key || '=' || value), '') \
                   FROM repository_label l WHERE l.repository_id = r.id), ' ') FROM (SELECT * FROM repository ORDER BY id) r";
        galaxy
            .db()
            .read(|tx| Ok(tx.query_row(all, [], |row| row.get::<_, String>(0))?))
            .unwrap()
    };
    let before = names(&galaxy);
    assert_eq!(
        before,
        "staging:hide_from_search=,pipeline=staging rejected:hide_from_search=,pipeline=rejected \
         published:pipeline=approved community: rh-certified: validated:"
    );
    galaxy
        .admin()
        .publish(&collection("acme.tools").build())
        .succeeds();
    galaxy.restart();
    assert_eq!(names(&galaxy), before);
    galaxy.admin().get("v3/collections/acme/tools/").expect(200);
    assert_eq!(galaxy.rows("user"), 1);
}

#[cfg(unix)]
#[test]
fn the_data_directory_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("hub");
    printed(&data, "user list");
    assert_eq!(
        std::fs::metadata(&data).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[test]
fn users_tokens_and_namespaces_are_managed_while_the_hub_runs() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let password = printed(data, "user create ana --role galaxy.collection_publisher");
    assert!(password.trim().len() >= 20);
    let token = printed(data, "token create --user ana");
    let ana = galaxy
        .anonymous()
        .authorized(&format!("Token {}", token.trim()));
    ana.publish(&collection("acme.tools").build()).succeeds();
    printed(data, "namespace create beta --owner ana");
    assert_eq!(
        ana.get("v3/namespaces/beta/").expect(200).json()["users"][0]["name"],
        "ana"
    );
    let changed = printed(data, "user password ana");
    assert_ne!(changed, password);
    assert_eq!(
        printed(data, "user list"),
        "admin\tsuperuser\tactive\nana\tuser\tactive\n"
    );
}

#[test]
fn wrong_commands_say_what_to_do() {
    let galaxy = TestServer::start();
    let told = |line: &str| {
        let output = command(galaxy.data(), line);
        assert!(!output.status.success(), "{line}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(told("token create --user nobody").contains("pocket-galaxy user list"));
    assert!(told("user create ana --role galaxy.nope").contains("galaxy.collection_publisher"));
    assert!(told("user create admin").contains("already exists"));
    assert!(told("namespace create Bad").contains("lower case letters"));
    assert!(told("namespace create acme --owner nobody").contains("user nobody not found"));
}

#[test]
fn routes_policy_version_and_settings_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_pocket-galaxy"))
            .args(line.split(' '))
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run("routes").contains("{A}v3/artifacts/collections/"));
    assert!(run("routes").contains("http::v3::artifacts::publish"));
    assert!(run("policy").contains("galaxy.upload_to_namespace on the namespace"));
    assert!(run("version").starts_with("pocket-galaxy "));
    let shown = printed(folder.path(), "config show --listen 127.0.0.1:9");
    assert!(
        shown.contains("listen = 127.0.0.1:9 (--listen)")
            || shown.contains("listen = 127.0.0.1:9 ("),
        "{shown}"
    );
    assert!(run("serve --help").contains("GALAXY_LISTEN"));
}
