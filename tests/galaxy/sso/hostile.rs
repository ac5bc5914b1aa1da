//! What a provider, or somebody between it and the hub, could try.

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use pocket_galaxy::kernel::clock::Clock;
use serde_json::Value;
use serde_json::json;
use sha2::Sha256;

use crate::sso::browser::Browser;
use crate::sso::forger::Reply;
use crate::sso::forger::discovery;
use crate::sso::forger::signed;
use crate::sso::forger::with_signature;
use crate::sso::hub::begin;
use crate::sso::hub::secret;
use crate::sso::hub::signed_in;
use crate::sso::hub::trail;
use crate::sso::visit::come_back;
use crate::sso::visit::come_with;
use crate::sso::visit::honest;
use crate::sso::visit::merged;
use crate::sso::visit::pair;

#[test]
fn an_honest_token_is_taken_and_the_code_goes_with_its_verifier() {
    let (forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    come_with(&mut browser, &forger, &hub, &json!({})).expect(302);
    assert_eq!(signed_in(&browser, &hub).as_deref(), Some("eve"));
    let exchanged = forger.exchanged().pop().unwrap();
    assert!(
        exchanged.contains("code=c") && exchanged.contains("code_verifier="),
        "{exchanged}"
    );
}

#[test]
fn the_secret_goes_where_the_provider_reads_it() {
    let (forger, hub) = pair(|settings| settings.client_secret = secret("s3cret"));
    let in_body = json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]});
    let mut browser = Browser::new();
    forger.discover(Reply::json(&merged(discovery(&forger.issuer), &in_body)));
    let page = come_with(&mut browser, &forger, &hub, &json!({})).expect(302);
    assert!(
        forger
            .exchanged()
            .pop()
            .unwrap()
            .contains("client_secret=s3cret")
    );
    assert!(!page.text.contains("s3cret"));
}

#[test]
fn a_token_that_fails_a_check_signs_nobody_in() {
    let (forger, hub) = pair(|_| {});
    let now = Clock::System.now().epoch_seconds();
    let mut browser = Browser::new();
    let cases = [
        json!({"iss": "https://other.example.org"}),
        json!({"iss": format!("{}/", forger.issuer)}),
        json!({"aud": "another hub"}),
        json!({"aud": ["hub", "another hub"]}),
        json!({"aud": []}),
        json!({"azp": "another hub"}),
        json!({"nonce": "of another sign-in"}),
        json!({"nonce": null}),
        json!({"exp": now - 1}),
        json!({"sub": ""}),
        json!({"at_hash": "of another token"}),
    ];
    for case in &cases {
        let page = come_with(&mut browser, &forger, &hub, case).expect(403);
        assert!(page.text.contains("not accepted"), "{case}: {}", page.text);
        assert!(!page.text.contains("another"), "{case}: {}", page.text);
    }
    assert_eq!(signed_in(&browser, &hub), None);
    assert_eq!((hub.rows("user"), hub.rows("session")), (1, 0));
    assert_eq!(trail(&hub).len(), cases.len());
    assert!(
        trail(&hub)
            .iter()
            .all(|row| row.starts_with("|stranger|single sign-on|refused|"))
    );
}

#[test]
fn a_token_must_be_signed_with_a_key_of_the_provider() {
    let (forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    let mut refused = |make: &dyn Fn(&Value) -> String| {
        let page = come_back(&mut browser, &forger, &hub, |nonce| {
            make(&honest(&forger, nonce))
        });
        page.expect(403);
    };
    refused(&|claims| signed(8, claims));
    refused(&|claims| with_signature(&json!({"alg": "none"}), claims, |_| Vec::new()));
    refused(&|claims| with_signature(&json!({"alg": "EdDSA", "kid": "7"}), claims, |_| Vec::new()));
    let unknown = json!({"alg": "EdDSA", "kid": "8"});
    refused(&|claims| with_signature(&unknown, claims, |_| vec![0; 64]));
    // With the public key, or the client's secret, as the secret of an HMAC.
    refused(&|claims| {
        with_signature(&json!({"alg": "HS256"}), claims, |text| {
            let mut mac = Hmac::<Sha256>::new_from_slice(b"hub").unwrap();
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        })
    });
    // Claims changed after they were signed.
    refused(&|claims| {
        let [good, bad] = [claims.clone(), merged(claims.clone(), &json!({"sub": "1"}))]
            .map(|claims| signed(7, &claims));
        let signature = good.rsplit_once('.').unwrap().1;
        format!("{}.{signature}", bad.rsplit_once('.').unwrap().0)
    });
    assert_eq!(hub.rows("session"), 0);
}

#[test]
fn answers_that_are_no_answers_are_told_as_such() {
    let (forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    let text = |head: &str, body: &str| Reply {
        head: head.to_owned(),
        body: body.to_owned(),
    };
    let huge = "x".repeat(3 << 20);
    for (reply, status) in [
        (text("500 Oops", "no"), 502),
        (text("200 OK\r\nContent-Type: application/json", "{"), 502),
        (text("200 OK\r\nContent-Type: application/json", &huge), 502),
        (text("302 Found\r\nLocation: /keys", ""), 502),
        (
            text(
                "400 Bad\r\nContent-Type: application/json",
                r#"{"error":"invalid_grant"}"#,
            ),
            403,
        ),
        (
            Reply::json(&json!({"access_token": "a", "token_type": "Bearer"})),
            403,
        ),
    ] {
        let start = begin(&mut browser, &hub, "/");
        forger.answer_code(reply);
        let state = start.parameter("state");
        let back = format!("{}/complete/oidc/?code=c&state={state}", hub.origin());
        browser.get(&back).expect(status);
    }
}

#[test]
fn a_provider_that_says_it_is_another_one_is_not_used() {
    let long = "x".repeat(3 << 20);
    let reply = |head: &str, body: &str| Reply {
        head: head.to_owned(),
        body: body.to_owned(),
    };
    let (forger, mut hub) = pair(|_| {});
    let elsewhere = merged(
        discovery(&forger.issuer),
        &json!({"issuer": "https://other.example.org"}),
    );
    let unprotected = merged(
        discovery(&forger.issuer),
        &json!({"jwks_uri": "http://other.example.org/keys"}),
    );
    let redirect = format!("302 Found\r\nLocation: {}/keys", forger.issuer);
    for discovered in [
        Reply::json(&elsewhere),
        Reply::json(&unprotected),
        reply(&redirect, ""),
        reply("200 OK\r\nContent-Type: application/json", &long),
        reply("200 OK\r\nContent-Type: application/json", "[]"),
        reply("404 Not Found", ""),
    ] {
        forger.discover(discovered);
        hub.restart();
        let mut browser = Browser::new();
        let page = browser
            .get(&format!("{}/login/oidc/", hub.origin()))
            .expect(502);
        assert!(!page.text.contains("other.example"), "{}", page.text);
        assert!(page.set_cookies.is_empty());
    }
    forger.discover(Reply::json(&discovery(&forger.issuer)));
    forger.keys(reply(
        "200 OK\r\nContent-Type: application/json",
        r#"{"keys":[]}"#,
    ));
    hub.restart();
    come_with(&mut Browser::new(), &forger, &hub, &json!({})).expect(403);
}

#[test]
fn nobody_comes_back_who_did_not_leave() {
    let (forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    let back = |query: &str| format!("{}/complete/oidc/?{query}", hub.origin());
    browser.get(&back("code=c&state=s")).expect(400);
    browser.get(&back("")).expect(400);
    browser.plant(&hub.origin(), "oidc_attempt", "9999999999.00.Lw.00");
    browser.get(&back("code=c&state=s")).expect(400);
    let state = begin(&mut browser, &hub, "/").parameter("state");
    browser.get(&back("code=c&state=s")).expect(400);
    browser.get(&back("code=c")).expect(400);
    // None of these used the attempt up.
    let page = browser.get(&back(&format!("state={state}"))).expect(400);
    assert!(page.text.contains("no code"), "{}", page.text);
    let page = browser
        .get(&back(&format!("code=c&state={state}")))
        .expect(400);
    assert!(page.text.contains("used already"), "{}", page.text);
    assert!(forger.exchanged().is_empty());
    assert_eq!(hub.changes(), 0);
}

#[test]
fn a_refusal_of_the_provider_is_told_without_its_words() {
    let (forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    for (query, text) in [
        (
            "error=access_denied&error_description=Call+555",
            "access_denied.",
        ),
        ("error=%3Cscript%3E", "unknown."),
        ("iss=https://other.example.org&code=c", "another provider"),
    ] {
        let state = begin(&mut browser, &hub, "/").parameter("state");
        let back = format!("{}/complete/oidc/?{query}&state={state}", hub.origin());
        let page = browser.get(&back).expect(403);
        assert!(page.text.contains(text), "{}", page.text);
        assert!(!page.text.contains("555") && !page.text.contains("script"));
    }
    assert!(forger.exchanged().is_empty());
    assert_eq!(trail(&hub).len(), 3);
}

#[test]
fn a_link_to_the_hub_leads_nowhere_else() {
    let (forger, hub) = pair(|_| {});
    for next in [
        "//evil.example",
        "https://evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
    ] {
        let mut browser = Browser::new();
        let start = begin(&mut browser, &hub, next);
        forger.hand_out(&signed(7, &honest(&forger, &start.parameter("nonce"))));
        let state = start.parameter("state");
        let back = format!("{}/complete/oidc/?code=c&state={state}", hub.origin());
        let page = browser.get(&back).expect(302);
        assert_eq!(page.leads_to(), format!("{}/", hub.origin()), "{next}");
    }
}

#[test]
fn strangers_cannot_fill_the_audit_trail() {
    let (_forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    for _ in 0..35 {
        let state = begin(&mut browser, &hub, "/").parameter("state");
        let back = format!("{}/complete/oidc/?error=x&state={state}", hub.origin());
        browser.get(&back).expect(403);
    }
    assert_eq!(trail(&hub).len(), 30);
}
