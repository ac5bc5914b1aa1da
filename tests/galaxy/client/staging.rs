//! A server whose content somebody approves: uploads wait where only those who ask for it find them.

use crate::client::ansible_galaxy::AnsibleGalaxy;
use crate::client::ansible_galaxy::Login;
use crate::client::ansible_galaxy::ROOT;
use crate::client::ansible_galaxy::Release;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

with_each_release!(an_upload_waits_in_staging);

fn an_upload_waits_in_staging(release: Release) {
    let server = TestServer::with(|config| config.publishing.require_content_approval = true);
    let tools = collection("acme.tools").build();
    let ana = Login::by_token_of(&server.user("ana", &["galaxy.collection_publisher"]));
    let published = AnsibleGalaxy::new(release, &server, ROOT, &ana);
    published.publish(&tools, "").succeeds();
    published.run("collection install acme.tools").fails();
    published.lacks(&tools);
    let staged = AnsibleGalaxy::new(release, &server, "/api/galaxy/content/staging/", &ana);
    staged.run("collection install acme.tools").succeeds();
    staged.has(&tools);
}
