//! Strangers: served when both switches are on, and told what to do when one is off.

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Login;
use crate::client::ansible_galaxy::ROOT;
use crate::client::ansible_galaxy::Release;
use crate::client::roots;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

with_each_release!(
    strangers_are_served_when_both_switches_are_on,
    strangers_are_refused_by_a_server_as_it_comes,
    strangers_who_may_only_browse_cannot_install,
);

fn server(browse: bool, download: bool) -> TestServer {
    TestServer::with(|config| {
        config.access.enable_unauthenticated_collection_access = browse;
        config.access.enable_unauthenticated_collection_download = download;
    })
}

fn strangers_are_served_when_both_switches_are_on(release: Release) {
    roots::serves(release, &server(true, true), &Login::Nobody);
}

fn strangers_are_refused_by_a_server_as_it_comes(release: Release) {
    let server = TestServer::start();
    refuses(release, &server, "401");
}

fn strangers_who_may_only_browse_cannot_install(release: Release) {
    refuses(release, &server(true, false), "401");
}

fn refuses(release: Release, server: &TestServer, status: &str) {
    let tools = collection("acme.tools").build();
    server.admin().publish(&tools).succeeds();
    let galaxy = AnsibleGalaxy::new(release, server, ROOT, &Login::Nobody);
    galaxy
        .run("collection install acme.tools")
        .fails()
        .says(status);
    galaxy.lacks(&tools);
}
