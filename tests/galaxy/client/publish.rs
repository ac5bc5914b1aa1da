//! `collection publish`, from a folder of sources to an installed copy.

use std::fs;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use serde_json::json;

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

with_each_release!(
    what_the_client_builds_is_what_it_installs,
    a_binary_file_of_some_size_arrives_as_it_was,
    without_waiting_it_ends_before_the_import_does,
    publishing_the_same_bytes_again_succeeds,
    a_failed_import_tells_its_reason,
);

fn what_the_client_builds_is_what_it_installs(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy
        .run("collection init acme.built --init-path sources")
        .succeeds();
    let sources = galaxy.home().join("sources/acme/built");
    // The two things an author has to add before this server, or the reference, takes the collection.
    fs::write(
        sources.join("meta/runtime.yml"),
        "---\nrequires_ansible: '>=2.15.0'\n",
    )
    .unwrap();
    fs::write(sources.join("plugins/README.txt"), "Grüße, 世界\n").unwrap();
    galaxy
        .run("collection build sources/acme/built --output-path built")
        .succeeds();
    let path = galaxy.home().join("built/acme-built-1.0.0.tar.gz");
    let artifact = Artifact {
        namespace: "acme".to_owned(),
        name: "built".to_owned(),
        version: "1.0.0".to_owned(),
        bytes: fs::read(path).unwrap(),
    };
    galaxy
        .run("collection publish built/acme-built-1.0.0.tar.gz")
        .succeeds()
        .says("Collection has been successfully published and imported to the Galaxy server");
    galaxy.run("collection install acme.built").succeeds();
    galaxy.has(&artifact);
}

fn a_binary_file_of_some_size_arrives_as_it_was(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    // A million bytes of every value that do not compress: the upload is longer than any buffer on its way.
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.take(1_000_003).collect();
    let artifact = collection("acme.noise")
        .file("files/noise.bin", noise)
        .build();
    galaxy.publish(&artifact, "").succeeds();
    galaxy.run("collection install acme.noise").succeeds();
    galaxy.has(&artifact);
}

fn without_waiting_it_ends_before_the_import_does(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    let artifact = collection("acme.tools").build();
    galaxy
        .publish(&artifact, "--no-wait")
        .succeeds()
        .says("Collection has been pushed to the Galaxy server")
        .says("not waiting until import has completed due to --no-wait");
    await_import(&server, "v3/collections/acme/tools/versions/1.0.0/");
    galaxy.run("collection install acme.tools").succeeds();
    galaxy.has(&artifact);
}

/// Waits until a version is there that nobody waited for.
fn await_import(server: &TestServer, path: &str) {
    let began = Instant::now();
    while server.admin().get(path).status == 404 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "the import does not end"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

fn publishing_the_same_bytes_again_succeeds(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    let artifact = collection("acme.tools").build();
    galaxy.publish(&artifact, "").succeeds();
    galaxy.publish(&artifact, "").succeeds();
    galaxy.run("collection install acme.tools").succeeds();
    galaxy.has(&artifact);
}

fn a_failed_import_tells_its_reason(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    let artifact = collection("acme.tools")
        .info("tags", json!(["No-Such-Tag"]))
        .build();
    galaxy.publish(&artifact, "").fails().says("No-Such-Tag");
    galaxy.run("collection install acme.tools").fails();
    galaxy.lacks(&artifact);
}
