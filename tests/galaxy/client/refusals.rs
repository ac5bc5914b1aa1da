//! What the user of the client reads when the server refuses: never a bare number.

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Login;
use crate::client::ansible_galaxy::ROOT;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

with_each_release!(
    wrong_credentials_are_told_at_the_first_request,
    a_stranger_is_asked_for_credentials,
    a_user_without_the_permission_is_told,
    an_unknown_namespace_is_told_with_a_way_out,
    an_unknown_collection_is_told,
);

fn wrong_credentials_are_told_at_the_first_request(release: Release) {
    let server = TestServer::start();
    let artifact = collection("acme.tools").build();
    let token = Login::Token("0123456789abcdef0123456789abcdef01234567".to_owned());
    for wrong in [token, Login::by_password_of("nobody")] {
        let galaxy = AnsibleGalaxy::new(release, &server, ROOT, &wrong);
        galaxy.publish(&artifact, "").fails().says("401");
        let install = "collection install acme.tools";
        galaxy.run(install).fails().says("401");
    }
}

fn a_stranger_is_asked_for_credentials(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::new(release, &server, ROOT, &Login::Nobody);
    let artifact = collection("acme.tools").build();
    galaxy
        .publish(&artifact, "")
        .fails()
        .says("401")
        .says("Authentication credentials were not provided");
}

fn a_user_without_the_permission_is_told(release: Release) {
    let server = TestServer::start();
    let artifact = collection("acme.tools").build();
    server.admin().publish(&artifact).succeeds();
    let ana = server.user("ana", &[]);
    let galaxy = AnsibleGalaxy::new(release, &server, ROOT, &Login::by_token_of(&ana));
    let next = collection("acme.tools").version("1.1.0").build();
    galaxy
        .publish(&next, "")
        .fails()
        .says("403")
        .says("permission");
    galaxy.run("collection install acme.tools").succeeds();
    galaxy.has(&artifact);
}

fn an_unknown_namespace_is_told_with_a_way_out(release: Release) {
    let server = TestServer::with(|config| config.publishing.auto_create_namespaces = false);
    let galaxy = AnsibleGalaxy::admin(release, &server);
    let artifact = collection("acme.tools").build();
    galaxy
        .publish(&artifact, "")
        .fails()
        .says("404")
        .says("acme")
        .says("namespace create");
}

fn an_unknown_collection_is_told(release: Release) {
    let server = TestServer::start();
    let galaxy = AnsibleGalaxy::admin(release, &server);
    galaxy
        .run("collection install acme.nothing")
        .fails()
        .says("acme.nothing");
}
