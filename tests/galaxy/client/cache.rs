//! The client remembers answers for a day. It must still see what was published a moment ago.

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

with_each_release!(
    a_new_version_is_seen_at_once,
    an_unchanged_list_is_not_asked_for_again
);

/// What the client writes, when it tells its requests, before it asks for a list of versions.
const ASKS: &str = "/v3/collections/acme/tools/versions/?limit=100";

fn version(number: &str) -> Artifact {
    collection("acme.tools").version(number).build()
}

fn a_new_version_is_seen_at_once(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    // An older version that comes later must change the remembered list too.
    let steps = [
        ("1.0.0", "1.0.0"),
        ("2.0.0", "2.0.0"),
        ("1.5.0", "2.0.0"),
        ("2.1.0", "2.1.0"),
    ];
    for (published, picked) in steps {
        server.admin().publish(&version(published)).succeeds();
        galaxy
            .run("collection install --upgrade acme.tools")
            .succeeds();
        galaxy.has(&version(picked));
    }
    galaxy
        .run("collection install --force acme.tools:1.5.0")
        .succeeds();
    galaxy.has(&version("1.5.0"));
}

fn an_unchanged_list_is_not_asked_for_again(release: Release) {
    let server = TestServer::start();
    server.admin().publish(&version("1.0.0")).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    let install = "collection install --force acme.tools -vvvv";
    galaxy.run(install).succeeds().says(ASKS);
    galaxy.run(install).succeeds().omits(ASKS);
    galaxy
        .run(&format!("{install} --no-cache"))
        .succeeds()
        .says(ASKS);
    galaxy
        .run(&format!("{install} --clear-response-cache"))
        .succeeds()
        .says(ASKS);
    galaxy.has(&version("1.0.0"));
}
