//! Passwords that were stored elsewhere, or at another cost, and what becomes of them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::support::browser;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

/// What Django stores for [`PASSWORD`], with fewer iterations than it takes today.
const OF_DJANGO: &str = "pbkdf2_sha256$1000$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=";

fn stored(galaxy: &TestServer) -> String {
    let sql = "SELECT password FROM user WHERE username = 'ana'";
    galaxy.value(sql)
}

fn store(galaxy: &TestServer, text: &str) {
    let sql = "UPDATE user SET password = ?1 WHERE username = 'ana'";
    galaxy
        .db()
        .write(|tx| Ok(tx.execute(sql, [text])?))
        .unwrap();
}

fn basic(galaxy: &TestServer, password: &str) -> u16 {
    let pair = BASE64_STANDARD.encode(format!("ana:{password}"));
    let client = galaxy.anonymous().authorized(&format!("Basic {pair}"));
    client.get("v3/namespaces/").status
}

#[test]
fn a_password_of_the_reference_is_good_and_is_stored_anew_when_it_is_used() {
    let galaxy = TestServer::start();
    galaxy.user("ana", &[]);
    store(&galaxy, OF_DJANGO);
    assert_eq!(basic(&galaxy, "wrong"), 401);
    assert_eq!(stored(&galaxy), OF_DJANGO);
    let ana = galaxy.browser("ana");
    let anew = stored(&galaxy);
    assert!(
        anew.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{anew}"
    );
    ana.client().get("v3/namespaces/").expect(200);
    assert_eq!(basic(&galaxy, PASSWORD), 200);
    assert_eq!(stored(&galaxy), anew, "once");
}

#[test]
fn another_cost_is_paid_at_the_next_sign_in() {
    let mut galaxy = TestServer::start();
    galaxy.user("ana", &[]);
    let before = stored(&galaxy);
    assert_eq!(basic(&galaxy, PASSWORD), 200);
    assert_eq!(stored(&galaxy), before);
    galaxy.restart_with(|config| {
        config.access.argon_memory = 8192;
        config.access.argon_iterations = 5;
    });
    assert_eq!(basic(&galaxy, "wrong"), 401);
    assert_eq!(stored(&galaxy), before);
    assert_eq!(basic(&galaxy, PASSWORD), 200);
    assert!(stored(&galaxy).starts_with("$argon2id$v=19$m=8192,t=5,p=1$"));
    assert_eq!(basic(&galaxy, PASSWORD), 200);
}

#[test]
fn an_unusable_password_opens_nothing() {
    let galaxy = TestServer::with(|config| config.access.failed_logins = 0);
    galaxy.user("ana", &[]);
    let good = stored(&galaxy);
    for text in ["", "!", "!Xy0unUsable", &format!("!{good}"), "md5$salt$abc"] {
        store(&galaxy, text);
        for password in ["", "!", PASSWORD] {
            assert_eq!(basic(&galaxy, password), 401, "{text:?} {password:?}");
        }
        browser::submit(&galaxy.anonymous(), "ana", PASSWORD).expect(403);
        assert_eq!(stored(&galaxy), text);
    }
}
