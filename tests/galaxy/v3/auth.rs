//! Credentials and the token endpoint.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

fn basic(username: &str, password: &str) -> String {
    format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{username}:{password}"))
    )
}

#[test]
fn a_new_token_replaces_the_one_before() {
    let galaxy = TestServer::start();
    galaxy.user("ana", &[]);
    let ana = galaxy.anonymous().authorized(&basic("ana", PASSWORD));
    let token = |reply: crate::support::client::Reply| {
        let token = reply.expect(200).json()["token"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(token.len() == 40 && token.bytes().all(|b| b.is_ascii_hexdigit()));
        galaxy.anonymous().authorized(&format!("Token {token}"))
    };
    let first = token(ana.post("v3/auth/token/", ""));
    first.get("v3/namespaces/").expect(200);
    let second = token(first.post("v3/auth/token/", ""));
    first
        .get("v3/namespaces/")
        .refuses(401, "authentication_failed", None);
    second.delete("v3/auth/token/").expect(204);
    second
        .get("v3/namespaces/")
        .refuses(401, "authentication_failed", None);
    ana.delete("v3/auth/token/").expect(204);
}

#[test]
fn wrong_credentials_are_refused_even_where_strangers_are_welcome() {
    let galaxy = TestServer::start();
    for (value, detail) in [
        (
            "Token 0000000000000000000000000000000000000000",
            "Invalid token.",
        ),
        ("Token", "Invalid token header. No credentials provided."),
        (
            "Basic nope",
            "Invalid basic header. Credentials not correctly base64 encoded.",
        ),
        (&basic("admin", "wrong"), "Invalid username/password."),
        (&basic("nobody", "wrong"), "Invalid username/password."),
    ] {
        let reply = galaxy.anonymous().authorized(value).get("").refuses(
            401,
            "authentication_failed",
            None,
        );
        assert_eq!(reply.json()["errors"][0]["detail"], detail, "{value}");
        assert_eq!(reply.header("www-authenticate"), "Session");
    }
}

#[test]
fn unknown_schemes_and_bearers_leave_the_caller_a_stranger() {
    let galaxy = TestServer::start();
    for value in ["Bearer x.y.z", "Digest a=b", "Bearer"] {
        let caller = galaxy.anonymous().authorized(value);
        caller.get("").expect(200);
        caller
            .get("v3/namespaces/")
            .refuses(401, "not_authenticated", None);
    }
    let token = galaxy
        .admin()
        .authorization()
        .unwrap()
        .replace("Token", "Bearer");
    galaxy
        .anonymous()
        .authorized(&token)
        .get("v3/namespaces/")
        .expect(200);
}

#[test]
fn an_expired_token_is_no_token() {
    let galaxy = TestServer::with(|config| {
        config.access.token_expiration = Some(std::time::Duration::ZERO);
    });
    galaxy
        .admin()
        .get("v3/namespaces/")
        .refuses(401, "authentication_failed", None);
}

#[test]
fn credentials_are_looked_at_before_the_body() {
    let galaxy = TestServer::start();
    let broken = |client: &crate::support::client::Client| client.post("v3/namespaces/", "{broken");
    broken(&galaxy.anonymous()).refuses(401, "not_authenticated", None);
    broken(&galaxy.user("ana", &[])).refuses(403, "permission_denied", None);
    broken(&galaxy.admin()).refuses(400, "parse_error", None);
}
