//! `collection download`: the artifacts themselves, for a place without a network.

use std::fs;

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

with_each_release!(
    a_download_is_the_published_bytes,
    a_download_can_leave_dependencies_out
);

fn a_download_is_the_published_bytes(release: Release) {
    let server = TestServer::start();
    let tools = collection("acme.tools").depends_on("base.net", "*").build();
    let net = collection("base.net").version("0.3.0").build();
    server.admin().publish(&tools).succeeds();
    server.admin().publish(&net).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy
        .run("collection download acme.tools -p carried")
        .succeeds();
    let carried = galaxy.home().join("carried");
    for artifact in [&tools, &net] {
        let bytes = fs::read(carried.join(artifact.file_name())).unwrap();
        assert!(
            bytes == artifact.bytes,
            "{} is not what was published",
            artifact.file_name()
        );
    }
    // Away from the server: the client writes the file to be used where it is.
    drop(server);
    let install = "collection install --offline -r requirements.yml";
    galaxy.run_in("carried", install).succeeds();
    galaxy.has(&tools);
    galaxy.has(&net);
}

fn a_download_can_leave_dependencies_out(release: Release) {
    let server = TestServer::start();
    let tools = collection("acme.tools").depends_on("base.net", "*").build();
    server.admin().publish(&tools).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy
        .run("collection download acme.tools -n -p carried")
        .succeeds();
    let mut names: Vec<_> = fs::read_dir(galaxy.home().join("carried"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [tools.file_name().as_str(), "requirements.yml"]);
}
