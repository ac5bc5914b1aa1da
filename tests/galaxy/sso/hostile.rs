//! What a provider, or somebody between it and the hub, could try.

use std::process::Command;

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use pocket_galaxy::config::single_sign_on::Domains;
use pocket_galaxy::config::single_sign_on::SingleSignOn;
use pocket_galaxy::domain::accounts::users;
use pocket_galaxy::kernel::clock::Clock;
use pocket_galaxy::serve::Hub;
use serde_json::Value;
use serde_json::json;
use sha2::Sha256;

use crate::sso::browser::Browser;
use crate::sso::browser::Page;
use crate::sso::forger::Forger;
use crate::sso::forger::Reply;
use crate::sso::forger::discovery;
use crate::sso::forger::signed;
use crate::sso::forger::with_signature;
use crate::sso::hub::begin;
use crate::sso::hub::groups_of;
use crate::sso::hub::hub;
use crate::sso::hub::is_superuser;
use crate::sso::hub::run;
use crate::sso::hub::secret;
use crate::sso::hub::signed_in;
use crate::sso::hub::texts;
use crate::sso::hub::trail;
use crate::support::process::PROGRAM;
use crate::support::server::TestServer;

fn pair(configure: impl FnOnce(&mut SingleSignOn)) -> (Forger, TestServer) {
    let forger = Forger::start();
    let hub = hub(&forger.issuer, "hub", configure);
    (forger, hub)
}

/// Claims that are as they must.
fn honest(forger: &Forger, nonce: &str) -> Value {
    let now = Clock::System.now().epoch_seconds();
    json!({
        "iss": forger.issuer, "aud": "hub", "sub": "42", "nonce": nonce, "iat": now, "exp": now + 300,
        "preferred_username": "eve", "groups": [],
    })
}

fn merged(mut claims: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    claims
}

/// Comes back from the provider, which hands out the token that `make` makes of the nonce.
fn come_back(
    browser: &mut Browser,
    forger: &Forger,
    hub: &TestServer,
    make: impl FnOnce(&str) -> String,
) -> Page {
    let start = begin(browser, hub, "/");
    forger.hand_out(&make(&start.parameter("nonce")));
    let state = start.parameter("state");
    browser.get(&format!(
        "{}/complete/oidc/?code=c&state={state}",
        hub.origin()
    ))
}

/// The same with honest claims but for `changes`; null takes a claim out.
fn come_with(browser: &mut Browser, forger: &Forger, hub: &TestServer, changes: &Value) -> Page {
    come_back(browser, forger, hub, |nonce| {
        signed(7, &merged(honest(forger, nonce), changes))
    })
}

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
fn an_account_that_is_linked_no_longer_keeps_nothing_of_it() {
    let (forger, hub) = pair(|settings| settings.superuser_group = Some("masters".to_owned()));
    hub.user("bob", &[]);
    run(
        &hub,
        "INSERT INTO user_group (uuid, name, created_at) VALUES ('a', 'masters', 0)",
    );
    let mut browser = Browser::new();
    let changes = json!({"groups": ["masters"]});
    come_with(&mut browser, &forger, &hub, &changes).expect(302);
    assert!(is_superuser(&hub, "eve"));
    let command = |line: &str| {
        let done = Command::new(PROGRAM)
            .args(line.split(' '))
            .arg("--data")
            .arg(hub.data())
            .output();
        let done = done.unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    let said = command(&format!(
        "user link bob --issuer {} --subject 42",
        forger.issuer
    ));
    assert_eq!(said, "it was linked to eve before\n");
    assert!(!is_superuser(&hub, "eve"));
    assert_eq!(groups_of(&hub, "eve"), Vec::<String>::new());
    come_with(&mut browser, &forger, &hub, &changes).expect(302);
    assert_eq!(signed_in(&browser, &hub).as_deref(), Some("bob"));
    assert!(is_superuser(&hub, "bob"));
    assert_eq!(command("user unlink bob"), "1 links ended\n");
    assert!(!is_superuser(&hub, "bob"));
    assert_eq!(groups_of(&hub, "bob"), Vec::<String>::new());
    assert_eq!(hub.rows("identity"), 0);
    let told =
        "SELECT via || '|' || object || '|' || detail FROM audit WHERE action = ? ORDER BY id";
    let issuer = &forger.issuer;
    assert_eq!(
        texts(&hub, told, "UserUpdate"),
        [
            format!("command line|user bob|linked to 42 of {issuer}"),
            "command line|user bob|no longer linked to other servers".to_owned(),
        ]
    );
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
fn claims_that_are_missing_or_of_wrong_types_are_named_and_crash_nothing() {
    let (forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    for (changes, status, text) in [
        (
            json!({"preferred_username": null}),
            403,
            "preferred_username",
        ),
        (json!({"preferred_username": "***"}), 403, "nothing in it"),
        (json!({"groups": {"a": 1}}), 403, "groups"),
        (json!({"groups": ["a", 5]}), 403, "groups"),
        (json!({"sub": "x\ny"}), 403, "sub"),
        (json!({"preferred_username": 5}), 502, "nonsense"),
        (json!({"sub": 42}), 502, "nonsense"),
        (json!({"sub": null}), 502, "nonsense"),
        (json!({"exp": "soon"}), 502, "nonsense"),
    ] {
        forger.userinfo(&json!({"sub": "42"}));
        let page = come_with(&mut browser, &forger, &hub, &changes).expect(status);
        assert!(page.text.contains(text), "{changes}: {}", page.text);
    }
    assert_eq!((hub.rows("user"), hub.rows("session")), (1, 0));
}

#[test]
fn what_the_token_does_not_tell_is_asked_for_and_must_be_of_the_same_person() {
    let (forger, hub) = pair(|_| {});
    let mut browser = Browser::new();
    hub.db()
        .write(|tx| pocket_galaxy::domain::accounts::groups::create(tx, "staff"))
        .unwrap();
    let terse = json!({"preferred_username": null, "groups": null});
    forger.userinfo(&json!({"sub": "1", "preferred_username": "eve", "groups": ["staff"]}));
    come_with(&mut browser, &forger, &hub, &terse).expect(502);
    forger.userinfo(&json!({"sub": "42", "preferred_username": "eve", "groups": ["staff"]}));
    come_with(&mut browser, &forger, &hub, &terse).expect(302);
    assert_eq!(groups_of(&hub, "eve"), ["staff"]);
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
    assert_eq!(hub.rows("audit"), 0);
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
fn nobody_becomes_somebody_by_a_name() {
    let (forger, hub) = pair(|_| {});
    hub.user("bob", &[]);
    let mut browser = Browser::new();
    // Those of accounts of this hub, in whatever case, are refused.
    for name in ["admin", "Admin", "bob", "BOB"] {
        let changes = json!({"preferred_username": name, "sub": "1"});
        let page = come_with(&mut browser, &forger, &hub, &changes).expect(403);
        assert!(page.text.contains("user link"), "{}", page.text);
    }
    // Those of others whom the provider vouches for get a number.
    for (subject, name) in [
        ("1", "eve"),
        ("2", "eve"),
        ("3", "Eve"),
        ("4", "a b/c"),
        ("2", "admin"),
    ] {
        let changes = json!({"preferred_username": name, "sub": subject});
        come_with(&mut browser, &forger, &hub, &changes).expect(302);
    }
    let all = "SELECT username FROM user WHERE id > ? ORDER BY id";
    assert_eq!(
        texts(&hub, all, "0"),
        ["admin", "bob", "eve", "eve-2", "Eve-3", "a-b-c"]
    );
    assert_eq!(signed_in(&browser, &hub).as_deref(), Some("eve-2"));
}

#[test]
fn an_address_counts_only_when_the_provider_has_verified_it() {
    let (forger, hub) = pair(|settings| {
        settings.email_domains = Domains::parse("example.org").unwrap();
    });
    let mut browser = Browser::new();
    for (email, verified) in [
        (json!("eve@example.org"), json!(false)),
        (json!("eve@example.org"), json!("false")),
        (json!("eve@example.com"), json!(true)),
        (json!("eve@example.org.example.com"), json!(true)),
        (Value::Null, json!(true)),
    ] {
        let changes = json!({"email": email, "email_verified": verified});
        forger.userinfo(&json!({"sub": "42"}));
        come_with(&mut browser, &forger, &hub, &changes).expect(403);
    }
    let changes = json!({"email": "eve@EXAMPLE.org", "email_verified": true});
    come_with(&mut browser, &forger, &hub, &changes).expect(302);
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
fn without_settings_there_is_no_single_sign_on() {
    let hub = TestServer::start();
    for path in [
        "/login/",
        "/login/oidc/",
        "/login/keycloak/",
        "/complete/oidc/?code=c&state=s",
    ] {
        hub.anonymous().get(path).refuses(404, "not_found", None);
    }
}

#[test]
fn settings_that_make_no_sense_keep_the_hub_from_starting() {
    let refusal = |configure: &dyn Fn(&mut SingleSignOn)| {
        let folder = tempfile::tempdir().unwrap();
        let mut config = pocket_galaxy::config::Config::for_testing(folder.path());
        configure(&mut config.single_sign_on);
        match Hub::open(config, Clock::System) {
            Ok(_) => panic!("it starts"),
            Err(error) => error.to_string(),
        }
    };
    let issuer = pocket_galaxy::config::single_sign_on::Issuer::parse;
    let text = refusal(&|settings| settings.issuer = issuer("https://sso.example.org"));
    assert!(text.contains("oidc_client_id"), "{text}");
    let text = refusal(&|settings| settings.client_id = Some("hub".to_owned()));
    assert!(text.contains("oidc_issuer"), "{text}");
    let text = refusal(&|settings| {
        settings.client_id = Some("hub".to_owned());
        settings.issuer = issuer("http://sso.example.org");
    });
    assert!(text.contains("oidc_allow_http"), "{text}");
}

#[test]
fn many_first_sign_ins_of_one_person_at_once_make_one_account() {
    let (forger, hub) = pair(|_| {});
    std::thread::scope(|scope| {
        let browsers: Vec<_> = (0..4)
            .map(|_| {
                let mut browser = Browser::new();
                let start = begin(&mut browser, &hub, "/");
                (browser, start)
            })
            .collect();
        for (mut browser, start) in browsers {
            let (forger, hub) = (&forger, &hub);
            scope.spawn(move || {
                // The forger hands out one token at a time, so some of these are for another nonce.
                forger.hand_out(&signed(7, &honest(forger, &start.parameter("nonce"))));
                let state = start.parameter("state");
                let back = format!("{}/complete/oidc/?code=c&state={state}", hub.origin());
                let page = browser.get(&back);
                assert!(page.status == 302 || page.status == 403, "{}", page.text);
            });
        }
    });
    let found = hub.db().read(|tx| users::find(tx, "eve")).unwrap();
    assert!(found.is_some());
    assert_eq!((hub.rows("user"), hub.rows("identity")), (2, 1));
}
