//! Signatures of collection versions: uploaded, checked, shown, and going where their versions go.

use pgp::crypto::hash::HashAlgorithm;
use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::signer::Signer;
use crate::support::tarball::collection;

const SIGNATURES: &str = "pulp/api/v3/content/ansible/collection_signatures/";
const VERSION: &str = "v3/collections/acme/tools/versions/1.0.0/";
const SEARCH: &str = "v3/plugin/ansible/search/collection-versions/";
const NOWHERE: &str = "00000000-0000-0000-0000-000000000000";

fn repository(galaxy: &TestServer, name: &str) -> String {
    let sql = format!("SELECT uuid FROM repository WHERE name = '{name}'");
    let uuid: String = galaxy.value(&sql);
    format!("/api/galaxy/pulp/api/v3/repositories/ansible/ansible/{uuid}/")
}

/// The path of one version of `acme.tools`.
fn version(galaxy: &TestServer, version: &str) -> String {
    let sql = format!(
        "SELECT content.uuid FROM content JOIN collection_version v ON v.id = content.id
          WHERE v.version = '{version}'"
    );
    let uuid: String = galaxy.value(&sql);
    format!("/api/galaxy/pulp/api/v3/content/ansible/collection_versions/{uuid}/")
}

fn give_key(galaxy: &TestServer, name: &str, keys: &str) {
    let body = json!({"gpgkey": keys}).to_string();
    let path = repository(galaxy, name);
    galaxy.admin().patch(&path, &body).expect(202);
}

/// A hub with `acme.tools` 1.0.0 in `published`, which has a key, and a signature by that key.
fn stage() -> (TestServer, Signer, String) {
    let galaxy = TestServer::start();
    let tools = collection("acme.tools");
    galaxy.admin().publish(&tools.build()).succeeds();
    let signer = Signer::new();
    give_key(&galaxy, "published", &signer.public_key());
    let signature = signer.sign(&tools.manifest());
    (galaxy, signer, signature)
}

fn form(galaxy: &TestServer, place: &str, signature: &str) -> Form {
    Form::default()
        .file("MANIFEST.json.asc", signature.as_bytes())
        .text("signed_collection", &version(galaxy, "1.0.0"))
        .text("repository", &repository(galaxy, place))
}

fn upload(galaxy: &TestServer, place: &str, signature: &str) -> Value {
    let form = form(galaxy, place, signature);
    let accepted = galaxy.admin().upload_to(SIGNATURES, &form).expect(202);
    galaxy.admin().ended(&accepted)
}

fn succeeds(task: &Value) {
    assert_eq!(task["state"], "completed", "{task}");
}

fn fails(task: &Value, why: &str) {
    assert_eq!(task["state"], "failed", "{task}");
    let told = task["error"]["description"].as_str().unwrap();
    assert!(told.contains(why), "{told}");
}

fn fingerprints(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("{SIGNATURES}?{query}")).expect(200);
    list.column("pubkey_fingerprint")
}

/// The signatures that a client which installs from there sees.
fn shown(client: &Client, place: &str) -> Vec<String> {
    let page = client
        .get(&format!("content/{place}/{VERSION}"))
        .expect(200);
    let list = page.json()["signatures"].as_array().unwrap().clone();
    let text = |item: &Value| item["signature"].as_str().unwrap().to_owned();
    list.iter().map(text).collect()
}

/// How many signatures the newest version of a repository says that it holds.
fn counted(galaxy: &TestServer, place: &str) -> u64 {
    let admin = galaxy.admin();
    let repository = admin.get(&repository(galaxy, place)).expect(200).json();
    let newest = repository["latest_version_href"].as_str().unwrap();
    let summary = admin.get(newest).expect(200).json()["content_summary"]["present"].clone();
    summary["ansible.collection_signature"]["count"]
        .as_u64()
        .unwrap_or(0)
}

#[test]
fn a_good_signature_is_shown_wherever_its_version_is() {
    let (galaxy, signer, signature) = stage();
    let admin = galaxy.admin();
    assert_eq!(shown(&admin, "published"), Vec::<String>::new());
    let task = upload(&galaxy, "published", &signature);
    succeeds(&task);
    assert_eq!(task["name"], "pulpcore.app.tasks.base.general_create");
    assert_eq!(task["created_resources"].as_array().unwrap().len(), 1);

    let page = admin.get(VERSION).expect(200).json();
    let item = &page["signatures"][0];
    assert_eq!(item["signature"], signature, "byte for byte");
    assert_eq!(item["pubkey_fingerprint"], signer.fingerprint());
    assert_eq!(item["signing_service"], Value::Null);
    assert!(item["pulp_created"].is_string());

    let found = admin.get(SEARCH).expect(200).json()["data"][0].clone();
    assert_eq!(found["is_signed"], true);
    for (query, count) in [("is_signed=true", 1), ("is_signed=false", 0)] {
        let found = admin.get(&format!("{SEARCH}?{query}")).expect(200).json();
        assert_eq!(found["meta"]["count"], count, "{query}");
    }

    let shelf = "_ui/v1/repo/published/";
    let item = admin.get(shelf).expect(200).json()["data"][0].clone();
    assert_eq!(item["sign_state"], "signed");
    let latest = &item["latest_version"];
    assert_eq!(latest["sign_state"], "signed");
    assert_eq!(latest["metadata"]["signatures"][0]["signature"], signature);
    for (states, count) in [
        ("signed", 1),
        ("unsigned", 0),
        ("signed,unsigned", 1),
        ("x", 0),
    ] {
        let found = admin
            .get(&format!("{shelf}?sign_state={states}"))
            .expect(200);
        assert_eq!(found.json()["meta"]["count"], count, "{states}");
    }
    let page = admin.get(&format!("{shelf}acme/tools/")).expect(200).json();
    assert_eq!(page["sign_state"], "signed");
    assert_eq!(page["all_versions"][0]["sign_state"], "signed");
    let lists = [
        admin.get("_ui/v1/collection-versions/").expect(200).json()["data"][0].clone(),
        admin
            .get("_ui/v1/collection-versions/acme/tools/1.0.0/")
            .expect(200)
            .json(),
    ];
    for item in lists {
        assert_eq!(item["sign_state"], "signed");
        assert_eq!(
            item["metadata"]["signatures"][0]["pubkey_fingerprint"],
            signer.fingerprint()
        );
    }
    assert_eq!(counted(&galaxy, "published"), 1);
    let (action, object, detail) = galaxy.audited().pop().unwrap();
    assert_eq!(
        (action.as_str(), object.as_str()),
        ("SignatureUpload", "repository published")
    );
    assert!(
        detail.starts_with("signature of acme.tools 1.0.0"),
        "{detail}"
    );
}

#[test]
fn signatures_are_listed_narrowed_and_read() {
    let (galaxy, signer, signature) = stage();
    let tools = collection("acme.tools").version("2.0.0");
    galaxy.admin().publish(&tools.build()).succeeds();
    succeeds(&upload(&galaxy, "published", &signature));
    let other = Signer::new();
    give_key(
        &galaxy,
        "published",
        &format!("{}\n{}", signer.public_key(), other.public_key()),
    );
    let form = Form::default()
        .file("x.asc", other.sign(&tools.manifest()).as_bytes())
        .text("signed_collection", &version(&galaxy, "2.0.0"))
        .text("repository", &repository(&galaxy, "published"));
    let plain = galaxy.user("ana", &[]);
    let accepted = galaxy.admin().upload_to(SIGNATURES, &form).expect(202);
    succeeds(&plain.ended(&accepted));

    let (first, second) = (signer.fingerprint(), other.fingerprint());
    assert_eq!(
        fingerprints(&plain, ""),
        [second.as_str(), first.as_str()],
        "what came last first"
    );
    let ordered = fingerprints(&plain, "ordering=pulp_created");
    assert_eq!(ordered, [first.as_str(), second.as_str()]);
    let of_one = format!("signed_collection={}", version(&galaxy, "1.0.0"));
    assert_eq!(fingerprints(&plain, &of_one), [first.as_str()]);
    assert_eq!(
        fingerprints(&plain, &format!("pubkey_fingerprint={second}")),
        [second.as_str()]
    );
    let both = format!("pubkey_fingerprint__in={first},{second}&limit=1");
    assert_eq!(fingerprints(&plain, &both), [second.as_str()]);
    let service = format!("/api/galaxy/pulp/api/v3/signing-services/{NOWHERE}/");
    assert_eq!(
        fingerprints(&plain, &format!("signing_service={service}")),
        Vec::<String>::new()
    );
    let held = format!(
        "repository_version={}versions/1/",
        repository(&galaxy, "published")
    );
    assert_eq!(fingerprints(&plain, &held), Vec::<String>::new());
    for query in [
        "nope=1",
        "signed_collection=x",
        "signing_service=x",
        "ordering=nope",
        "name=tools",
    ] {
        plain.get(&format!("{SIGNATURES}?{query}")).expect(400);
    }

    let list = plain.get(SIGNATURES).expect(200).json();
    let listed = &list["results"][0];
    assert_eq!(listed["signed_collection"], version(&galaxy, "2.0.0"));
    let path = listed["pulp_href"].as_str().unwrap();
    assert_eq!(plain.get(path).expect(200).json(), *listed);
    let missing = plain
        .get(&format!("{SIGNATURES}{NOWHERE}/"))
        .expect(404)
        .json();
    let told = "No CollectionVersionSignature matches the given query.";
    assert_eq!(missing, json!({"detail": told}));
    for path in [SIGNATURES, path] {
        galaxy.anonymous().get(path).expect(401);
    }
}

#[test]
fn a_signature_goes_where_its_version_goes_and_ends_with_it() {
    let (galaxy, _, signature) = stage();
    let admin = galaxy.admin();
    succeeds(&upload(&galaxy, "published", &signature));
    let send = |verb: &str, from: &str, to: &str| {
        admin
            .post(&format!("{VERSION}{verb}/{from}/{to}/"), "")
            .expect(202);
    };
    send("copy", "published", "validated");
    assert_eq!(shown(&admin, "validated"), [signature.as_str()]);
    send("move", "published", "community");
    assert_eq!(shown(&admin, "community"), [signature.as_str()]);
    assert_eq!(
        (counted(&galaxy, "published"), counted(&galaxy, "community")),
        (0, 1)
    );

    // Taken out by itself, and put in again.
    let href = admin.get(SIGNATURES).json()["results"][0]["pulp_href"].clone();
    let modify = |place: &str, body: Value| {
        let path = format!("{}modify/", repository(&galaxy, place));
        admin.post(&path, &body.to_string()).expect(202);
    };
    modify("community", json!({"remove_content_units": [href]}));
    assert_eq!(shown(&admin, "community"), Vec::<String>::new());
    assert_eq!(
        shown(&admin, "validated"),
        [signature.as_str()],
        "others keep theirs"
    );
    modify("community", json!({"add_content_units": [href]}));
    assert_eq!(shown(&admin, "community"), [signature.as_str()]);
    // Nothing to sign there.
    modify("rejected", json!({"add_content_units": [href]}));
    assert_eq!(counted(&galaxy, "rejected"), 0);
    modify(
        "community",
        json!({"remove_content_units": [version(&galaxy, "1.0.0")]}),
    );
    assert_eq!(counted(&galaxy, "community"), 0);

    let collection = "v3/plugin/ansible/content/validated/collections/index/acme/tools/";
    admin.delete(collection).expect(202);
    assert_eq!(fingerprints(&admin, ""), Vec::<String>::new());
    let left = "SELECT count(*) FROM content WHERE kind = 'collection_signature'";
    assert_eq!(
        (
            galaxy.rows("collection_signature"),
            galaxy.value::<i64>(left)
        ),
        (0, 0)
    );
}

#[test]
fn a_signature_is_there_once_and_a_newer_one_by_the_same_key_takes_its_place() {
    let (galaxy, signer, signature) = stage();
    let admin = galaxy.admin();
    succeeds(&upload(&galaxy, "published", &signature));
    let again = upload(&galaxy, "published", &signature);
    succeeds(&again);
    assert_eq!(again["created_resources"], json!([]), "nothing changed");
    let newer = signer.sign_with(HashAlgorithm::Sha512, &collection("acme.tools").manifest());
    succeeds(&upload(&galaxy, "published", &newer));
    assert_eq!(shown(&admin, "published"), [newer]);
    let other = Signer::new();
    let keys = format!("{}{}", signer.public_key(), other.public_key());
    give_key(&galaxy, "published", &keys);
    succeeds(&upload(
        &galaxy,
        "published",
        &other.sign(&collection("acme.tools").manifest()),
    ));
    assert_eq!(shown(&admin, "published").len(), 2, "each key has its own");
}

#[test]
fn what_does_not_verify_fails_its_task_with_the_reason() {
    let (galaxy, _, signature) = stage();
    let stranger = Signer::new();
    let manifest = collection("acme.tools").manifest();
    let cases = [
        (
            "not a signature".to_owned(),
            "not a detached signature in ASCII armour",
        ),
        (
            signature.replace("SIGNATURE", "MESSAGE"),
            "not a detached signature",
        ),
        (
            signature[..signature.len() / 2].to_owned(),
            "not a detached signature",
        ),
        (stranger.public_key(), "not a detached signature"),
        (format!("{signature}{signature}"), "more than one signature"),
        (stranger.sign(&manifest), &stranger.fingerprint()),
    ];
    for (text, why) in &cases {
        fails(&upload(&galaxy, "published", text), why);
    }
    let signer = Signer::new();
    give_key(&galaxy, "published", &signer.public_key());
    fails(
        &upload(&galaxy, "published", &signer.sign(b"{}")),
        "does not fit the MANIFEST.json of this version",
    );
    give_key(&galaxy, "published", "no key at all");
    fails(
        &upload(&galaxy, "published", &signature),
        "is not a public key",
    );
    fails(
        &upload(&galaxy, "validated", &signature),
        "does not hold this collection version",
    );
    let body = json!({"gpgkey": null}).to_string();
    galaxy
        .admin()
        .patch(&repository(&galaxy, "published"), &body)
        .expect(202);
    fails(
        &upload(&galaxy, "published", &signature),
        "has no key (gpgkey)",
    );
    assert_eq!(galaxy.rows("collection_signature"), 0);
}

#[test]
fn without_a_key_a_signature_is_taken_on_its_word_where_nobody_asks_for_more() {
    let galaxy =
        TestServer::with(|config| config.publishing.require_signature_verification = false);
    let tools = collection("acme.tools");
    galaxy.admin().publish(&tools.build()).succeeds();
    let signer = Signer::new();
    fails(
        &upload(&galaxy, "published", "x"),
        "not a detached signature",
    );
    succeeds(&upload(
        &galaxy,
        "published",
        &signer.sign(b"something else"),
    ));
    assert_eq!(fingerprints(&galaxy.admin(), ""), [signer.fingerprint()]);
    // Where there is a key, it counts.
    give_key(&galaxy, "published", &Signer::new().public_key());
    fails(
        &upload(&galaxy, "published", &signer.sign(&tools.manifest())),
        &signer.fingerprint(),
    );
}

#[test]
fn an_upload_that_lacks_something_is_refused_and_leaves_no_task() {
    let (galaxy, _, signature) = stage();
    let admin = galaxy.admin();
    let (tools, published) = (version(&galaxy, "1.0.0"), repository(&galaxy, "published"));
    let tasks = galaxy.rows("task");
    let required = json!(["This field is required."]);
    assert_eq!(
        admin.post(SIGNATURES, "{}").expect(400).json(),
        json!({"signed_collection": required})
    );
    let parts = |version: &str, repository: &str| {
        Form::default()
            .text("signed_collection", version)
            .text("repository", repository)
    };
    let refused = |form: Form| admin.upload_to(SIGNATURES, &form).expect(400).json();
    assert_eq!(
        refused(parts(&tools, &published)),
        json!({"non_field_errors": ["Exactly one of file, upload, file_url must be specified."]})
    );
    let with_file = |form: Form| form.file("x.asc", signature.as_bytes());
    assert_eq!(
        refused(with_file(Form::default().text("signed_collection", &tools))),
        json!({"repository": required})
    );
    let no_match = json!(["Invalid hyperlink - No URL match."]);
    assert_eq!(
        refused(with_file(parts("x", &published))),
        json!({"signed_collection": no_match})
    );
    assert_eq!(
        refused(with_file(parts(&tools, "x"))),
        json!({"repository": no_match})
    );
    let nowhere = |path: &str| {
        let (list, _) = path.trim_end_matches('/').rsplit_once('/').unwrap();
        format!("{list}/{NOWHERE}/")
    };
    assert_eq!(
        refused(with_file(parts(&tools, &nowhere(&published)))),
        json!({"repository": ["Invalid hyperlink - Object does not exist."]})
    );
    let not_there = json!({"signed_collection": ["Invalid hyperlink - Object does not exist."]});
    assert_eq!(
        refused(with_file(parts(&nowhere(&tools), &published))),
        not_there
    );
    let long = parts(&tools, &published).file("x.asc", &[b'x'; 20_000]);
    assert!(
        refused(long)["file"][0]
            .as_str()
            .unwrap()
            .contains("16384 bytes")
    );
    assert_eq!(galaxy.rows("task"), tasks);
}

#[test]
fn who_may_not_change_the_repository_signs_nothing_there_and_sees_nothing_of_a_private_one() {
    let (galaxy, _, signature) = stage();
    succeeds(&upload(&galaxy, "published", &signature));
    let plain = galaxy.user("ana", &[]);
    let denied = json!({"detail": "You do not have permission to perform this action."});
    for form in [
        form(&galaxy, "published", &signature),
        Form::default().text("repository", &repository(&galaxy, "published")),
    ] {
        assert_eq!(
            plain.upload_to(SIGNATURES, &form).expect(403).json(),
            denied
        );
    }
    let path = plain.get(SIGNATURES).json()["results"][0]["pulp_href"].clone();
    let path = path.as_str().unwrap();
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'published'");
    assert_eq!(fingerprints(&plain, ""), Vec::<String>::new());
    plain.get(path).expect(404);
    assert_eq!(
        plain
            .upload_to(SIGNATURES, &form(&galaxy, "published", &signature))
            .status,
        403
    );
    galaxy
        .user("eva", &["galaxy.auditor"])
        .get(path)
        .expect(200);
    // What a public repository shows of a version is what is signed there.
    let admin = galaxy.admin();
    let add = json!({"add_content_units": [version(&galaxy, "1.0.0")]}).to_string();
    let modify = format!("{}modify/", repository(&galaxy, "validated"));
    admin.post(&modify, &add).expect(202);
    let item = "_ui/v1/collection-versions/acme/tools/1.0.0/";
    assert_eq!(plain.get(item).expect(200).json()["sign_state"], "unsigned");
    assert_eq!(admin.get(item).expect(200).json()["sign_state"], "signed");
    assert_eq!(shown(&plain, "validated"), Vec::<String>::new());
    assert_eq!(
        plain.get(SEARCH).expect(200).json()["data"][0]["is_signed"],
        false
    );
}

#[test]
fn where_signatures_are_asked_for_nothing_unsigned_is_approved() {
    let galaxy = TestServer::with(|config| {
        config.publishing.require_content_approval = true;
        config.publishing.require_signature_for_approval = true;
    });
    let admin = galaxy.admin();
    let tools = collection("acme.tools");
    admin.publish(&tools.build()).succeeds();
    let signer = Signer::new();
    for place in ["staging", "rejected"] {
        give_key(&galaxy, place, &signer.public_key());
    }
    let approve = || admin.post(&format!("{VERSION}move/staging/published/"), "");
    let told = approve().expect(400).json();
    let detail = "Collection acme-tools-1.0.0 is not signed. Upload a signature, then approve it.";
    assert_eq!(told, json!({"detail": detail}));
    let send = |verb: &str, from: &str, to: &str| {
        let path = format!("{}{verb}_collection_version/", repository(&galaxy, from));
        let body = json!({
            "collection_versions": [version(&galaxy, "1.0.0")],
            "destination_repositories": [repository(&galaxy, to)],
        });
        admin.post(&path, &body.to_string())
    };
    for verb in ["copy", "move"] {
        let told = send(verb, "staging", "published").expect(400).json();
        let why = told["collection_versions"][0].as_str().unwrap();
        assert!(why.contains("is not signed in the source"), "{told}");
    }
    // Elsewhere nobody asks.
    send("copy", "staging", "rejected").expect(202);
    succeeds(&upload(
        &galaxy,
        "rejected",
        &signer.sign(&tools.manifest()),
    ));
    send("copy", "staging", "published").expect(400);
    // Signed anywhere is enough for those who go by names.
    approve().expect(202);
    admin
        .post(&format!("{VERSION}move/published/staging/"), "")
        .expect(202);
    succeeds(&upload(&galaxy, "staging", &signer.sign(&tools.manifest())));
    send("move", "staging", "published").expect(202);
    assert_eq!(counted(&galaxy, "published"), 1);
}
