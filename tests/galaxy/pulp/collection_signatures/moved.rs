//! Signatures go where their versions go, and approve what must be signed.

use serde_json::Value;
use serde_json::json;

use crate::pulp::collection_signatures::SIGNATURES;
use crate::pulp::collection_signatures::VERSION;
use crate::pulp::collection_signatures::counted;
use crate::pulp::collection_signatures::fingerprints;
use crate::pulp::collection_signatures::give_key;
use crate::pulp::collection_signatures::shown;
use crate::pulp::collection_signatures::stage;
use crate::pulp::collection_signatures::succeeds;
use crate::pulp::collection_signatures::upload;
use crate::pulp::collection_signatures::version;
use crate::support::server::TestServer;
use crate::support::signer::Signer;
use crate::support::tarball::collection;

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
        let path = format!("{}modify/", galaxy.repository(place));
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
        let path = format!("{}{verb}_collection_version/", galaxy.repository(from));
        let body = json!({
            "collection_versions": [version(&galaxy, "1.0.0")],
            "destination_repositories": [galaxy.repository(to)],
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
