//! Distributions as the web interface lists them.

use serde_json::json;

use crate::support::server::TestServer;
use crate::support::tarball::collection;

const DISTRIBUTIONS: &str = "_ui/v1/distributions/";

#[test]
fn distributions_are_listed_by_name_with_what_they_serve() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    galaxy.sql(
        "UPDATE repository SET description = 'Good ones', gpgkey = 'KEY' WHERE name = 'published';
         INSERT INTO distribution (uuid, name, base_path, repository_id, created_at, updated_at)
         SELECT '0192a0c0-0000-7000-8000-000000000000', 'again', 'again', id, 0, 0 FROM repository WHERE name = 'published';
         INSERT INTO distribution (uuid, name, base_path, created_at, updated_at)
         VALUES ('0192a0c0-0000-7000-8000-000000000001', 'bare', 'bare', 0, 0)",
    );
    let found = admin.get(&format!("{DISTRIBUTIONS}?nope=1")).expect(200);
    let names = found.column("name");
    assert_eq!(
        names,
        [
            "again",
            "bare",
            "community",
            "published",
            "rejected",
            "rh-certified",
            "staging",
            "validated"
        ]
    );
    let found = found.json();
    let again = &found["data"][0];
    assert_eq!(again["repository"]["name"], "published");
    assert_eq!(again["repository"]["description"], "Good ones");
    let counted = &again["repository"]["content_count"];
    assert_eq!(*counted, 2, "a version, and what is said of its namespace");
    assert_eq!(again["repository"]["gpgkey"], "KEY");
    assert_eq!(found["data"][1]["repository"], json!(null));
    assert_eq!(found["data"][2]["repository"]["content_count"], 0);
    assert_eq!(found["data"][3]["repository"], again["repository"]);
    let id = again["pulp_id"].as_str().unwrap();
    assert_eq!(
        admin
            .get(&format!("{DISTRIBUTIONS}{id}/"))
            .expect(200)
            .json(),
        *again
    );
    let missing = format!("{DISTRIBUTIONS}00000000-0000-0000-0000-000000000000/");
    admin.get(&missing).refuses(404, "not_found", None);
}

#[test]
fn distributions_of_private_repositories_are_hidden() {
    let galaxy = TestServer::start();
    let (admin, ana) = (galaxy.admin(), galaxy.user("ana", &[]));
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'validated'");
    let names = ana.get(DISTRIBUTIONS).expect(200).column("name");
    assert!(!names.contains(&"validated".to_owned()), "{names:?}");
    let all = admin.get(DISTRIBUTIONS).expect(200).json();
    let hidden = all["data"].as_array().unwrap().iter();
    let hidden = hidden
        .filter(|one| one["name"] == "validated")
        .collect::<Vec<_>>();
    let id = hidden[0]["pulp_id"].as_str().unwrap();
    ana.get(&format!("{DISTRIBUTIONS}{id}/"))
        .refuses(403, "permission_denied", None);
    galaxy.anonymous().get(DISTRIBUTIONS).expect(401);
}

#[test]
fn what_belongs_to_synclists_is_empty_or_nobodys() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let found = admin.get("_ui/v1/my-distributions/").expect(200).json();
    assert_eq!(found["meta"]["count"], 0);
    admin
        .get("_ui/v1/my-distributions/00000000-0000-0000-0000-000000000000/")
        .refuses(404, "not_found", None);
    for path in [
        "synclists/",
        "synclists/1/",
        "my-synclists/",
        "my-synclists/1/",
    ] {
        admin
            .get(&format!("_ui/v1/{path}"))
            .refuses(403, "permission_denied", None);
    }
    admin
        .post("_ui/v1/my-synclists/1/curate/", "{}")
        .refuses(403, "permission_denied", None);
}
