//! `collection verify`: an installed collection against what the server has.

use std::fs;

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

with_each_release!(
    an_untouched_copy_is_confirmed,
    a_changed_file_is_found,
    a_collection_that_the_server_lacks_is_told,
);

fn an_untouched_copy_is_confirmed(release: Release) {
    let server = TestServer::start();
    let tools = collection("acme.tools").build();
    server.admin().publish(&tools).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy.run("collection install acme.tools").succeeds();
    galaxy
        .run("collection verify acme.tools -v")
        .succeeds()
        .says("Successfully verified that checksums for 'acme.tools:1.0.0' match the remote collection");
    galaxy.run("collection verify acme.tools:1.0.0").succeeds();
}

fn a_changed_file_is_found(release: Release) {
    let server = TestServer::start();
    let tools = collection("acme.tools").build();
    server.admin().publish(&tools).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy.run("collection install acme.tools").succeeds();
    fs::write(
        galaxy.folder_of(&tools).join("plugins/modules/hello.py"),
        "import os\n",
    )
    .unwrap();
    galaxy
        .run("collection verify acme.tools")
        .fails()
        .says("plugins/modules/hello.py");
}

fn a_collection_that_the_server_lacks_is_told(release: Release) {
    let (here, elsewhere) = (TestServer::start(), TestServer::start());
    let tools = collection("acme.tools").build();
    elsewhere.admin().publish(&tools).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &here);
    let token = elsewhere
        .admin()
        .authorization()
        .unwrap()
        .replace("Token ", "");
    let from = format!(
        "--server {}/api/galaxy/ --token {token}",
        elsewhere.origin()
    );
    galaxy
        .run(&format!("collection install acme.tools {from}"))
        .succeeds();
    galaxy
        .run("collection verify acme.tools")
        .fails()
        .says("acme.tools");
}
