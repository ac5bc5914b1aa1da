//! Whose pages may change something with a cookie, and over what the cookies travel.

use pocket_galaxy::config::origin::Origin;
use pocket_galaxy::config::proxies::TrustedProxies;

use crate::support::browser;
use crate::support::browser::Browser;
use crate::support::client::Client;
use crate::support::server::PASSWORD;
use crate::ui::v1::session::LOGIN;
use crate::ui::v1::session::READ;
use crate::ui::v1::session::WRITE;
use crate::ui::v1::session::hub;
use crate::ui::v1::session::hub_with;

#[test]
fn only_our_own_pages_change_anything_with_a_cookie() {
    let galaxy = hub();
    let ana = galaxy.browser("ana");
    let token = ana.csrf.as_str();
    let other = browser::csrf(&galaxy.anonymous());
    let without_csrf_cookie = galaxy
        .anonymous()
        .with_cookies(&[("sessionid", ana.session())]);
    let refused = |client: &Client, why: &str| {
        let reply = client.post(WRITE, "{broken");
        let reply = reply.refuses(403, "permission_denied", None);
        assert_eq!(reply.detail(), format!("CSRF Failed: {why}"));
    };
    refused(
        &without_csrf_cookie.with_header("x-csrftoken", token),
        "CSRF cookie not set.",
    );
    refused(&ana.cookies_only(), "CSRF token missing.");
    let header = |value: &str| ana.cookies_only().with_header("x-csrftoken", value);
    for (value, why) in [
        (other.as_str(), "incorrect"),
        ("short", "has incorrect length"),
        ("!@#$%^&*!@#$%^&*!@#$%^&*!@#$%^&*", "has invalid characters"),
    ] {
        refused(
            &header(value),
            &format!("CSRF token from the 'X-Csrftoken' HTTP header {why}."),
        );
    }
    let cookies = [("csrftoken", "short"), ("sessionid", ana.session())];
    refused(
        &header("short").with_cookies(&cookies),
        "CSRF cookie has incorrect length.",
    );
    let own = galaxy.origin();
    for origin in [
        "http://evil.example.com",
        "null",
        &own.replace("http", "https"),
        &format!("{own}0"),
    ] {
        let why = format!("Origin checking failed - {origin} does not match any trusted origins.");
        refused(&ana.client().with_header("origin", origin), &why);
    }
    ana.client()
        .with_header("origin", &own)
        .post(WRITE, "")
        .expect(200);
    ana.client().post(WRITE, "").expect(200);
    // What changes nothing needs none of it.
    ana.cookies_only()
        .with_header("origin", "http://evil.example.com")
        .get(READ)
        .expect(200);
    assert_eq!(galaxy.changes(), 3, "one sign-in and two tokens");
}

#[test]
fn a_foreign_page_is_refused_before_permissions_and_in_the_words_of_the_family() {
    let galaxy = hub();
    let ana = galaxy.browser("ana").cookies_only();
    let task = "pulp/api/v3/tasks/00000000-0000-0000-0000-000000000000/";
    let reply = ana.patch(task, "{broken").expect(403);
    assert_eq!(
        reply.json(),
        serde_json::json!({"detail": "CSRF Failed: CSRF token missing."})
    );
    let reply = ana.post("v3/namespaces/", "{broken").expect(403);
    assert_eq!(reply.detail(), "CSRF Failed: CSRF token missing.");
}

#[test]
fn a_login_form_is_ours_or_it_is_refused() {
    let galaxy = hub();
    let form = serde_json::json!({"username": "ana", "password": PASSWORD}).to_string();
    let refused = |client: &Client, why: &str| {
        let reply = client
            .post(LOGIN, &form)
            .refuses(403, "permission_denied", None);
        assert_eq!(reply.detail(), format!("CSRF Failed: {why}"));
        assert_eq!(reply.cookies(), []);
    };
    let browser = Browser::stranger(&galaxy.anonymous());
    refused(&galaxy.anonymous(), "CSRF cookie not set.");
    refused(&galaxy.admin(), "CSRF cookie not set.");
    refused(&browser.cookies_only(), "CSRF token missing.");
    let foreign = browser
        .client()
        .with_header("origin", "http://evil.example.com");
    let why =
        "Origin checking failed - http://evil.example.com does not match any trusted origins.";
    refused(&foreign, why);
    browser.client().post(LOGIN, &form).expect(204);
}

#[test]
fn a_token_that_is_there_is_prolonged_and_not_replaced() {
    let galaxy = hub();
    let browser = Browser::stranger(&galaxy.anonymous());
    let reply = browser.client().get(LOGIN).expect(204);
    assert_eq!(reply.cookie("csrftoken"), browser.csrf);
    let planted = galaxy.anonymous().with_cookies(&[("csrftoken", "x")]);
    assert_eq!(planted.get(LOGIN).expect(204).cookie("csrftoken").len(), 32);
}

/// What the cookies of a login look like to a browser that says these things of itself.
fn attributes(client: &Client) -> Vec<(String, bool, bool)> {
    let reply = browser::submit(client, "ana", PASSWORD).expect(204);
    let has = |of: &[String], name: &str| of.iter().any(|one| one == name);
    let cookies = reply.cookies().into_iter();
    cookies
        .map(|cookie| {
            assert!(has(&cookie.attributes, "path=/") && has(&cookie.attributes, "samesite=Lax"));
            let flags = (
                has(&cookie.attributes, "httponly"),
                has(&cookie.attributes, "secure"),
            );
            (cookie.name, flags.0, flags.1)
        })
        .collect()
}

#[test]
fn cookies_are_secure_where_the_browser_speaks_https_and_only_there() {
    let galaxy = hub_with(|config| {
        config.listen.trusted_proxies = TrustedProxies::parse("127.0.0.1").unwrap();
    });
    let plain = [
        ("csrftoken".to_owned(), false, false),
        ("sessionid".to_owned(), true, false),
    ];
    assert_eq!(attributes(&galaxy.anonymous()), plain);
    let proxied = galaxy
        .anonymous()
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "galaxy.example.org")
        .header("referer", "https://galaxy.example.org/ui/");
    let secure = [
        ("csrftoken".to_owned(), false, true),
        ("sessionid".to_owned(), true, true),
    ];
    assert_eq!(attributes(&proxied), secure);
    let unknown = hub();
    let proxied = unknown.anonymous().header("x-forwarded-proto", "https");
    assert_eq!(attributes(&proxied), plain, "anybody can say that");
    let linked = hub_with(|config| {
        config.listen.content_origin = Origin::parse("https://galaxy.example.org");
    });
    let proxied = linked
        .anonymous()
        .header("host", "galaxy.example.org")
        .header("origin", "https://galaxy.example.org");
    assert_eq!(attributes(&proxied), secure, "the links say so");
}

#[test]
fn over_https_a_page_must_say_where_it_comes_from() {
    let galaxy = hub_with(|config| {
        config.listen.trusted_proxies = TrustedProxies::parse("127.0.0.1").unwrap();
    });
    let proxied = galaxy
        .anonymous()
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "galaxy.example.org");
    let own = "https://galaxy.example.org/ui/login";
    let ana = browser::sign_in(&proxied.header("referer", own), "ana", PASSWORD).client();
    let refused = |client: &Client, why: &str| {
        let reply = client
            .post(WRITE, "")
            .refuses(403, "permission_denied", None);
        assert_eq!(
            reply.detail(),
            format!("CSRF Failed: Referer checking failed - {why}")
        );
    };
    refused(&ana.without_header("referer"), "no Referer.");
    for (referer, why) in [
        ("nonsense", "Referer is malformed."),
        (
            "http://galaxy.example.org/",
            "Referer is insecure while host is secure.",
        ),
        (
            "https://evil.example.com/",
            "https://evil.example.com/ does not match any trusted origins.",
        ),
        (
            "https://galaxy.example.org:8443/",
            "https://galaxy.example.org:8443/ does not match any trusted origins.",
        ),
    ] {
        refused(&ana.with_header("referer", referer), why);
    }
    ana.post(WRITE, "").expect(200);
    let by_origin = ana
        .without_header("referer")
        .header("origin", "https://galaxy.example.org");
    by_origin.post(WRITE, "").expect(200);
}
