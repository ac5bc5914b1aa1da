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
        galaxy.value::<String>(all)
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
fn what_the_hub_writes_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("hub");
    let galaxy = TestServer::at(&data);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("galaxy.db")), 0o600);
    assert_eq!(mode(&data.join("galaxy.db-wal")), 0o600);
    drop(galaxy);
}

#[test]
fn administration_does_not_make_a_hub_out_of_a_typing_error() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("typo");
    let output = command(&data, "token create --user admin");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("there is no hub in") && told.contains("pocket-galaxy serve --data"),
        "{told}"
    );
    assert!(!data.exists());
}

#[test]
fn the_password_is_not_made_by_a_start_that_fails() {
    let data = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let line = format!("serve --listen {}", taken.local_addr().unwrap());
    let failed = command(data.path(), &line);
    assert!(
        String::from_utf8(failed.stderr)
            .unwrap()
            .contains("cannot listen on")
    );
    assert_eq!(printed(data.path(), "user list"), "");
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
    assert_eq!(printed(data, "token revoke --user ana"), "1 token ended\n");
    ana.get("v3/namespaces/beta/")
        .refuses(401, "authentication_failed", None);
    let token = printed(data, "token create --user ana");
    let ana = galaxy
        .anonymous()
        .authorized(&format!("Token {}", token.trim()));
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
fn users_and_groups_are_ended_while_the_hub_runs() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let ana = galaxy.user("ana", &[]);
    galaxy.browser("ana");
    printed(data, "group create crew");
    printed(data, "group add crew ana");
    printed(data, "group add system:partner-engineers ana");
    assert_eq!(
        printed(data, "group list"),
        "crew\tana\nsystem:partner-engineers\tana\n"
    );
    ana.get("_ui/v1/users/").expect(200);
    printed(data, "group remove system:partner-engineers ana");
    ana.get("_ui/v1/users/").expect(403);
    printed(data, "group delete crew");
    assert_eq!(printed(data, "group list"), "system:partner-engineers\t\n");
    printed(data, "user deactivate ana");
    assert_eq!(galaxy.rows("session"), 0);
    ana.get("_ui/v1/me/").expect(401);
    assert!(printed(data, "user list").contains("ana\tuser\tinactive"));
    printed(data, "user activate ana");
    assert!(printed(data, "user list").contains("ana\tuser\tactive"));
    printed(data, "user delete ana");
    assert_eq!(printed(data, "user list"), "admin\tsuperuser\tactive\n");
    let objects: Vec<String> = galaxy.audited().into_iter().map(|row| row.1).collect();
    assert_eq!(
        objects,
        [
            "session of ana",
            "group crew",
            "group crew",
            "group system:partner-engineers",
            "group system:partner-engineers",
            "group crew",
            "user ana",
            "user ana",
            "user ana",
        ]
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
    assert!(told("user create ana --role galaxy.nope").contains("pocket-galaxy role list"));
    assert!(told("user create admin").contains("already exists"));
    for line in ["user delete admin", "user deactivate admin"] {
        assert!(told(line).contains("the last active super user"), "{line}");
    }
    assert!(told("user delete nobody").contains("there is no user nobody"));
    assert!(told("group delete nope").contains("there is no group nope"));
    assert!(told("group add nope admin").contains("there is no group nope"));
    assert!(told("group create system:partner-engineers").contains("already exists"));
    assert!(told("namespace create Bad").contains("lower case letters"));
    assert!(told("namespace create acme --owner nobody").contains("there is no user nobody"));
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
    assert!(
        run("policy")
            .contains("galaxy.upload_to_namespace on the namespace (if the namespace exists)")
    );
    assert!(run("version").starts_with("pocket-galaxy "));
    let shown = printed(folder.path(), "config show --listen 127.0.0.1:9");
    assert!(
        shown.contains("listen = 127.0.0.1:9 (--listen)")
            || shown.contains("listen = 127.0.0.1:9 ("),
        "{shown}"
    );
    assert!(run("serve --help").contains("GALAXY_LISTEN"));
}

#[test]
fn roles_are_seen_given_and_taken_beside_the_hub() {
    let galaxy = TestServer::start();
    let data = galaxy.data();
    let ana = galaxy.user("ana", &[]);
    let told = |line: &str| {
        let output = command(data, line);
        assert!(!output.status.success(), "{line}");
        String::from_utf8(output.stderr).unwrap()
    };
    let listed = printed(data, "role list");
    assert!(
        listed.contains("galaxy.auditor\tshipped\t5 permissions\n"),
        "{listed}"
    );
    let shown = printed(data, "role show galaxy.collection_publisher");
    assert_eq!(
        shown,
        "galaxy.add_namespace\ngalaxy.change_namespace\ngalaxy.upload_to_namespace\n"
    );
    let make = |name: &str| {
        let body = format!(r#"{{"name": "{name}", "groups": [], "users": []}}"#);
        ana.post("v3/namespaces/", &body).status
    };
    let line = "galaxy.collection_publisher --user ana";
    assert_eq!(make("acme"), 403);
    let given = printed(data, &format!("role assign {line}"));
    assert_eq!(
        given,
        "user ana holds galaxy.collection_publisher everywhere now\n"
    );
    assert!(printed(data, &format!("role assign {line}")).contains("already"));
    assert_eq!(make("acme"), 201);
    printed(data, &format!("role unassign {line}"));
    assert_eq!(make("other"), 403);
    assert!(printed(data, &format!("role unassign {line}")).contains("did not hold"));
    let owner =
        "galaxy.collection_namespace_owner --group system:partner-engineers --namespace acme";
    printed(data, &format!("role assign {owner}"));
    printed(
        data,
        "role assign galaxy.collection_curator --user ana --repository staging",
    );
    for (line, expected) in [
        (
            "role show nope",
            "there is no role nope; pocket-galaxy role list",
        ),
        (
            "role assign nope --user ana",
            "there is no role nope; pocket-galaxy role list",
        ),
        (
            "role assign galaxy.auditor --user eve",
            "there is no user eve; pocket-galaxy user list",
        ),
        (
            "role assign galaxy.auditor --group none",
            "there is no group none",
        ),
        (
            "role assign galaxy.auditor --user ana --namespace nope",
            "there is no namespace nope",
        ),
        (
            "role assign galaxy.auditor --user ana --repository nope",
            "there is no repository nope",
        ),
        (
            "role assign galaxy.auditor --user ana --namespace acme",
            "carries no permission for a namespace",
        ),
        ("role assign galaxy.auditor", "--user"),
        (
            "role assign galaxy.auditor --user ana --group crew",
            "--group",
        ),
    ] {
        let told = told(line);
        assert!(told.contains(expected), "{line}: {told}");
    }
    let trail = "SELECT group_concat(via || ' ' || action || ' ' || object || ', ' || detail, '|') FROM audit \
                 WHERE via = 'command line'";
    let trail: String = galaxy.value(trail);
    let expected = "command line UserRoleAdd user ana, role galaxy.collection_publisher everywhere|\
                    command line UserRoleRemove user ana, role galaxy.collection_publisher everywhere|\
                    command line GroupRoleAdd group system:partner-engineers, \
                    role galaxy.collection_namespace_owner on namespace acme|\
                    command line UserRoleAdd user ana, role galaxy.collection_curator on repository staging";
    assert_eq!(trail, expected);
}
