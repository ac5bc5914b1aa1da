//! Who becomes whom, by claims of every kind, and who may come at all.

use std::process::Command;
use std::time::Duration;

use pocket_galaxy::config::single_sign_on::Domains;
use pocket_galaxy::config::single_sign_on::GroupMapping;
use pocket_galaxy::config::single_sign_on::GroupNames;
use pocket_galaxy::config::single_sign_on::Issuer;
use pocket_galaxy::config::single_sign_on::SingleSignOn;
use pocket_galaxy::domain::accounts::users;
use pocket_galaxy::kernel::clock::Clock;
use pocket_galaxy::serve::Hub;
use serde_json::Value;
use serde_json::json;

use crate::sso::browser::Browser;
use crate::sso::forger::Forger;
use crate::sso::forger::signed;
use crate::sso::hub::begin;
use crate::sso::hub::groups_of;
use crate::sso::hub::is_superuser;
use crate::sso::hub::signed_in;
use crate::sso::hub::texts;
use crate::sso::hub::trail;
use crate::sso::visit::come_with;
use crate::sso::visit::honest;
use crate::sso::visit::pair;
use crate::support::process::PROGRAM;
use crate::support::server::TestServer;
use crate::support::server::until;

#[test]
fn an_account_that_is_linked_no_longer_keeps_nothing_of_it() {
    let (forger, hub) = pair(|settings| settings.superuser_group = Some("masters".to_owned()));
    hub.user("bob", &[]);
    hub.sql("INSERT INTO user_group (uuid, name, created_at) VALUES ('a', 'masters', 0)");
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
    assert_eq!(
        said,
        format!(
            "user bob is linked to 42 of {} now; user eve was before\n",
            forger.issuer
        )
    );
    assert!(!is_superuser(&hub, "eve"));
    assert_eq!(groups_of(&hub, "eve"), Vec::<String>::new());
    assert_eq!(signed_in(&browser, &hub), None, "signed in as eve");
    come_with(&mut browser, &forger, &hub, &changes).expect(302);
    assert_eq!(signed_in(&browser, &hub).as_deref(), Some("bob"));
    assert!(is_superuser(&hub, "bob"));
    assert_eq!(
        command("user unlink bob"),
        "user bob is no longer linked to other servers\n"
    );
    assert!(!is_superuser(&hub, "bob"));
    assert_eq!(groups_of(&hub, "bob"), Vec::<String>::new());
    assert_eq!((hub.rows("identity"), hub.rows("session")), (0, 0));
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
fn the_last_superuser_stays_one_until_there_is_another() {
    let (forger, hub) = pair(|settings| settings.superuser_group = Some("masters".to_owned()));
    let mut browser = Browser::new();
    let masters = json!({"groups": ["masters"]});
    come_with(&mut browser, &forger, &hub, &masters).expect(302);
    let admin = |is_superuser| {
        let sql = "UPDATE user SET is_superuser = $ WHERE username = 'admin'";
        hub.sql(&sql.replace('$', is_superuser));
    };
    admin("0");
    let none = json!({"groups": []});
    come_with(&mut browser, &forger, &hub, &none).expect(302);
    assert!(is_superuser(&hub, "eve"));
    let told = trail(&hub);
    assert!(
        told.last()
            .unwrap()
            .ends_with("stays superuser, as the last one"),
        "{told:?}"
    );
    admin("1");
    come_with(&mut browser, &forger, &hub, &none).expect(302);
    assert!(!is_superuser(&hub, "eve"));
}

#[test]
fn a_document_leaves_to_the_provider_what_the_provider_gave() {
    let (forger, hub) = pair(|_| {});
    hub.sql("INSERT INTO user_group (uuid, name, created_at) VALUES ('a', 'crew', 0), ('b', 'staff', 0)",
    );
    let mut browser = Browser::new();
    let claimed = json!({"groups": ["crew", "staff"]});
    come_with(&mut browser, &forger, &hub, &claimed).expect(302);
    let apply = |document: &str| {
        let file = hub.data().join("hub.yaml");
        std::fs::write(&file, document).unwrap();
        let line = ["apply", "--prune", "--data"];
        let done = Command::new(PROGRAM)
            .args(line)
            .arg(hub.data())
            .arg(&file)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    let users = |groups: &str| {
        format!("users: [{{username: admin}}, {{username: eve, groups: [{groups}]}}]\n")
    };
    assert!(apply(&users("")).starts_with("Nothing to do"));
    assert_eq!(groups_of(&hub, "eve"), ["crew", "staff"]);
    let exported = Command::new(PROGRAM)
        .args(["export-config", "--sections", "users", "--data"])
        .arg(hub.data())
        .output()
        .unwrap();
    assert!(!String::from_utf8(exported.stdout).unwrap().contains("crew"));
    // Nor does another change of the account make them ours.
    let id = hub.user_id("eve");
    hub.admin()
        .patch(&format!("_ui/v1/users/{id}/"), r#"{"first_name": "Eve"}"#)
        .expect(200);
    assert!(apply(&users("")).starts_with("Nothing to do"));
    // What the document lists stays, also when the provider does not say so any more.
    let said = apply(&users("crew"));
    assert!(said.starts_with("+ group crew: user eve\n"), "{said}");
    assert!(apply(&users("crew")).starts_with("Nothing to do"));
    come_with(&mut browser, &forger, &hub, &json!({})).expect(302);
    assert_eq!(groups_of(&hub, "eve"), ["crew"]);
}

#[test]
fn a_claim_leads_into_no_group_that_comes_with_a_hub_unless_the_settings_list_it() {
    let claims = json!({"groups": ["system:partner-engineers", "system:own", "crew", "staff"]});
    let come = |listed: &str| {
        let (forger, hub) = pair(|settings| {
            settings.groups = GroupMapping::Create;
            settings.mapped_groups = GroupNames::parse(listed).unwrap();
        });
        come_with(&mut Browser::new(), &forger, &hub, &claims).expect(302);
        groups_of(&hub, "eve")
    };
    assert_eq!(come(""), ["crew", "staff"]);
    assert_eq!(come("crew"), ["crew"]);
    assert_eq!(
        come("crew, system:partner-engineers"),
        ["crew", "system:partner-engineers"]
    );
}

#[test]
fn a_session_on_the_word_of_a_provider_is_short_and_is_not_prolonged() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    for (age, hours) in [(14 * DAY, 12), (DAY / 24, 1)] {
        let forger = Forger::start();
        let hub = TestServer::with(|config| {
            config.single_sign_on.issuer = Issuer::parse(&forger.issuer);
            config.single_sign_on.client_id = Some("hub".to_owned());
            config.access.session_slides = true;
            config.access.session_age = age;
        });
        let mut browser = Browser::new();
        come_with(&mut browser, &forger, &hub, &json!({})).expect(302);
        // As if it had been used a while ago: the next use is written down, and moves the end of those that slide.
        hub.sql("UPDATE session SET used_at = used_at - 600000000");
        let page = browser.get(&format!("{}/api/galaxy/_ui/v1/me/", hub.origin()));
        page.expect(200);
        let used = "SELECT count(*) || '' FROM session WHERE used_at >= created_at AND ?";
        until(|| texts(&hub, used, "1") == ["1"]);
        let length = "SELECT CAST((expires_at - created_at) / 3600000000 AS TEXT) FROM session
            WHERE used_at >= created_at AND ?";
        assert_eq!(texts(&hub, length, "1"), [hours.to_string()]);
    }
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
