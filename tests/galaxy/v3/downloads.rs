//! The bytes of artifacts.

use std::process::Command;

use crate::support::client::Client;
use crate::support::process::PROGRAM;
use crate::support::server::TestServer;
use crate::support::server::until;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

const FILE: &str =
    "v3/plugin/ansible/content/published/collections/artifacts/acme-tools-1.0.0.tar.gz";

fn published() -> (TestServer, Artifact) {
    let galaxy = TestServer::start();
    let artifact = collection("acme.tools").build();
    galaxy.admin().publish(&artifact).succeeds();
    (galaxy, artifact)
}

/// The path and signed query the artifact route leads to.
fn signed_path(galaxy: &TestServer, client: &Client) -> String {
    let location = client.get(FILE).expect(302).header("location").to_owned();
    location.strip_prefix(&galaxy.origin()).unwrap().to_owned()
}

#[test]
fn a_signed_link_needs_no_credentials_and_gives_the_exact_bytes() {
    let (galaxy, artifact) = published();
    let reply = galaxy
        .anonymous()
        .get(&signed_path(&galaxy, &galaxy.admin()))
        .expect(200);
    assert_eq!(reply.bytes, artifact.bytes);
    assert_eq!(
        reply.header("content-length"),
        artifact.bytes.len().to_string()
    );
    assert_eq!(reply.header("content-type"), "application/gzip");
    assert_eq!(reply.header("etag"), format!("\"{}\"", artifact.sha256()));
    assert_eq!(reply.header("accept-ranges"), "bytes");
    assert!(reply.headers.get("content-encoding").is_none());
    let legacy = "v3/artifacts/collections/published/acme-tools-1.0.0.tar.gz";
    galaxy.admin().get(legacy).expect(302);
}

#[test]
fn parts_are_served_by_range() {
    let (galaxy, artifact) = published();
    let (stranger, path) = (galaxy.anonymous(), signed_path(&galaxy, &galaxy.admin()));
    let size = artifact.bytes.len();
    let range = |value: &str| stranger.header("range", value).get(&path);
    for (value, first, last) in [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, size - 1),
        ("bytes=-5", size - 5, size - 1),
    ] {
        let reply = range(value).expect(206);
        assert_eq!(reply.bytes, artifact.bytes[first..=last], "{value}");
        assert_eq!(
            reply.header("content-range"),
            format!("bytes {first}-{last}/{size}"),
            "{value}"
        );
    }
    let reply = range("bytes=99999999-").expect(416);
    assert_eq!(reply.header("content-range"), format!("bytes */{size}"));
    assert_eq!(range("bytes=0-1,5-6").expect(200).bytes, artifact.bytes);
    assert_eq!(range("lines=1-2").expect(200).bytes, artifact.bytes);
    let tag = format!("\"{}\"", artifact.sha256());
    let if_range = |tag: &str| {
        stranger
            .header("if-range", tag)
            .header("range", "bytes=0-9")
            .get(&path)
    };
    if_range(&tag).expect(206);
    assert_eq!(if_range("\"other\"").expect(200).bytes, artifact.bytes);
    assert_eq!(
        if_range("Mon, 23 Nov 2026 09:00:00 GMT").expect(200).bytes,
        artifact.bytes
    );
    assert!(
        stranger
            .header("if-none-match", &tag)
            .get(&path)
            .expect(304)
            .bytes
            .is_empty()
    );
    let head = stranger.send("HEAD", &path, "", b"").expect(200);
    assert_eq!(
        (head.header("content-length"), head.bytes.len()),
        (size.to_string().as_str(), 0)
    );
}

#[test]
fn a_link_that_was_not_signed_here_is_refused() {
    let (galaxy, _) = published();
    let (stranger, path) = (galaxy.anonymous(), signed_path(&galaxy, &galaxy.admin()));
    let unsigned = path.split('?').next().unwrap();
    for bad in [
        unsigned.to_owned(),
        path.replace("expires=", "expires=9"),
        path.replace("1.0.0", "1.0.1"),
        format!("{}0", path),
        "/pulp/content/published/nope-nope-1.0.0.tar.gz".to_owned(),
    ] {
        let reply = stranger.get(&bad).expect(403);
        assert_eq!(reply.text(), "403: Access not authenticated");
        assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    }
    stranger.get("/pulp/content/").expect(404);
}

#[test]
fn a_link_ends_when_the_key_that_signed_it_is_replaced() {
    let (galaxy, _) = published();
    let (stranger, path) = (galaxy.anonymous(), signed_path(&galaxy, &galaxy.admin()));
    stranger.get(&path).expect(200);
    let revoked = Command::new(PROGRAM)
        .args(["links", "revoke", "--data"])
        .arg(galaxy.data())
        .status();
    assert!(revoked.unwrap().success());
    until(|| stranger.get(&path).status == 403);
    let fresh = signed_path(&galaxy, &galaxy.admin());
    stranger.get(&fresh).expect(200);
}

#[test]
fn downloads_have_a_switch_of_their_own() {
    let (galaxy, _) = published();
    galaxy
        .anonymous()
        .get(FILE)
        .refuses(401, "not_authenticated", None);
    galaxy
        .admin()
        .get(&FILE.replace("1.0.0", "9.9.9"))
        .refuses(404, "not_found", None);
    galaxy.admin().get(&format!("{FILE}/")).expect(404);
    let open =
        TestServer::with(|config| config.access.enable_unauthenticated_collection_download = true);
    open.admin()
        .publish(&collection("acme.tools").build())
        .succeeds();
    open.anonymous().get(FILE).expect(302);
    open.anonymous()
        .get("v3/collections/acme/tools/")
        .refuses(401, "not_authenticated", None);
}

#[test]
fn downloads_are_counted_when_that_is_asked_for() {
    let mut galaxy = TestServer::with(|config| config.publishing.collect_download_count = true);
    galaxy
        .admin()
        .publish(&collection("acme.tools").build())
        .succeeds();
    for _ in 0..3 {
        galaxy.admin().get(FILE).expect(302);
    }
    galaxy.restart(); // writes what was only noted
    let detail = galaxy
        .admin()
        .get("v3/collections/acme/tools/")
        .expect(200)
        .json();
    assert_eq!(detail["download_count"], 3);
}
