//! Signatures of collection versions: uploaded, checked, shown, and going where their versions go.

mod checked;
mod moved;

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
    let path = galaxy.repository(name);
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
        .text("repository", &galaxy.repository(place))
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
    let repository = admin.get(&galaxy.repository(place)).expect(200).json();
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
        .text("repository", &galaxy.repository("published"));
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
        galaxy.repository("published")
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
fn who_may_not_change_the_repository_signs_nothing_there_and_sees_nothing_of_a_private_one() {
    let (galaxy, _, signature) = stage();
    succeeds(&upload(&galaxy, "published", &signature));
    let plain = galaxy.user("ana", &[]);
    let denied = json!({"detail": "You do not have permission to perform this action."});
    for form in [
        form(&galaxy, "published", &signature),
        Form::default().text("repository", &galaxy.repository("published")),
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
    let modify = format!("{}modify/", galaxy.repository("validated"));
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
