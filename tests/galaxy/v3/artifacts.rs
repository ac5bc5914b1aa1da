//! Publishing: every tolerance, every refusal, and that a refusal leaves nothing behind.

use serde_json::json;

use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

/// Nothing of a refused upload may stay.
fn nothing_is_left(galaxy: &TestServer) {
    for table in [
        "task",
        "collection_import",
        "artifact",
        "collection",
        "content",
    ] {
        assert_eq!(galaxy.rows(table), 0, "{table}");
    }
    assert!(galaxy.stored_files().is_empty());
}

#[test]
fn a_published_collection_is_there_when_the_answer_is() {
    let galaxy = TestServer::start();
    let artifact = collection("acme.tools").build();
    let import = galaxy.admin().publish(&artifact).succeeds();
    assert!(
        import.0["messages"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("Importing with galaxy-importer")
    );
    let detail = galaxy
        .admin()
        .get("v3/collections/acme/tools/versions/1.0.0/")
        .expect(200)
        .json();
    assert_eq!(detail["artifact"]["sha256"], artifact.sha256());
    assert_eq!(detail["artifact"]["size"], artifact.bytes.len());
    assert_eq!(galaxy.stored_files(), [artifact.sha256()]);
}

#[test]
fn every_client_s_way_of_writing_a_form_is_understood() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let a = collection("acme.a").build();
    let sha = a.sha256();
    let forms = [
        Form::of(&a).text("sha256", &sha),
        Form::default()
            .base64_file(&a.file_name(), &a.bytes)
            .text("sha256", &sha),
        // galaxykit: the value follows its header without a blank line, and the file's disposition is "file"
        Form::default()
            .part(
                "Content-Disposition: form-data; name=\"sha256\"\r\n",
                sha.as_bytes(),
            )
            .part(
                &format!(
                    "Content-Disposition: file; name=\"file\"; filename=\"{}\"\r\n\r\n",
                    a.file_name()
                ),
                &a.bytes,
            ),
        // the type after the disposition
        Form::of(&a).part(
            "Content-Disposition: form-data; name=\"sha256\"\r\nContent-Type: text/plain\r\n\r\n",
            sha.as_bytes(),
        ),
        Form::default()
            .file(&format!("../../{}", a.file_name()), &a.bytes)
            .text("expected_name", "a"),
    ];
    for (number, form) in forms.iter().enumerate() {
        let reply = admin.upload(form);
        assert_eq!(reply.status, 202, "form {number}: {}", reply.text());
        let import = admin
            .get(reply.json()["task"].as_str().unwrap())
            .expect(200)
            .json();
        assert_eq!(import["state"], "completed", "form {number}: {import}");
    }
}

#[test]
fn the_same_bytes_again_are_a_success_and_change_nothing() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let artifact = collection("acme.tools").build();
    admin.publish(&artifact).succeeds();
    let before = admin.get("v3/collections/acme/tools/").json();
    admin.publish(&artifact).succeeds();
    assert_eq!(admin.get("v3/collections/acme/tools/").json(), before);
    assert_eq!(galaxy.rows("collection_version"), 1);
}

#[test]
fn other_bytes_replace_the_version_in_their_repository_only() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let old = collection("acme.tools").build();
    let new = collection("acme.tools").file("docs/news.md", "new").build();
    let community = "content/community/v3/artifacts/collections/";
    admin.publish(&old).succeeds();
    admin.publish_to(community, &old).succeeds();
    admin.publish_to(community, &new).succeeds();
    let sha = |base: &str| {
        let path = format!("content/{base}/v3/collections/acme/tools/versions/1.0.0/");
        admin.get(&path).expect(200).json()["artifact"]["sha256"].clone()
    };
    assert_eq!(sha("published"), old.sha256());
    assert_eq!(sha("community"), new.sha256());
    let versions = admin
        .get("content/community/v3/collections/acme/tools/versions/")
        .json();
    assert_eq!(versions["meta"]["count"], 1);
}

#[test]
fn a_malformed_upload_is_told_what_is_wrong_and_leaves_nothing() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let good = collection("acme.tools").build();
    let named = |name: &str| admin.upload(&Form::default().file(name, &good.bytes));
    admin
        .upload(&Form::default())
        .refuses(400, "required", Some("file"));
    admin
        .upload(&Form::default().text("sha256", "x"))
        .refuses(400, "required", Some("file"));
    admin
        .upload(&Form::default().text("file", "text"))
        .refuses(400, "invalid", Some("file"));
    admin
        .upload(&Form::default().file(&good.file_name(), b""))
        .refuses(400, "empty", Some("file"));
    named("acme-tools-1.0.0.zip").refuses(400, "invalid", Some("filename"));
    named("a-wrong-name.tar.gz").refuses(400, "invalid", Some("filename"));
    named(&format!("acme-{}-1.0.0.tar.gz", "x".repeat(100))).refuses(
        400,
        "invalid",
        Some("filename"),
    );
    admin
        .upload(&Form::of(&good).text("sha256", &"0".repeat(64)))
        .refuses(400, "invalid", Some("sha256"));
    admin
        .upload(&Form::of(&good).text("sha256", "nope"))
        .refuses(400, "invalid", Some("sha256"));
    admin
        .upload(&Form::of(&good).file("b.tar.gz", b"x"))
        .refuses(400, "invalid", Some("file"));
    admin
        .send("POST", "v3/artifacts/collections/", "", b"")
        .refuses(400, "required", Some("file"));
    let json = admin.post("v3/artifacts/collections/", r#"{"file": "x"}"#);
    json.refuses(415, "unsupported_media_type", None);
    let mut many = Form::of(&good);
    for _ in 0..10_000 {
        many = many.text("x", "y");
    }
    admin.upload(&many).refuses(400, "parse_error", None);
    let bomb = format!("X-Bomb: {}\r\n\r\n", "x".repeat(1 << 20));
    admin
        .upload(&Form::default().part(&bomb, b""))
        .refuses(400, "parse_error", None);
    nothing_is_left(&galaxy);
}

#[test]
fn who_may_publish_what_where() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let (owner, plain) = (galaxy.user("ana", &[]), galaxy.user("bob", &[]));
    let owned = json!({
        "name": "acme", "users": [{"name": "ana", "object_roles": ["galaxy.collection_namespace_owner"]}],
    });
    admin.post("v3/namespaces/", &owned.to_string()).expect(201);
    let form = Form::of(&collection("acme.tools").build());
    galaxy
        .anonymous()
        .upload(&form)
        .refuses(401, "not_authenticated", None);
    plain.upload(&form).refuses(403, "permission_denied", None);
    let to = |base: &str| format!("content/{base}/v3/artifacts/collections/");
    admin
        .upload_to(&to("nope"), &form)
        .refuses(404, "not_found", None);
    admin
        .upload_to(&to("rejected"), &form)
        .refuses(403, "permission_denied", None);
    owner
        .upload_to(&to("community"), &form)
        .refuses(403, "permission_denied", None);
    owner
        .upload(&Form::of(&collection("other.tools").build()))
        .refuses(404, "not_found", None);
    assert_eq!(galaxy.rows("task"), 0);
    let reply = owner.upload_to(&to("published"), &form).expect(202);
    assert!(
        reply.json()["task"]
            .as_str()
            .unwrap()
            .starts_with("/api/galaxy/content/staging/v3/plugin/")
    );
}

#[test]
fn a_namespace_is_created_by_publishing_for_those_who_may() {
    let galaxy = TestServer::start();
    let publisher = galaxy.user("pat", &["galaxy.collection_publisher"]);
    publisher
        .publish(&collection("fresh.tools").without("authors").build())
        .fails_with("'authors' is required");
    assert_eq!(
        galaxy.rows("namespace"),
        0,
        "a failed import creates nothing"
    );
    publisher
        .publish(&collection("fresh.tools").build())
        .succeeds();
    publisher.get("v3/namespaces/fresh/").expect(200);

    let strict = TestServer::with(|config| config.publishing.auto_create_namespaces = false);
    let reply = strict
        .admin()
        .upload(&Form::of(&collection("fresh.tools").build()));
    let detail = reply.refuses(404, "not_found", None).json()["errors"][0]["detail"].to_string();
    assert!(
        detail.contains("pocket-galaxy namespace create fresh"),
        "{detail}"
    );
}

#[test]
fn with_approval_on_an_upload_waits_in_staging() {
    let galaxy = TestServer::with(|config| config.publishing.require_content_approval = true);
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    admin
        .get("v3/collections/acme/tools/")
        .refuses(404, "not_found", None);
    admin
        .get("content/staging/v3/collections/acme/tools/")
        .expect(200);
}

#[test]
fn a_file_over_the_limit_is_refused_with_the_limit_named() {
    let galaxy = TestServer::with(|config| config.storage.max_upload_size = 10_000);
    let noise: Vec<u8> = (0..3_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let form = Form::default().base64_file("acme-tools-1.0.0.tar.gz", &noise);
    let reply = galaxy.admin().upload(&form).refuses(413, "too_large", None);
    assert!(reply.text().contains("GALAXY_MAX_UPLOAD_SIZE"));
    nothing_is_left(&galaxy);
}

#[test]
fn a_refused_upload_is_told_why_although_it_was_still_being_sent() {
    let galaxy = TestServer::start();
    let large = vec![7_u8; 20_000_000];
    let form = Form::default().file("acme-tools-1.0.0.tar.gz", &large);
    galaxy
        .anonymous()
        .upload(&form)
        .refuses(401, "not_authenticated", None);
    galaxy
        .user("ana", &[])
        .upload(&form)
        .refuses(404, "not_found", None);
    nothing_is_left(&galaxy);
}

#[test]
fn a_body_cut_off_half_way_leaves_nothing() {
    use std::io::Write;
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let form = Form::of(&collection("acme.tools").build());
    let body = form.body();
    for cut in [0, 50, 200, body.len() / 2, body.len() - 3] {
        let mut socket = std::net::TcpStream::connect(galaxy.address()).unwrap();
        let head = format!(
            "POST /api/galaxy/v3/artifacts/collections/ HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n\
             Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
            admin.authorization().unwrap(),
            form.content_type(),
            body.len()
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(&body[..cut]).unwrap();
    }
    // Connections are handled in order of arrival per worker; this one comes after all of them.
    galaxy.anonymous().get("/livez").expect(200);
    drop(admin);
    let mut galaxy = galaxy;
    galaxy.restart();
    nothing_is_left(&galaxy);
    galaxy
        .admin()
        .publish(&collection("acme.tools").build())
        .succeeds();
}

#[test]
fn a_refused_upload_is_answered_although_its_body_never_comes() {
    use std::io::Read;
    use std::io::Write;
    let galaxy = TestServer::start();
    let mut socket = std::net::TcpStream::connect(galaxy.address()).unwrap();
    let head = "POST /api/galaxy/v3/artifacts/collections/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
    socket.write_all(head.as_bytes()).unwrap();
    socket
        .set_read_timeout(Some(std::time::Duration::from_secs(30)))
        .unwrap();
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
}

#[test]
fn uploads_that_stall_do_not_keep_others_from_being_served() {
    use std::io::Write;
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    // More than there are threads for blocking work.
    let stalled: Vec<std::net::TcpStream> = (0..600)
        .map(|_| {
            let mut socket = std::net::TcpStream::connect(galaxy.address()).unwrap();
            let head = format!(
                "POST /api/galaxy/v3/artifacts/collections/ HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n\
                 Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n",
                admin.authorization().unwrap()
            );
            socket.write_all(head.as_bytes()).unwrap();
            socket
        })
        .collect();
    admin.get("/readyz").expect(200);
    admin.publish(&collection("acme.tools").build()).succeeds();
    drop(stalled);
}
