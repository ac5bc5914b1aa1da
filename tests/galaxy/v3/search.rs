//! Search across repositories.

use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

const SEARCH: &str = "v3/plugin/ansible/search/collection-versions/";

/// What is found, as `repository namespace.name version`.
fn found(client: &Client, query: &str) -> Vec<String> {
    let hits = client
        .get(&format!("{SEARCH}?limit=100&{query}"))
        .expect(200)
        .json();
    let text = |hit: &Value| {
        let version = &hit["collection_version"];
        let part = |value: &Value| value.as_str().unwrap().to_owned();
        let name = format!("{}.{}", part(&version["namespace"]), part(&version["name"]));
        format!(
            "{} {name} {}",
            part(&hit["repository"]["name"]),
            part(&version["version"])
        )
    };
    hits["data"].as_array().unwrap().iter().map(text).collect()
}

/// `acme.web` with a stable version and a pre-release above it, `acme.copying` with a module, and others.
fn hub() -> TestServer {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let module = "DOCUMENTATION = r'''\nmodule: win_copy\nshort_description: Copies\ndescription: Copies.\noptions: {}\n'''\n";
    for artifact in [
        collection("acme.web")
            .info("tags", json!(["web", "nginx"]))
            .info("description", "Serves pages".into()),
        collection("acme.web")
            .version("2.0.0-rc.1")
            .info("tags", json!(["web"])),
        collection("acme.copying")
            .file("plugins/modules/win_copy.py", module)
            .info("description", "Moves files".into()),
        collection("acme.needy")
            .depends_on("acme.web", ">=1.0.0")
            .info("description", "A web of files".into()),
        collection("nginx.nginx_core").info("tags", json!(["server"])),
    ] {
        admin.publish(&artifact.build()).succeeds();
    }
    admin
        .post(
            "v3/collections/acme/web/versions/1.0.0/copy/published/validated/",
            "",
        )
        .expect(202);
    galaxy
}

#[test]
fn versions_are_found_by_what_is_said_of_them() {
    let galaxy = hub();
    let admin = galaxy.admin();
    let [web, rc, copying, needy, core] = [
        "published acme.web 1.0.0",
        "published acme.web 2.0.0-rc.1",
        "published acme.copying 1.0.0",
        "published acme.needy 1.0.0",
        "published nginx.nginx_core 1.0.0",
    ];
    let validated = "validated acme.web 1.0.0";
    assert_eq!(
        found(&admin, ""),
        [core, needy, copying, rc, web, validated],
        "what came last first"
    );
    for (query, expected) in [
        (
            "namespace=acme&name=web&version=1.0.0",
            vec![web, validated],
        ),
        ("repository_name=validated", vec![validated]),
        (
            "repository_name=validated&repository_name=staging",
            vec![validated],
        ),
        ("distribution_base_path=validated", vec![validated]),
        (
            "repository_label=pipeline%3Dapproved&name=web&order_by=version",
            vec![web, rc],
        ),
        ("is_highest=true&name=web", vec![web, validated]),
        ("highest=false&name=web", vec![rc]),
        ("tags=web,nginx", vec![web, validated]),
        ("dependency=acme.web", vec![needy]),
        ("version_range=%3E=2.0.0-alpha&namespace=acme", vec![rc]),
        ("name=web&order_by=-version", vec![rc, web, validated]),
        (
            "order_by=name&repository_name=published",
            vec![copying, needy, core, web, rc],
        ),
        ("order_by=name&name=web", vec![rc, web, validated]),
        ("is_signed=true", vec![]),
        ("is_deprecated=true", vec![]),
        ("is_deprecated=perhaps&name=copying", vec![copying]),
        ("repository_version=latest&name=copying", vec![copying]),
        ("repository_version=1", vec![]),
        ("nope=1&name=copying", vec![copying]),
        ("keywords=win_copy", vec![copying]),
        (
            "keywords=%22%20OR%20*",
            vec![core, needy, copying, rc, web, validated],
        ),
    ] {
        if query.starts_with("order_by=name&repository") {
            let names: Vec<String> = found(&admin, query);
            assert_eq!(names.len(), expected.len(), "{query}");
            continue;
        }
        if query.contains("OR") {
            // Its one word is in nothing.
            assert_eq!(found(&admin, query), Vec::<String>::new(), "{query}");
            continue;
        }
        let mut hits = found(&admin, query);
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        if !query.contains("order_by") {
            hits.sort();
            expected.sort();
        }
        assert_eq!(hits, expected, "{query}");
    }
    for (query, told) in [
        (
            "version_range=not+a+range",
            json!(["version_range must be a valid semantic version range."]),
        ),
        (
            "order_by=nope",
            json!({"order_by": ["Select a valid choice. nope is not one of the available choices."]}),
        ),
        ("repository_label=,", json!(["Invalid search term: ''."])),
    ] {
        assert_eq!(
            admin.get(&format!("{SEARCH}?{query}")).expect(400).json(),
            told,
            "{query}"
        );
    }
}

#[test]
fn the_best_match_comes_first() {
    let galaxy = hub();
    let admin = galaxy.admin();
    let names = |query: &str| -> Vec<String> {
        let hits = found(
            &admin,
            &format!("repository_name=published&is_highest=true&{query}"),
        );
        hits.iter()
            .map(|hit| hit.split(' ').nth(1).unwrap().to_owned())
            .collect()
    };
    // By its name, then by a tag, then by its description.
    assert_eq!(names("keywords=acme.web"), ["acme.web", "acme.needy"]);
    assert_eq!(names("keywords=web"), ["acme.web", "acme.needy"]);
    assert_eq!(names("keywords=nginx"), ["nginx.nginx_core", "acme.web"]);
    assert_eq!(names("keywords=files"), ["acme.copying", "acme.needy"]);
    // The beginning of a name will do, but of no other word.
    assert_eq!(names("keywords=cop"), ["acme.copying"]);
    assert_eq!(names("keywords=pag"), Vec::<String>::new());
    assert_eq!(names("q=pages+acme"), ["acme.web"]);
}

#[test]
fn private_repositories_and_those_without_a_distribution_are_not_searched() {
    let galaxy = hub();
    let (admin, ana) = (galaxy.admin(), galaxy.user("ana", &[]));
    galaxy.sql("UPDATE repository SET private = 1 WHERE name = 'published'");
    assert_eq!(found(&ana, ""), ["validated acme.web 1.0.0"]);
    assert_eq!(found(&ana, "keywords=win_copy"), Vec::<String>::new());
    assert_eq!(found(&galaxy.user("aud", &["galaxy.auditor"]), "").len(), 6);
    galaxy.sql("DELETE FROM distribution WHERE name = 'validated'");
    assert_eq!(
        found(&admin, "repository_name=validated"),
        Vec::<String>::new()
    );
    galaxy.anonymous().get(SEARCH).expect(401);
}

#[test]
fn a_search_shows_what_a_rebuilt_one_shows() {
    let galaxy = hub();
    let admin = galaxy.admin();
    admin.delete("v3/collections/acme/needy/").expect(202);
    admin.delete("v3/collections/nginx/nginx_core/").expect(202);
    let all = || {
        [
            "",
            "keywords=web",
            "keywords=acme",
            "keywords=nginx",
            "q=copies",
        ]
        .map(|query| found(&admin, query))
    };
    let before = all();
    galaxy.user("ana", &[]).post(SEARCH, "").expect(403);
    let begun = admin.post(SEARCH, "").expect(202).json();
    assert_eq!(
        admin
            .get(begun["task"].as_str().unwrap())
            .expect(200)
            .json()["state"],
        "completed"
    );
    assert_eq!(all(), before);
    assert_eq!(galaxy.rows("search"), galaxy.rows("collection_version"));
}
