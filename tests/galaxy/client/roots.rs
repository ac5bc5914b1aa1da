//! The four forms of a server's URL that people write into `ansible.cfg`, by token and by password.

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Login;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

with_each_release!(
    every_root_takes_collections_by_token,
    every_root_takes_collections_by_password,
    every_root_serves_collections_by_token,
    every_root_serves_collections_by_password,
);

/// Where collections are published to. What is sent to the published distribution goes through staging too.
const TO: [&str; 5] = [
    "/",
    "/api/galaxy/",
    "/api/",
    "/api/galaxy/content/staging/",
    "/api/galaxy/content/published/",
];
/// Where they are installed from.
const FROM: [&str; 4] = [
    "/",
    "/api/galaxy/",
    "/api/",
    "/api/galaxy/content/published/",
];

fn every_root_takes_collections_by_token(release: Release) {
    let server = TestServer::start();
    let ana = server.user("ana", &["galaxy.collection_publisher"]);
    takes(release, &server, &Login::by_token_of(&ana));
}

fn every_root_takes_collections_by_password(release: Release) {
    let server = TestServer::start();
    server.user("ana", &["galaxy.collection_publisher"]);
    takes(release, &server, &Login::by_password_of("ana"));
}

fn takes(release: Release, server: &TestServer, login: &Login) {
    for (number, root) in TO.iter().enumerate() {
        let artifact = collection("acme.tools")
            .version(&format!("1.{number}.0"))
            .build();
        let galaxy = AnsibleGalaxy::new(release, server, root, login);
        galaxy.publish(&artifact, "").succeeds();
        let version = format!("v3/collections/acme/tools/versions/1.{number}.0/");
        server.admin().get(&version).expect(200);
    }
}

fn every_root_serves_collections_by_token(release: Release) {
    let server = TestServer::start();
    let ana = server.user("ana", &[]);
    serves(release, &server, &Login::by_token_of(&ana));
}

fn every_root_serves_collections_by_password(release: Release) {
    let server = TestServer::start();
    server.user("ana", &[]);
    serves(release, &server, &Login::by_password_of("ana"));
}

/// Installs through every root, whoever asks; used for strangers too.
pub fn serves(release: Release, server: &TestServer, login: &Login) {
    let tools = collection("acme.tools")
        .depends_on("base.net", ">=1.0.0")
        .build();
    let net = collection("base.net").build();
    server.admin().publish(&tools).succeeds();
    server.admin().publish(&net).succeeds();
    for root in FROM {
        let galaxy = AnsibleGalaxy::new(release, server, root, login);
        galaxy.run("collection install acme.tools").succeeds();
        galaxy.has(&tools);
        galaxy.has(&net);
    }
}
