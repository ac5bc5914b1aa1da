//! Guessing passwords comes to an end, and locks nobody else out.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pocket_galaxy::config::proxies::TrustedProxies;

use crate::support::browser;
use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::PASSWORD;
use crate::support::server::TestServer;

/// A hub that hears where its clients are from a proxy, with limits that are soon reached.
fn hub() -> TestServer {
    let galaxy = TestServer::with(|config| {
        config.listen.trusted_proxies = TrustedProxies::parse("127.0.0.1").unwrap();
        config.access.failed_logins = 2;
        config.access.failed_logins_per_address = 4;
        config.access.failed_logins_per_account = 6;
    });
    galaxy.user("ana", &[]);
    galaxy.user("ben", &[]);
    galaxy
}

fn from(galaxy: &TestServer, address: &str) -> Client {
    galaxy.anonymous().header("x-forwarded-for", address)
}

fn basic(client: &Client, name: &str, password: &str) -> Reply {
    let pair = BASE64_STANDARD.encode(format!("{name}:{password}"));
    client
        .authorized(&format!("Basic {pair}"))
        .get("v3/namespaces/")
}

fn throttled(reply: Reply) {
    let reply = reply.refuses(429, "throttled", None);
    let seconds: u64 = reply.header("retry-after").parse().unwrap();
    assert!((290..=301).contains(&seconds), "{seconds}");
}

#[test]
fn after_a_few_wrong_passwords_an_address_waits_for_that_account() {
    let galaxy = hub();
    let here = from(&galaxy, "192.0.2.1");
    basic(&here, "ana", "wrong").refuses(401, "authentication_failed", None);
    browser::submit(&here, "ana", "wrong").expect(403);
    // Whatever the way, and even with the right one.
    throttled(basic(&here, "ana", PASSWORD));
    throttled(browser::submit(&here, "ana", PASSWORD));
    basic(&here, "ben", PASSWORD).expect(200);
    basic(&from(&galaxy, "192.0.2.2"), "ana", PASSWORD).expect(200);
    galaxy
        .token_of("ana")
        .header("x-forwarded-for", "192.0.2.1")
        .get("v3/namespaces/")
        .expect(200);
    // In the words of the family.
    let pair = BASE64_STANDARD.encode("ana:wrong");
    let reply = here
        .authorized(&format!("Basic {pair}"))
        .get("pulp/api/v3/tasks/00000000-0000-0000-0000-000000000000/")
        .expect(429);
    assert!(
        reply.json()["detail"]
            .as_str()
            .unwrap()
            .starts_with("Request was throttled.")
    );
}

#[test]
fn a_name_that_nobody_has_is_counted_like_one_that_somebody_has() {
    let galaxy = hub();
    let here = from(&galaxy, "192.0.2.1");
    basic(&here, "nobody", "wrong").expect(401);
    basic(&here, "nobody", "wrong").expect(401);
    throttled(basic(&here, "nobody", "wrong"));
}

#[test]
fn one_password_for_many_names_ends_too() {
    let galaxy = hub();
    let here = from(&galaxy, "192.0.2.1");
    for name in ["a", "b", "c", "d"] {
        basic(&here, name, "Summer2026").expect(401);
    }
    throttled(basic(&here, "ana", PASSWORD));
    basic(&from(&galaxy, "192.0.2.2"), "ana", PASSWORD).expect(200);
}

#[test]
fn the_owner_of_an_account_under_attack_is_not_locked_out() {
    let galaxy = hub();
    for host in 1..=3 {
        let there = from(&galaxy, &format!("198.51.100.{host}"));
        basic(&there, "ana", "guess").expect(401);
        basic(&there, "ana", "guess").expect(401);
    }
    let attacker = from(&galaxy, "198.51.100.9");
    basic(&attacker, "ana", "guess").expect(401);
    throttled(basic(&attacker, "ana", "guess"));
    basic(&from(&galaxy, "192.0.2.1"), "ana", PASSWORD).expect(200);
}

#[test]
fn a_right_password_is_never_counted() {
    let galaxy = hub();
    let here = from(&galaxy, "192.0.2.1");
    for _ in 0..3 {
        basic(&here, "ana", "wrong").expect(401);
        basic(&here, "ana", PASSWORD).expect(200);
    }
    for _ in 0..20 {
        basic(&here, "ana", PASSWORD).expect(200);
    }
}

#[test]
fn a_client_with_a_dead_token_waits_too_and_disturbs_nobody() {
    let galaxy = hub();
    let here = from(&galaxy, "192.0.2.1");
    let dead = here.authorized("Token 0000000000000000000000000000000000000000");
    for _ in 0..4 {
        dead.get("").refuses(401, "authentication_failed", None);
    }
    throttled(dead.get(""));
    basic(&here, "ana", PASSWORD).expect(200);
    let ana = galaxy
        .token_of("ana")
        .header("x-forwarded-for", "192.0.2.1");
    ana.get("v3/namespaces/").expect(200);
}

#[test]
fn limits_can_be_taken_away() {
    let galaxy = TestServer::with(|config| {
        config.access.failed_logins = 0;
        config.access.failed_logins_per_address = 0;
        config.access.failed_logins_per_account = 0;
    });
    let guessers: Vec<_> = (0..60)
        .map(|_| {
            let client = galaxy.anonymous();
            std::thread::spawn(move || basic(&client, "admin", "wrong").status)
        })
        .collect();
    for guesser in guessers {
        assert_eq!(guesser.join().unwrap(), 401);
    }
}
