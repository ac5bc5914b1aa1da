//! Publishing with `?dry_run=true`: the door and the findings of a publish, and nothing of it stays.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Import;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

const DRY: &str = "v3/artifacts/collections/?dry_run=true";

fn nothing_is_stored(galaxy: &TestServer) {
    for table in [
        "artifact",
        "collection",
        "collection_import",
        "content",
        "namespace",
        "task",
    ] {
        assert_eq!(galaxy.rows(table), 0, "{table}");
    }
    assert!(galaxy.stored_files().is_empty());
}

/// Level and text of each line, and the sentence of the refusal.
fn said(import: &Value, error: &str) -> (Vec<[String; 2]>, Value) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = import["messages"].as_array().unwrap().iter();
    let lines = lines.map(|line| [text(&line["level"]), text(&line["message"])]);
    (
        lines.collect(),
        import.pointer(error).cloned().unwrap_or_default(),
    )
}

#[test]
fn a_dry_run_finds_what_the_publish_finds_and_stores_nothing() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let good = collection("acme.tools").build();
    let files = [
        good.clone(),
        collection("acme.warned")
            .file("plugins/modules/odd.py", "DOCUMENTATION = '''{'''\n")
            .file("roles/web/tasks/main.yml", "---\n")
            .file("roles/web/README.md", "# Web\n")
            .build(),
        collection("acme.broken").without("authors").build(),
        Artifact {
            name: "cut".to_owned(),
            bytes: good.bytes[..good.bytes.len() / 2].to_vec(),
            ..good
        },
    ];
    let findings = files.each_ref().map(|file| {
        let reply = admin.upload_to(DRY, &Form::of(file)).expect(200);
        nothing_is_stored(&galaxy);
        reply.json()
    });
    assert_eq!(
        findings.each_ref().map(|f| f["ok"] == true),
        [true, true, false, false]
    );
    for (file, findings) in files.iter().zip(&findings) {
        let Import(import) = admin.publish(file);
        assert_eq!(
            said(findings, "/error"),
            said(&import, "/error/description")
        );
        assert_eq!(findings["ok"], import["state"] == "completed");
        assert_eq!(findings["file"], file.file_name());
    }
    let contents = &findings[1]["contents"];
    let names = [("hello", "module"), ("odd", "module"), ("web", "role")];
    let expected =
        names.map(|(name, kind)| json!({"name": name, "content_type": kind, "description": null}));
    assert_eq!(*contents, Value::from(expected.to_vec()));
    assert!(findings[1].to_string().contains("WARNING"));
}

#[test]
fn a_dry_run_goes_through_the_door_of_a_publish() {
    let galaxy = TestServer::start();
    let (admin, plain) = (galaxy.admin(), galaxy.user("bob", &[]));
    let publisher = galaxy.user("pat", &["galaxy.collection_publisher"]);
    let file = collection("acme.tools").build();
    let form = Form::of(&file);
    let to = |base: &str, query: &str| format!("content/{base}/v3/artifacts/collections/{query}");
    let tree = "v3/plugin/ansible/content/published/collections/artifacts/";
    for query in ["", "?dry_run=true"] {
        let upload = format!("v3/artifacts/collections/{query}");
        let stranger = galaxy.anonymous().upload_to(&upload, &form);
        stranger.refuses(401, "not_authenticated", None);
        plain
            .upload_to(&upload, &form)
            .refuses(404, "not_found", None);
        admin
            .upload_to(&to("nope", query), &form)
            .refuses(404, "not_found", None);
        admin
            .upload_to(&to("rejected", query), &form)
            .refuses(403, "permission_denied", None);
        publisher
            .upload_to(&to("community", query), &form)
            .refuses(403, "permission_denied", None);
        admin
            .upload_to(&upload, &form_with_wrong_digest(&file))
            .refuses(400, "invalid", Some("sha256"));
        admin
            .upload_to(&upload, &Form::default())
            .refuses(400, "required", Some("file"));
        plain
            .upload_to(&format!("{tree}{query}"), &form)
            .refuses(404, "not_found", None);
    }
    nothing_is_stored(&galaxy);
    let dry = format!("{tree}?dry_run=true");
    let findings = publisher.upload_to(&dry, &form).expect(200).json();
    assert_eq!(findings["ok"], true, "{findings}");
    nothing_is_stored(&galaxy);
}

fn form_with_wrong_digest(file: &Artifact) -> Form {
    Form::of(file).text("sha256", &"0".repeat(64))
}

#[test]
fn what_is_neither_true_nor_false_is_not_taken_for_a_publish() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let form = Form::of(&collection("acme.tools").build());
    for query in ["dry_run", "dry_run=", "dry_run=1", "dry_run=maybe"] {
        let path = format!("v3/artifacts/collections/?{query}");
        admin
            .upload_to(&path, &form)
            .refuses(400, "invalid", Some("dry_run"));
    }
    nothing_is_stored(&galaxy);
    let path = "v3/artifacts/collections/?dry_run=false";
    admin
        .publish_to(path, &collection("acme.tools").build())
        .succeeds();
}

#[test]
fn dry_runs_wait_for_their_turn_and_all_are_answered() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let form = Form::of(&collection("acme.tools").build());
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let dry = || admin.upload_to(DRY, &form).status;
        let asked: Vec<_> = (0..12).map(|_| scope.spawn(dry)).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers, [200; 12]);
    nothing_is_stored(&galaxy);
}

#[test]
fn whoever_goes_before_the_answer_leaves_nothing() {
    use std::io::Write;
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let form = Form::of(&collection("acme.tools").build());
    let body = form.body();
    let head = format!(
        "POST /api/galaxy/{DRY} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: {}\r\n\
         Content-Length: {}\r\n\r\n",
        admin.authorization().unwrap(),
        form.content_type(),
        body.len()
    );
    for _ in 0..20 {
        let mut socket = std::net::TcpStream::connect(galaxy.address()).unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(&body).unwrap();
    }
    // Dropping the server looks for files of uploads, too.
    admin.upload_to(DRY, &form).expect(200);
    nothing_is_stored(&galaxy);
}

#[test]
fn a_dry_run_knows_the_documentation_fragments_of_the_hub() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let shared = "class ModuleDocFragment:\n    DOCUMENTATION = r'''\noptions:\n  url:\n    description: Where.\n    type: str\n'''\n";
    let module = "DOCUMENTATION = r'''\nmodule: get\nshort_description: Gets\ndescription: Gets.\noptions: {}\n\
                  extends_documentation_fragment: [acme.base.web]\n'''\n";
    let user = collection("acme.user")
        .file("plugins/modules/get.py", module)
        .build();
    let warned = || {
        let findings = admin.upload_to(DRY, &Form::of(&user)).expect(200).text();
        findings.contains("acme.base.web")
    };
    assert!(warned());
    let base = collection("acme.base").file("plugins/doc_fragments/web.py", shared);
    admin.publish(&base.build()).succeeds();
    assert!(!warned());
}
