//! A collection with more versions than a page holds.

use std::thread;

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::RELEASES;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

/// The client asks for pages of 100.
const VERSIONS: usize = 350;

fn version(number: usize) -> Artifact {
    collection("acme.tools")
        .version(&format!("1.{number}.0"))
        .build()
}

/// One server for all releases: filling it takes longer than asking it.
#[test]
fn all_350_versions_are_found() {
    let server = TestServer::start();
    thread::scope(|scope| {
        for first in 0..4 {
            let admin = server.admin();
            let numbers = (first..VERSIONS).step_by(4);
            scope.spawn(move || {
                numbers.for_each(|number| drop(admin.publish(&version(number)).succeeds()))
            });
        }
    });
    assert_eq!(server.rows("collection_version"), 350);
    thread::scope(|scope| {
        for release in RELEASES {
            let server = &server;
            scope.spawn(move || {
                finds_them(release, server, "");
                finds_them(release, server, " --no-cache");
            });
        }
    });
}

fn finds_them(release: Release, server: &TestServer, option: &str) {
    let galaxy = AnsibleGalaxy::admin(release, server);
    // Whatever the order of the list, one of these is on its first page and another on its last.
    for (requirement, picked) in [
        (":1.0.0", 0),
        (":>=1.50.0,<1.200.0", 199),
        (":1.349.0", 349),
        ("", 349),
    ] {
        galaxy
            .run(&format!(
                "collection install --force acme.tools{requirement}{option}"
            ))
            .succeeds();
        galaxy.has(&version(picked));
    }
    let run = galaxy
        .run("collection install --force acme.tools --no-cache -vvvv")
        .succeeds();
    let run = ["offset=100", "offset=200", "offset=300"]
        .iter()
        .fold(run, |run, page| run.says(page));
    run.omits("offset=400")
        .omits("offset=350")
        .says("acme.tools:1.349.0");
}
