//! Sessions of browsers: signing in and out, what a cookie is good for, and what ends it.

use std::time::Duration;

use pocket_galaxy::config::origin::Origin;
use pocket_galaxy::config::proxies::TrustedProxies;
use pocket_galaxy::domain::accounts::passwords::PasswordHash;
use pocket_galaxy::domain::accounts::users;
use serde_json::Value;

use crate::support::browser;
use crate::support::browser::Browser;
use crate::support::client::Client;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

const LOGIN: &str = "_ui/v1/auth/login/";
const LOGOUT: &str = "_ui/v1/auth/logout/";
const SESSIONS: &str = "_ui/v1/auth/sessions/";
/// Takes any signed-in caller.
const READ: &str = "v3/namespaces/";
/// The same, and changes something.
const WRITE: &str = "v3/auth/token/";

fn hub() -> TestServer {
    hub_with(|_| {})
}

fn hub_with(configure: impl FnOnce(&mut pocket_galaxy::config::Config)) -> TestServer {
    let galaxy = TestServer::with(configure);
    galaxy.user("ana", &[]);
    galaxy
}

fn sql(galaxy: &TestServer, statement: &str) {
    let changed = galaxy
        .db()
        .write(|tx| Ok(tx.execute(statement, [])?))
        .unwrap();
    assert!(changed > 0, "{statement}");
}

fn is_dead(browser: &Browser) {
    let reply = browser.client().get(READ);
    reply.refuses(401, "not_authenticated", None);
}

#[test]
fn a_form_opens_a_session_and_the_session_does_what_its_user_may() {
    let galaxy = hub();
    let ana = galaxy.browser("ana");
    ana.client().get(READ).expect(200);
    ana.client().post(WRITE, "{}").expect(200);
    ana.client()
        .post("v3/namespaces/", "{}")
        .refuses(403, "permission_denied", None);
    galaxy.user("eve", &[]);
    let names = "SELECT group_concat(actor || ' ' || via || ' ' || action || ' ' || outcome, '; ') FROM audit";
    browser::submit(&galaxy.anonymous(), "eve", "wrong").expect(403);
    browser::submit(&galaxy.anonymous(), "my password", "wrong").expect(403);
    let trail: String = galaxy
        .db()
        .read(|tx| Ok(tx.query_row(names, [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(
        trail,
        "ana password SessionStart done; ana session TokenCreate done; eve stranger SessionStart refused;  \
         stranger SessionStart refused",
        "what nobody is called may be a password, and is not written down"
    );
}

#[test]
fn wrong_credentials_get_no_session_and_no_reason() {
    let galaxy = hub();
    galaxy.user("left", &[]);
    sql(
        &galaxy,
        "UPDATE user SET is_active = 0 WHERE username = 'left'",
    );
    for (name, password) in [
        ("ana", "wrong"),
        ("nobody", PASSWORD),
        ("left", PASSWORD),
        ("ANA", PASSWORD),
    ] {
        let reply = browser::submit(&galaxy.anonymous(), name, password).expect(403);
        assert!(reply.bytes.is_empty(), "{name}");
        assert_eq!(reply.cookies(), [], "{name}");
    }
    assert_eq!(galaxy.rows("session"), 0);
}

#[test]
fn a_form_that_lacks_something_says_what() {
    let galaxy = hub();
    let browser = Browser::stranger(&galaxy.anonymous());
    for (form, code, field) in [
        ("{}", "required", "username"),
        (r#"{"username": "ana"}"#, "required", "password"),
        (
            r#"{"username": "ana", "password": null}"#,
            "null",
            "password",
        ),
        (
            r#"{"username": "ana", "password": ""}"#,
            "blank",
            "password",
        ),
        (
            r#"{"username": "ana", "password": ["x"]}"#,
            "invalid",
            "password",
        ),
        (r#"{"username": " ", "password": "x"}"#, "blank", "username"),
    ] {
        let reply = browser.client().post(LOGIN, form);
        reply.refuses(400, code, Some(field));
    }
    browser
        .client()
        .post(LOGIN, "{")
        .refuses(400, "parse_error", None);
    let form = format!("username=ana&password={PASSWORD}").replace(' ', "+");
    let reply = browser.client().send(
        "POST",
        LOGIN,
        "application/x-www-form-urlencoded",
        form.as_bytes(),
    );
    assert_eq!(reply.expect(204).cookies().len(), 2);
}

#[test]
fn signing_in_leaves_nothing_of_the_cookies_before() {
    let galaxy = hub();
    // Somebody planted cookies in the browser of a victim.
    let planted = Browser {
        session: Some("0123456789abcdef".repeat(4)),
        ..Browser::stranger(&galaxy.anonymous())
    };
    let form = serde_json::json!({"username": "ana", "password": PASSWORD}).to_string();
    let reply = planted.client().post(LOGIN, &form).expect(204);
    assert_ne!(reply.cookie("sessionid"), planted.session());
    assert_ne!(reply.cookie("csrftoken"), planted.csrf);
    is_dead(&planted);
    // A session that is open ends when somebody signs in over it.
    let first = galaxy.browser("ana");
    let reply = first.client().post(LOGIN, &form).expect(204);
    assert_ne!(reply.cookie("sessionid"), first.session());
    is_dead(&first);
    assert_eq!(galaxy.rows("session"), 2);
}

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
    assert_eq!(galaxy.rows("audit"), 3, "one sign-in and two tokens");
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

#[test]
fn a_session_survives_a_restart() {
    let mut galaxy = hub();
    let ana = galaxy.browser("ana");
    galaxy.restart();
    let again = Browser {
        session: ana.session.clone(),
        csrf: ana.csrf.clone(),
        ..Browser::stranger(&galaxy.anonymous())
    };
    again.client().get(READ).expect(200);
    again.client().post(WRITE, "").expect(200);
}

#[test]
fn a_session_dies_with_the_account_and_does_not_rise_with_it() {
    let galaxy = hub();
    let ana = galaxy.browser("ana");
    sql(
        &galaxy,
        "UPDATE user SET is_active = 0 WHERE username = 'ana'",
    );
    is_dead(&ana);
    sql(
        &galaxy,
        "UPDATE user SET is_active = 1 WHERE username = 'ana'",
    );
    is_dead(&ana);
    let ana = galaxy.browser("ana");
    sql(&galaxy, "DELETE FROM user WHERE username = 'ana'");
    is_dead(&ana);
}

#[test]
fn another_password_ends_all_sessions() {
    let galaxy = hub();
    let (ana, elsewhere) = (galaxy.browser("ana"), galaxy.browser("ana"));
    let hash = PasswordHash::new("another password").unwrap();
    let changed = galaxy.db().write(|tx| {
        let id = users::get(tx, "ana")?.id;
        users::set_password(tx, id, &hash)
    });
    changed.unwrap();
    is_dead(&ana);
    is_dead(&elsewhere);
}

#[test]
fn a_cookie_of_no_session_makes_a_stranger_and_is_cleared() {
    let galaxy = hub();
    for value in ["0123456789abcdef", &"0".repeat(64), "x y"] {
        let stale = galaxy.anonymous().with_cookies(&[("sessionid", value)]);
        for (path, status) in [(READ, 401), ("", 200), (LOGIN, 204)] {
            let reply = stale.get(path).expect(status);
            let cookies = reply.cookies();
            let cleared = cookies.iter().find(|cookie| cookie.name == "sessionid");
            assert!(cleared.unwrap().is_cleared, "{path}");
        }
        // Nobody is signed in, so there is nothing to protect.
        let reply = stale.post(LOGOUT, "").expect(204);
        assert!(reply.cookies()[0].is_cleared);
    }
    let ana = galaxy.browser("ana");
    assert_eq!(
        ana.client().get(READ).cookies(),
        [],
        "a good one is left alone"
    );
}

#[test]
fn a_header_wins_over_a_cookie() {
    let galaxy = hub();
    let ana = galaxy.browser("ana").cookies_only();
    let admin = galaxy.admin();
    let both = ana.authorized(admin.authorization().unwrap());
    // As the administrator, and without a CSRF token.
    both.post("v3/namespaces/", r#"{"name": "acme", "groups": []}"#)
        .expect(201);
    let wrong = ana.authorized("Token 0000000000000000000000000000000000000000");
    wrong.get(READ).refuses(401, "authentication_failed", None);
}

#[test]
fn signing_out_ends_the_session_and_nothing_else() {
    let galaxy = hub();
    let (ana, elsewhere) = (galaxy.browser("ana"), galaxy.browser("ana"));
    let reply = ana.client().post(LOGOUT, "{}").expect(204);
    let cookies = reply.cookies();
    assert_eq!(cookies.len(), 1, "the CSRF token stays");
    assert!(cookies[0].is_cleared && cookies[0].name == "sessionid");
    is_dead(&ana);
    elsewhere.client().get(READ).expect(200);
    galaxy.anonymous().post(LOGOUT, "{}").expect(204);
    assert_eq!(galaxy.admin().post(LOGOUT, "{}").expect(204).cookies(), []);
}

#[test]
fn one_sees_where_one_is_signed_in_and_ends_it_from_elsewhere() {
    let galaxy = hub();
    galaxy.user("ben", &[]);
    let ben = galaxy.browser("ben");
    let phone = browser::sign_in(
        &galaxy
            .anonymous()
            .header("user-agent", &"phone ".repeat(100)),
        "ana",
        PASSWORD,
    );
    let desk = browser::sign_in(
        &galaxy.anonymous().header("user-agent", "desk"),
        "ana",
        PASSWORD,
    );
    let page = desk.client().get(SESSIONS).expect(200).json();
    assert_eq!(page["meta"]["count"], 2);
    let of = |browser: &str| -> &Value {
        let all = page["data"].as_array().unwrap().iter();
        let mut of = all.filter(|one| one["browser"].as_str().unwrap().starts_with(browser));
        of.next().unwrap()
    };
    let keys: Vec<&String> = of("desk").as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "address",
            "browser",
            "created_at",
            "expires_at",
            "id",
            "is_current",
            "used_at"
        ]
    );
    assert_eq!(
        (&of("desk")["is_current"], &of("phone")["is_current"]),
        (&true.into(), &false.into())
    );
    assert_eq!(of("phone")["browser"].as_str().unwrap().len(), 200);
    assert_eq!(of("phone")["address"], "127.0.0.1");
    let path = format!("{SESSIONS}{}/", of("phone")["id"]);
    ben.client().delete(&path).refuses(404, "not_found", None);
    desk.cookies_only()
        .delete(&path)
        .refuses(403, "permission_denied", None);
    phone.client().get(READ).expect(200);
    desk.client().delete(&path).expect(204);
    is_dead(&phone);
    desk.client().delete(&path).refuses(404, "not_found", None);
    desk.client().get(&format!("{SESSIONS}x/")).expect(404);
    galaxy
        .anonymous()
        .get(SESSIONS)
        .refuses(401, "not_authenticated", None);
    let limited = desk
        .client()
        .get(&format!("{SESSIONS}?limit=1&offset=5"))
        .expect(200)
        .json();
    assert_eq!(
        (
            limited["meta"]["count"].as_i64(),
            limited["data"].as_array().unwrap().len()
        ),
        (Some(1), 0)
    );
}

#[test]
fn a_session_ends_at_its_time_and_is_cleared_away() {
    let mut galaxy = hub();
    let ana = galaxy.browser("ana");
    let lifetime = "SELECT expires_at - created_at FROM session";
    let seconds: i64 = galaxy
        .db()
        .read(|tx| Ok(tx.query_row(lifetime, [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(seconds, 1_209_600_000_000);
    // Used long after its beginning, it is not prolonged.
    sql(
        &galaxy,
        "UPDATE session SET created_at = 0, used_at = 0, expires_at = expires_at - 1000000",
    );
    assert_eq!(ana.client().get(READ).expect(200).cookies(), []);
    until(|| count(&galaxy, "SELECT count(*) FROM session WHERE used_at > 0") == 1);
    assert_eq!(
        count(
            &galaxy,
            "SELECT count(*) FROM session WHERE expires_at - used_at < 1209600000000"
        ),
        1
    );
    sql(&galaxy, "UPDATE session SET expires_at = 1");
    is_dead(&ana);
    galaxy.restart();
    until(|| galaxy.rows("session") == 0);
}

#[test]
fn a_session_that_slides_ends_after_its_last_use() {
    let galaxy = hub_with(|config| {
        config.access.session_slides = true;
        config.access.session_age = Duration::from_secs(3600);
    });
    let ana = galaxy.browser("ana");
    assert_eq!(
        ana.client().get(READ).expect(200).cookies(),
        [],
        "just used"
    );
    sql(
        &galaxy,
        "UPDATE session SET used_at = used_at - 120000000, expires_at = expires_at - 120000000",
    );
    let reply = ana.client().get(READ).expect(200);
    assert_eq!(reply.cookie("sessionid"), ana.session());
    until(|| {
        count(
            &galaxy,
            "SELECT count(*) FROM session WHERE expires_at = used_at + 3600000000 AND used_at >= created_at",
        ) == 1
    });
}

#[test]
fn a_hundred_browsers_are_enough_for_anybody() {
    let galaxy = hub();
    let first = galaxy.browser("ana");
    let fill = "INSERT INTO session (user_id, digest, created_at, used_at, expires_at)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
                SELECT user_id, digest || i, created_at, used_at, expires_at FROM session, n";
    sql(&galaxy, fill);
    let last = galaxy.browser("ana");
    assert_eq!(galaxy.rows("session"), 100);
    is_dead(&first);
    last.client().get(READ).expect(200);
}

fn count(galaxy: &TestServer, query: &str) -> i64 {
    let found = galaxy
        .db()
        .read(|tx| Ok(tx.query_row(query, [], |row| row.get(0))?));
    found.unwrap()
}

/// Waits for what the server does when it has nothing else to do.
fn until(is_done: impl Fn() -> bool) {
    for _ in 0..200 {
        if is_done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it is not done");
}
