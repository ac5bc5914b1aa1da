//! The collections of a distribution.

use crate::support::server::TestServer;
use crate::support::tarball::collection;

#[test]
fn an_index_lists_a_repository_s_own_collections() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for name in ["acme.b", "acme.a", "other.c"] {
        admin.publish(&collection(name).build()).succeeds();
    }
    let index = "v3/plugin/ansible/content/published/collections/index/";
    let names = |query: &str| -> Vec<String> {
        let body = admin.get(&format!("{index}?{query}")).expect(200).json();
        let text = |row: &serde_json::Value| {
            format!("{}.{}", row["namespace"], row["name"]).replace('"', "")
        };
        body["data"].as_array().unwrap().iter().map(text).collect()
    };
    assert_eq!(names(""), ["other.c", "acme.a", "acme.b"]);
    assert_eq!(names("ordering=name"), ["acme.a", "acme.b", "other.c"]);
    assert_eq!(names("namespace=acme&ordering=-name"), ["acme.b", "acme.a"]);
    assert_eq!(names("name=c"), ["other.c"]);
    assert_eq!(names("deprecated=true"), Vec::<String>::new());
    assert_eq!(names("deprecated=perhaps").len(), 3);
    assert_eq!(
        admin.get("content/community/v3/collections/").json()["meta"]["count"],
        0
    );
    admin
        .get(&format!("{index}?nope=1"))
        .refuses(400, "invalid", Some("errors"));
    admin
        .get(&format!("{index}?ordering=nope"))
        .refuses(400, "invalid_choice", Some("ordering"));
    admin
        .get("content/nope/v3/collections/")
        .refuses(404, "not_found", None);
}

#[test]
fn the_same_collection_is_found_by_every_spelling_of_its_path() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    let canonical = admin
        .get("v3/plugin/ansible/content/published/collections/index/acme/tools/")
        .expect(200);
    for path in [
        "v3/collections/acme/tools/",
        "v3/collections/acme/tools",
        "content/published/v3/collections/acme/tools/",
        "content/staging/v3/plugin/ansible/content/published/collections/index/acme/tools/",
    ] {
        assert_eq!(
            admin.get(path).expect(200).json(),
            canonical.json(),
            "{path}"
        );
    }
    let href = canonical.json()["href"].as_str().unwrap().to_owned();
    assert_eq!(admin.get(&href).expect(200).json(), canonical.json());
    let other_root = admin
        .get("/api/v3/collections/acme/tools/")
        .expect(200)
        .json();
    assert!(
        other_root["href"]
            .as_str()
            .unwrap()
            .starts_with("/api/content/published/v3/")
    );
    admin
        .get("v3/collections/all/")
        .refuses(404, "not_found", None);
    admin
        .get("v3/collection_versions/all/")
        .refuses(404, "not_found", None);
    let disabled = "v3/plugin/ansible/content/published/collections/all-collections/";
    admin.get(disabled).refuses(403, "permission_denied", None);
}

#[test]
fn updated_at_moves_with_every_version_and_highest_follows_precedence() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let mut seen = Vec::new();
    for (version, highest) in [
        ("1.0.0", "1.0.0"),
        ("2.0.0-beta.1", "2.0.0-beta.1"),
        ("2.0.0", "2.0.0"),
        ("1.5.0", "2.0.0"),
    ] {
        admin
            .publish(&collection("acme.tools").version(version).build())
            .succeeds();
        let detail = admin.get("v3/collections/acme/tools/").json();
        assert_eq!(
            detail["highest_version"]["version"], highest,
            "after {version}"
        );
        let updated = detail["updated_at"].as_str().unwrap().to_owned();
        assert!(!seen.contains(&updated), "after {version}");
        seen.push(updated);
    }
}

#[test]
fn the_repository_stamp_changes_with_its_content() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let stamp = || {
        admin.get("v3/").expect(200).json()["published"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let before = stamp();
    assert_eq!(stamp(), before);
    admin.publish(&collection("acme.tools").build()).succeeds();
    assert!(stamp() > before);
}

#[test]
fn a_private_repository_shows_nothing_to_those_who_may_not_see_it() {
    let galaxy =
        TestServer::with(|config| config.access.enable_unauthenticated_collection_access = true);
    let admin = galaxy.admin();
    let target = "content/community/v3/artifacts/collections/";
    admin
        .publish_to(target, &collection("acme.tools").build())
        .succeeds();
    let hide = "UPDATE repository SET private = 1 WHERE name = 'community'";
    galaxy.sql(hide);
    let (plain, auditor) = (
        galaxy.user("ana", &[]),
        galaxy.user("aud", &["galaxy.auditor"]),
    );
    for path in [
        "",
        "collections/",
        "collections/acme/tools/",
        "collections/acme/tools/versions/",
        "collections/acme/tools/versions/1.0.0/",
    ] {
        let path = format!("content/community/v3/{path}");
        plain.get(&path).refuses(403, "permission_denied", None);
        galaxy
            .anonymous()
            .get(&path)
            .refuses(401, "not_authenticated", None);
        auditor.get(&path).expect(200);
        admin.get(&path).expect(200);
    }
    let file = "v3/plugin/ansible/content/community/collections/artifacts/acme-tools-1.0.0.tar.gz";
    plain.get(file).refuses(403, "permission_denied", None);
    auditor.get(file).expect(302);
}
