//! Sessions of browsers: signing in and out, what a cookie is good for, and what ends it.

use std::time::Duration;

use pocket_galaxy::domain::accounts::passwords::PasswordHash;
use pocket_galaxy::domain::accounts::users;
use serde_json::Value;

use crate::support::browser;
use crate::support::browser::Browser;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;
use crate::support::server::until;

pub const LOGIN: &str = "_ui/v1/auth/login/";
const LOGOUT: &str = "_ui/v1/auth/logout/";
const SESSIONS: &str = "_ui/v1/auth/sessions/";
/// Takes any signed-in caller.
pub const READ: &str = "v3/namespaces/";
/// The same, and changes something.
pub const WRITE: &str = "v3/auth/token/";

pub fn hub() -> TestServer {
    hub_with(|_| {})
}

pub fn hub_with(configure: impl FnOnce(&mut pocket_galaxy::config::Config)) -> TestServer {
    let galaxy = TestServer::with(configure);
    galaxy.user("ana", &[]);
    galaxy
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
    let names = "SELECT group_concat(actor || ' ' || via || ' ' || action || ' ' || outcome, '; ') FROM audit \
                  WHERE action <> 'NamespaceCreate'";
    browser::submit(&galaxy.anonymous(), "eve", "wrong").expect(403);
    browser::submit(&galaxy.anonymous(), "my password", "wrong").expect(403);
    let trail: String = galaxy.value(names);
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
    galaxy.sql("UPDATE user SET is_active = 0 WHERE username = 'left'");
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
    galaxy.sql("UPDATE user SET is_active = 0 WHERE username = 'ana'");
    is_dead(&ana);
    galaxy.sql("UPDATE user SET is_active = 1 WHERE username = 'ana'");
    is_dead(&ana);
    let ana = galaxy.browser("ana");
    galaxy.sql("DELETE FROM user WHERE username = 'ana'");
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
    let seconds: i64 = galaxy.value(lifetime);
    assert_eq!(seconds, 1_209_600_000_000);
    // Used long after its beginning, it is not prolonged.
    galaxy.sql("UPDATE session SET created_at = 0, used_at = 0, expires_at = expires_at - 1000000");
    assert_eq!(ana.client().get(READ).expect(200).cookies(), []);
    until(|| galaxy.value::<i64>("SELECT count(*) FROM session WHERE used_at > 0") == 1);
    assert_eq!(
        galaxy.value::<i64>(
            "SELECT count(*) FROM session WHERE expires_at - used_at < 1209600000000"
        ),
        1
    );
    galaxy.sql("UPDATE session SET expires_at = 1");
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
    galaxy.sql(
        "UPDATE session SET used_at = used_at - 120000000, expires_at = expires_at - 120000000",
    );
    let reply = ana.client().get(READ).expect(200);
    assert_eq!(reply.cookie("sessionid"), ana.session());
    until(|| {
        galaxy.value::<i64>("SELECT count(*) FROM session WHERE expires_at = used_at + 3600000000 AND used_at >= created_at",
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
    galaxy.sql(fill);
    let last = galaxy.browser("ana");
    assert_eq!(galaxy.rows("session"), 100);
    is_dead(&first);
    last.client().get(READ).expect(200);
}
