//! Discovery, health, and what every path has in common.

use serde_json::json;

use crate::support::server::TestServer;

#[test]
fn the_root_tells_strangers_less_than_users() {
    let galaxy = TestServer::start();
    let body = galaxy.anonymous().get("").expect(200).json();
    assert_eq!(body, json!({"available_versions": {"v3": "v3/"}}));
    let body = galaxy.admin().get("").expect(200).json();
    assert_eq!(body["available_versions"]["pulp-v3"], "pulp/api/v3/");
    assert_eq!(body["galaxy_ng_version"], "4.12.0");
}

#[test]
fn the_community_root_names_the_galaxy_root_for_the_modules() {
    let galaxy = TestServer::start();
    let body = galaxy.anonymous().get("/api/").expect(200).json();
    assert_eq!(body["apis"]["galaxy"], "/api/galaxy/");
    assert_eq!(body["available_versions"]["v3"], "v3/");
}

#[test]
fn a_distribution_has_a_root_of_its_own() {
    let galaxy = TestServer::start();
    let body = galaxy
        .anonymous()
        .get("content/staging/")
        .expect(200)
        .json();
    assert_eq!(body["distro_base_path"], "staging");
    galaxy
        .anonymous()
        .get("content/nope/")
        .refuses(404, "not_found", None);
    let reply = galaxy.anonymous().get("content/staging/api/").expect(307);
    assert_eq!(reply.header("location"), "/api/galaxy/content/staging/");
}

#[test]
fn a_path_without_its_slash_is_the_same_path_for_every_method() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.get("/api/galaxy").expect(200);
    admin.get("v3/namespaces").expect(200);
    admin
        .post("v3/namespaces", r#"{"name": "acme"}"#)
        .expect(201);
    admin.delete("v3/auth/token").expect(204);
    admin.get("v3//namespaces/").expect(404);
}

#[test]
fn wrong_methods_are_told_the_right_ones() {
    let galaxy = TestServer::start();
    let reply = galaxy
        .admin()
        .post("", "{}")
        .refuses(405, "method_not_allowed", None);
    assert_eq!(reply.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(
        reply.json()["errors"][0]["detail"],
        "Method \"POST\" not allowed."
    );
    let reply =
        galaxy
            .admin()
            .get("v3/artifacts/collections/")
            .refuses(405, "method_not_allowed", None);
    assert_eq!(reply.header("allow"), "POST, OPTIONS");
    galaxy
        .anonymous()
        .send("OPTIONS", "v3/namespaces/", "", b"")
        .refuses(401, "not_authenticated", None);
    galaxy
        .admin()
        .send("OPTIONS", "v3/namespaces/", "", b"")
        .refuses(403, "permission_denied", None);
    galaxy.admin().send("OPTIONS", "", "", b"").expect(200);
}

#[test]
fn every_answer_carries_the_common_headers() {
    let galaxy = TestServer::start();
    for path in ["", "v3/nope/", "/api/galaxy/pulp/api/v3/nope/", "/livez"] {
        let reply = galaxy.anonymous().get(path);
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "SAMEORIGIN", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("correlation-id").len(), 32, "{path}");
    }
    let reply = galaxy
        .anonymous()
        .header("correlation-id", "my-own-request-id")
        .get("");
    assert_eq!(reply.header("correlation-id"), "my-own-request-id");
}

#[test]
fn each_family_words_its_errors_in_its_own_way() {
    let galaxy = TestServer::start();
    galaxy
        .anonymous()
        .get("v3/nope/")
        .refuses(404, "not_found", None);
    galaxy
        .anonymous()
        .get("_ui/v1/nope/")
        .refuses(404, "not_found", None);
    for path in ["pulp/api/v3/nope/", "v1/nope/", "_ui/v2/nope/"] {
        assert_eq!(
            galaxy.anonymous().get(path).expect(404).json(),
            json!({"detail": "Not found."}),
            "{path}"
        );
    }
}

#[test]
fn only_json_is_spoken_and_said_so() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    admin.get("v3/namespaces/?format=json").expect(200);
    admin
        .get("v3/namespaces/?format=yaml")
        .refuses(404, "not_found", None);
    admin
        .header("accept", "application/json; version=9")
        .get("")
        .expect(200);
    admin
        .header("accept", "text/html,application/xhtml+xml")
        .get("")
        .expect(200);
    admin
        .header("accept", "application/xml")
        .get("")
        .refuses(406, "not_acceptable", None);
}

#[test]
fn head_answers_as_get_without_a_body() {
    let galaxy = TestServer::start();
    let reply = galaxy.anonymous().send("HEAD", "", "", b"").expect(200);
    assert!(reply.bytes.is_empty());
    assert_eq!(reply.header("content-length"), "35");
    galaxy
        .anonymous()
        .send("HEAD", "v3/namespaces/", "", b"")
        .expect(401);
}

#[test]
fn probes_need_no_credentials() {
    let galaxy = TestServer::start();
    for path in ["/livez", "/readyz", "/healthz", "status/healthz"] {
        assert_eq!(galaxy.anonymous().get(path).expect(200).text(), "OK");
    }
    assert!(
        galaxy
            .anonymous()
            .get("/metrics")
            .expect(200)
            .text()
            .contains("galaxy_request_seconds")
    );
    let reply = galaxy
        .anonymous()
        .get("/pulp/api/v3/status/?x=1")
        .expect(308);
    assert_eq!(
        reply.header("location"),
        "/api/galaxy/pulp/api/v3/status/?x=1"
    );
}

#[test]
fn only_a_trusted_proxy_may_say_where_the_client_came_from() {
    let link = |galaxy: &TestServer| {
        let artifact = crate::support::tarball::collection("acme.tools").build();
        galaxy.admin().publish(&artifact).succeeds();
        let proxied = galaxy
            .admin()
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "hub.example.com");
        let detail = proxied
            .get("v3/collections/acme/tools/versions/1.0.0/")
            .expect(200)
            .json();
        detail["download_url"].as_str().unwrap().to_owned()
    };
    let plain = TestServer::start();
    assert!(link(&plain).starts_with(&format!("{}/api/galaxy/", plain.origin())));
    let behind = TestServer::with(|config| {
        config.listen.trusted_proxies =
            pocket_galaxy::config::proxies::TrustedProxies::parse("127.0.0.1").unwrap();
    });
    assert!(link(&behind).starts_with("https://hub.example.com/api/galaxy/"));
}

#[test]
fn what_nobody_means_to_send_is_refused_in_words() {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    let many = vec!["a"; 1000].join("+");
    admin
        .get(&format!("v3/collections/a/b/versions/?q={many}"))
        .refuses(400, "invalid", Some("q"));
    let many = vec!["keywords=a"; 1000].join("&");
    admin
        .get(&format!("v3/namespaces/?{many}"))
        .refuses(400, "invalid", Some("keywords"));
    let large = format!(
        r#"{{"name": "acme", "resources": "{}"}}"#,
        "x".repeat(3_000_000)
    );
    admin
        .post("v3/namespaces/", &large)
        .refuses(413, "too_large", None);
    let accepted = format!(
        r#"{{"name": "acme", "resources": "{}"}}"#,
        "x".repeat(1_000_000)
    );
    admin.post("v3/namespaces/", &accepted).expect(201);
    galaxy.anonymous().get("/(api)/v3/namespaces/").expect(404);
    galaxy
        .anonymous()
        .get("/%28api%29/v3/namespaces/")
        .expect(404);
    galaxy.anonymous().send("BREW", "", "", b"").expect(405);
    assert!(!galaxy.anonymous().get("/metrics").text().contains("BREW"));
}
