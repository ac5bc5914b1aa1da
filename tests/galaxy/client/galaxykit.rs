//! `galaxykit`, the command line that Galaxy NG's own tests administer a hub with.

use std::fs;
use std::fs::File;
use std::process::Command;
use std::process::Stdio;

use tempfile::TempDir;

use crate::client::ansible_galaxy::command;
use crate::client::ansible_galaxy::wait;
use crate::client::run::Run;
use crate::support::client::Client;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

/// Somebody with the program, signed in at a server.
struct GalaxyKit {
    home: TempDir,
    options: Vec<String>,
}

impl GalaxyKit {
    /// Signed in as the holder of a token.
    fn by_token(server: &TestServer, client: &Client) -> Self {
        let token = client
            .authorization()
            .and_then(|value| value.strip_prefix("Token "));
        Self::new(server, &["-t", token.unwrap()])
    }

    /// Signed in with the password that every user of a test has: the program asks for a token itself.
    fn by_password(server: &TestServer, username: &str) -> Self {
        Self::new(server, &["-u", username, "-p", PASSWORD])
    }

    fn new(server: &TestServer, login: &[&str]) -> Self {
        let root = format!("{}/api/galaxy/", server.origin());
        let options = [&["-s", &root], login].concat();
        Self {
            home: tempfile::tempdir().unwrap(),
            options: options.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Runs a command; a `~` in a word stands for a blank.
    #[must_use = "a command that failed must not pass unseen"]
    fn run(&self, arguments: &str) -> Run {
        let log = self.home.path().join("log");
        let out = File::create(&log).unwrap();
        let words = arguments.split(' ').map(|word| word.replace('~', " "));
        let child = Command::new(command("galaxykit", "galaxykit"))
            .args(&self.options)
            .args(words)
            .current_dir(self.home.path())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.home.path())
            .stdin(Stdio::null())
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .spawn();
        let status = wait(child.unwrap(), &log);
        Run {
            program: "galaxykit",
            arguments: arguments.to_owned(),
            status,
            output: fs::read_to_string(&log).unwrap(),
        }
    }
}

#[test]
fn users_are_made_listed_put_into_groups_and_deleted() {
    let server = TestServer::start();
    let kit = GalaxyKit::by_token(&server, &server.admin());
    kit.run(&format!(
        "user create --email ana@example.com --first_name Ana ana {}",
        PASSWORD.replace(' ', "~")
    ))
    .succeeds()
    .says("Created user ana");
    kit.run("user list").succeeds().says("ana");
    kit.run("group create readers").succeeds();
    kit.run("user group add ana readers").succeeds();
    let ana = GalaxyKit::by_password(&server, "ana");
    ana.run("group list").succeeds().says("readers");
    ana.run("user list").fails_with_a_trace();
    let me = server.token_of("ana").get("_ui/v1/me/").expect(200).json();
    assert_eq!(me["groups"][0]["name"], "readers");
    assert_eq!(me["first_name"], "Ana");
    kit.run("user group remove ana readers").succeeds();
    kit.run("user delete ana").succeeds();
    kit.run("user list").succeeds().omits("ana");
}

#[test]
fn groups_are_given_roles_and_their_members_may_do_more() {
    let server = TestServer::start();
    let kit = GalaxyKit::by_token(&server, &server.admin());
    let ana = server.user("ana", &[]);
    kit.run("group create makers").succeeds();
    kit.run("group create makers").succeeds();
    kit.run("user group add ana makers").succeeds();
    let namespace = r#"{"name": "acme"}"#;
    ana.post("v3/namespaces/", namespace).expect(403);
    kit.run("group role add makers galaxy.collection_publisher")
        .succeeds();
    kit.run("group role list makers")
        .succeeds()
        .says("galaxy.collection_publisher");
    ana.post("v3/namespaces/", namespace).expect(201);
    kit.run("group role remove makers galaxy.collection_publisher")
        .succeeds();
    ana.post("v3/namespaces/", r#"{"name": "other"}"#)
        .expect(403);
    kit.run("group delete makers").succeeds();
    kit.run("group list").succeeds().omits("makers");
}

#[test]
fn roles_are_made_given_and_deleted() {
    let server = TestServer::start();
    let kit = GalaxyKit::by_token(&server, &server.admin());
    // `role perm` does nothing in this release, against any server.
    kit.run("role create -p galaxy.view_user,galaxy.view_group galaxy.watcher May~look")
        .succeeds();
    kit.run("role create -p galaxy.fly galaxy.flyer No")
        .fails_with_a_trace()
        .says("GalaxyClientError: 400");
    kit.run("role list").succeeds().says("galaxy.auditor");
    let ana = server.user("ana", &[]);
    kit.run("group create watchers").succeeds();
    kit.run("user group add ana watchers").succeeds();
    ana.get("_ui/v1/users/").expect(403);
    kit.run("group role add watchers galaxy.watcher").succeeds();
    ana.get("_ui/v1/users/").expect(200);
    kit.run("role delete galaxy.watcher").succeeds();
    ana.get("_ui/v1/users/").expect(403);
    kit.run("role delete galaxy.auditor").fails_with_a_trace();
    kit.run("role list").succeeds().says("galaxy.auditor");
}
