//! `collection install` and `collection list`: which versions the client ends up with.

use std::fs;

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Login;
use crate::client::ansible_galaxy::ROOT;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

with_each_release!(
    pins_and_ranges_pick_their_version,
    a_pre_release_is_for_those_who_ask,
    a_chain_of_dependencies_is_resolved,
    a_requirements_file_is_installed_and_listed,
    a_dependency_that_is_nowhere_is_told,
    build_metadata_is_a_part_of_the_version,
    a_second_server_has_what_the_first_lacks,
);

fn version(number: &str) -> Artifact {
    collection("acme.tools").version(number).build()
}

fn pins_and_ranges_pick_their_version(release: Release) {
    let server = TestServer::start();
    // Published out of order, and with numbers that sort otherwise as text.
    let numbers = ["1.10.0", "1.2.0", "2.0.0", "1.9.0"];
    numbers
        .iter()
        .for_each(|number| drop(server.admin().publish(&version(number)).succeeds()));
    let galaxy = AnsibleGalaxy::admin(release, &server);
    for (requirement, picked) in [
        ("acme.tools:1.2.0", "1.2.0"),
        ("acme.tools:==1.9.0", "1.9.0"),
        ("acme.tools:>=1.2.0,<2.0.0", "1.10.0"),
        ("acme.tools:>1.2.0,!=1.10.0,<=1.10.0", "1.9.0"),
        ("acme.tools", "2.0.0"),
    ] {
        galaxy
            .run(&format!("collection install --force {requirement}"))
            .succeeds();
        galaxy.has(&version(picked));
    }
    galaxy
        .run("collection install --force acme.tools:>=3.0.0")
        .fails()
        .says("acme.tools:>=3.0.0");
    galaxy.has(&version("2.0.0"));
}

fn a_pre_release_is_for_those_who_ask(release: Release) {
    let server = TestServer::start();
    let numbers = ["1.0.0", "1.1.0-beta.2", "1.1.0-beta.11"];
    numbers
        .iter()
        .for_each(|number| drop(server.admin().publish(&version(number)).succeeds()));
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy
        .run("collection install --force acme.tools")
        .succeeds();
    galaxy.has(&version("1.0.0"));
    galaxy
        .run("collection install --force acme.tools --pre")
        .succeeds();
    galaxy.has(&version("1.1.0-beta.11"));
    galaxy
        .run("collection install --force acme.tools:1.1.0-beta.2")
        .succeeds();
    galaxy.has(&version("1.1.0-beta.2"));
}

fn a_chain_of_dependencies_is_resolved(release: Release) {
    let server = TestServer::start();
    let app = collection("acme.app")
        .depends_on("acme.service", ">=1.0.0,<2.0.0")
        .build();
    let service = |number| {
        collection("acme.service")
            .version(number)
            .depends_on("base.net", "!=1.2.0")
            .build()
    };
    let net = |number| collection("base.net").version(number).build();
    // A dependency may be published after those who need it.
    for artifact in [
        &app,
        &service("1.5.0"),
        &service("2.0.0"),
        &net("1.1.0"),
        &net("1.2.0"),
    ] {
        server.admin().publish(artifact).succeeds();
    }
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy.run("collection install acme.app").succeeds();
    galaxy.has(&app);
    galaxy.has(&service("1.5.0"));
    galaxy.has(&net("1.1.0"));
}

fn a_requirements_file_is_installed_and_listed(release: Release) {
    let server = TestServer::start();
    let other = collection("base.net").build();
    server.admin().publish(&other).succeeds();
    for number in ["1.0.0", "1.4.0", "2.0.0"] {
        server.admin().publish(&version(number)).succeeds();
    }
    let galaxy = AnsibleGalaxy::admin(release, &server);
    let wanted = format!(
        "---\ncollections:\n  - base.net\n  - name: acme.tools\n    version: '>=1.0.0,<2.0.0'\n    source: {}/api/galaxy/\n",
        server.origin()
    );
    fs::write(galaxy.home().join("requirements.yml"), wanted).unwrap();
    galaxy
        .run("collection install -r requirements.yml")
        .succeeds();
    galaxy.has(&version("1.4.0"));
    galaxy.has(&other);
    galaxy
        .run("collection list")
        .succeeds()
        .says("acme.tools 1.4.0")
        .says("base.net 1.0.0");
    galaxy
        .run("collection list acme.tools")
        .succeeds()
        .says("acme.tools 1.4.0")
        .omits("base.net");
}

fn a_dependency_that_is_nowhere_is_told(release: Release) {
    let server = TestServer::start();
    let app = collection("acme.app")
        .depends_on("base.nothing", ">=1.0.0")
        .build();
    server.admin().publish(&app).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy
        .run("collection install acme.app")
        .fails()
        .says("base.nothing");
    galaxy.lacks(&app);
}

fn build_metadata_is_a_part_of_the_version(release: Release) {
    let server = TestServer::start();
    let tools = version("1.0.0+build.5");
    let galaxy = AnsibleGalaxy::admin(release, &server);
    // A plus sign means a space in some parts of a URL, and itself in a path.
    galaxy.publish(&tools, "").succeeds();
    galaxy.run("collection install acme.tools").succeeds();
    galaxy.has(&tools);
}

fn a_second_server_has_what_the_first_lacks(release: Release) {
    let (first, second) = (TestServer::start(), TestServer::start());
    let app = collection("acme.app").depends_on("base.net", "*").build();
    let net = collection("base.net").build();
    first.admin().publish(&app).succeeds();
    second.admin().publish(&net).succeeds();
    let galaxy = AnsibleGalaxy::admin(release, &first);
    galaxy.also_asks(&second, ROOT, &Login::by_token_of(&second.admin()));
    galaxy.run("collection install acme.app").succeeds();
    galaxy.has(&app);
    galaxy.has(&net);
    galaxy.run("collection verify acme.app base.net").succeeds();
}
