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
        // It has collections built by the other program.
        let builder = command("2.19", "ansible-galaxy");
        let builder = builder.parent().unwrap();
        let words = arguments.split(' ').map(|word| word.replace('~', " "));
        let child = Command::new(command("galaxykit", "galaxykit"))
            .args(&self.options)
            .args(words)
            .current_dir(self.home.path())
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", builder.display()),
            )
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

/// A hub where somebody approves, and the administrator at it.
fn approving() -> (TestServer, GalaxyKit) {
    let server = TestServer::with(|config| config.publishing.require_content_approval = true);
    let kit = GalaxyKit::by_token(&server, &server.admin());
    (server, kit)
}

#[test]
fn a_collection_is_uploaded_approved_shown_searched_and_deleted() {
    let (server, kit) = approving();
    kit.run("namespace create acme").succeeds();
    kit.run("namespace get acme").succeeds();
    kit.run("namespace list").succeeds().says("acme");
    kit.run("collection upload acme tools 1.0.0")
        .succeeds()
        .says("tools");
    kit.run("collection info published acme tools 1.0.0")
        .fails_with_a_trace();
    kit.run("collection move acme tools").succeeds();
    let info = kit
        .run("collection info published acme tools 1.0.0")
        .succeeds();
    info.says("download_url");
    kit.run("collection list")
        .succeeds()
        .says("\"repository_list\": [\"published\"]");
    kit.run("namespace list-collections acme")
        .succeeds()
        .says("tools");
    kit.run("collection search tools")
        .succeeds()
        .says("published");
    kit.run("repository collections staging")
        .succeeds()
        .says("[]");
    kit.run("task list").succeeds().says("move_collection");
    kit.run("task wait all").succeeds();
    kit.run("namespace delete acme").fails_with_a_trace();
    kit.run("collection delete acme tools 1.0.0 published")
        .succeeds();
    kit.run("collection info published acme tools 1.0.0")
        .fails_with_a_trace();
    kit.run("namespace delete acme").succeeds();
    assert_eq!(
        (server.rows("collection_version"), server.rows("namespace")),
        (0, 0)
    );
}

#[test]
fn repositories_and_distributions_are_made_listed_and_deleted() {
    let (server, kit) = approving();
    kit.run("repository create own --pipeline approved")
        .succeeds();
    kit.run("repository list").succeeds().says("own");
    kit.run("distribution create own").succeeds();
    kit.run("distribution list").succeeds().says("own");
    server
        .admin()
        .get("content/own/v3/collections/")
        .expect(200);
    kit.run("distribution delete own").succeeds();
    kit.run("repository delete own").succeeds();
    kit.run("repository list").succeeds().omits("own");
    kit.run("repository delete published").fails_with_a_trace();
}
