//! What counts as a signature, and what is told of what does not.

use pgp::crypto::hash::HashAlgorithm;
use serde_json::json;

use crate::pulp::collection_signatures::NOWHERE;
use crate::pulp::collection_signatures::SIGNATURES;
use crate::pulp::collection_signatures::fails;
use crate::pulp::collection_signatures::fingerprints;
use crate::pulp::collection_signatures::give_key;
use crate::pulp::collection_signatures::shown;
use crate::pulp::collection_signatures::stage;
use crate::pulp::collection_signatures::succeeds;
use crate::pulp::collection_signatures::upload;
use crate::pulp::collection_signatures::version;
use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::signer::Signer;
use crate::support::tarball::collection;

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
        .patch(&galaxy.repository("published"), &body)
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
    let (tools, published) = (version(&galaxy, "1.0.0"), galaxy.repository("published"));
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
