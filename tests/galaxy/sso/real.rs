//! The whole way, with a real provider.

use std::process::Command;

use pocket_galaxy::config::Config;
use pocket_galaxy::config::single_sign_on::GroupMapping;
use pocket_galaxy::config::single_sign_on::SingleSignOn;
use serde_json::json;

use crate::sso::browser::Browser;
use crate::sso::browser::Page;
use crate::sso::hub::begin;
use crate::sso::hub::groups_of;
use crate::sso::hub::hub;
use crate::sso::hub::is_superuser;
use crate::sso::hub::secret;
use crate::sso::hub::signed_in;
use crate::sso::hub::texts;
use crate::sso::hub::trail;
use crate::sso::provider::CLIENT;
use crate::sso::provider::Provider;
use crate::sso::provider::SECRET;
use crate::support::process::PROGRAM;
use crate::support::server::TestServer;

/// A provider with somebody called ana, and a hub that trusts it.
fn pair(configure: impl FnOnce(&mut SingleSignOn)) -> (Provider, TestServer) {
    let mut provider = Provider::start();
    provider.add("ana");
    let hub = hub(&provider.issuer, CLIENT, |settings| {
        settings.client_secret = secret(SECRET);
        settings.scopes = "openid profile email groups".to_owned();
        configure(settings);
    });
    let back = format!("{}/complete/oidc/", hub.origin());
    provider.order(&json!({"client": back}));
    (provider, hub)
}

/// Signs in all the way; the answer is that of the way back.
fn sign_in(browser: &mut Browser, provider: &Provider, hub: &TestServer, user: &str) -> Page {
    let sent_to = begin(browser, hub, "/").leads_to().to_owned();
    let back = provider.sign_in(browser, &sent_to, user);
    browser.get(&back)
}

#[test]
fn somebody_new_signs_in_at_a_real_provider_and_comes_back_to_where_they_were() {
    let (provider, hub) = pair(|_| {});
    let mut browser = Browser::new();
    let start = begin(&mut browser, &hub, "/ui/collections%3Fx=1");
    assert_eq!(start.parameter("code_challenge_method"), "S256");
    assert_eq!(start.parameter("scope"), "openid profile email groups");
    assert!(start.set_cookies[0].contains("; Path=/complete/oidc; SameSite=Lax; HttpOnly"));
    let back = provider.sign_in(&mut browser, start.leads_to(), "ana");
    let page = browser.get(&back).expect(302);
    assert_eq!(
        page.leads_to(),
        format!("{}/ui/collections?x=1", hub.origin())
    );
    let mut cookies = page.set_cookies.iter();
    let session = cookies.find(|cookie| cookie.starts_with("sessionid="));
    assert!(
        session
            .unwrap()
            .contains("; Path=/; SameSite=Lax; HttpOnly"),
        "{session:?}"
    );
    assert_eq!(signed_in(&browser, &hub).as_deref(), Some("ana"));
    assert_eq!(browser.cookie(&hub.origin(), "oidc_attempt"), None);
    assert_eq!(trail(&hub), ["ana|session|user ana|done|account created"]);
    let profile =
        "SELECT email || ' ' || first_name || ' ' || last_name FROM user WHERE username = ?";
    assert_eq!(texts(&hub, profile, "ana"), ["ana@example.org Ana Tester"]);
    assert!(!is_superuser(&hub, "ana"));
    // The second time it is the same account.
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert_eq!((hub.rows("user"), hub.rows("identity")), (2, 1));
    assert_eq!(hub.rows("session"), 1, "the session before has ended");
    let told = hub.admin().get("_ui/v1/users/?username=ana").json();
    assert_eq!(told["data"][0]["auth_provider"][0], "oidc");
    let flags = hub.anonymous().get("_ui/v1/feature-flags/").json();
    assert_eq!(flags["external_authentication"], true);
}

#[test]
fn the_account_has_no_password() {
    let (provider, hub) = pair(|_| {});
    sign_in(&mut Browser::new(), &provider, &hub, "ana").expect(302);
    for guess in ["!", "", "correct horse battery"] {
        use base64::Engine;
        let basic = base64::prelude::BASE64_STANDARD.encode(format!("ana:{guess}"));
        let client = hub.anonymous().authorized(&format!("Basic {basic}"));
        client.get("v3/collections/").expect(401);
    }
}

#[test]
fn groups_follow_the_provider_and_leave_alone_what_people_did_here() {
    let (mut provider, hub) = pair(|settings| {
        settings.superuser_group = Some("masters".to_owned());
    });
    let mut browser = Browser::new();
    hub.sql("INSERT INTO user_group (uuid, name, created_at) VALUES ('a', 'staff', 0), ('b', 'devs', 0), ('c', 'own', 0)",
    );
    provider.put_into("ana", &["staff", "masters", "elsewhere"]);
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert_eq!(groups_of(&hub, "ana"), ["staff"]);
    assert!(is_superuser(&hub, "ana"));
    hub.sql(
        "INSERT INTO group_member (group_id, user_id)
         SELECT g.id, u.id FROM user_group g, user u WHERE g.name = 'own' AND u.username = 'ana'",
    );
    provider.put_into("ana", &["devs"]);
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert_eq!(groups_of(&hub, "ana"), ["devs", "own"]);
    assert!(!is_superuser(&hub, "ana"));
    provider.put_into("ana", &[]);
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert_eq!(groups_of(&hub, "ana"), ["own"]);
    assert_eq!(
        trail(&hub),
        [
            "ana|session|user ana|done|account created; joined group staff; became superuser",
            "ana|session|user ana|done|joined group devs; left group staff; is no longer superuser",
            "ana|session|user ana|done|left group devs",
        ]
    );
}

#[test]
fn a_superuser_by_hand_stays_one_and_missing_groups_are_made_where_the_settings_say_so() {
    let (mut provider, hub) = pair(|settings| {
        settings.groups = GroupMapping::Create;
        settings.superuser_group = Some("masters".to_owned());
    });
    let mut browser = Browser::new();
    provider.put_into("ana", &["new"]);
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert_eq!(groups_of(&hub, "ana"), ["new"]);
    hub.sql("UPDATE user SET is_superuser = 1");
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert!(is_superuser(&hub, "ana"));
}

#[test]
fn a_name_that_is_taken_here_is_not_the_way_to_its_account() {
    let (provider, hub) = pair(|_| {});
    hub.user("ana", &[]);
    let mut browser = Browser::new();
    let page = sign_in(&mut browser, &provider, &hub, "ana").expect(403);
    let issuer = &provider.issuer;
    let command = format!("pocket-galaxy user link ana --issuer={issuer} --subject=ana");
    assert!(page.text.contains(&command), "{}", page.text);
    assert_eq!(signed_in(&browser, &hub), None);
    assert_eq!((hub.rows("identity"), hub.rows("session")), (0, 0));
    let row = trail(&hub).pop().unwrap();
    assert!(row.starts_with(&format!("ana|stranger|identity ana of {issuer}|refused|")));
    // The administrator does what it says.
    let done = Command::new(PROGRAM)
        .args(command.split(' ').skip(1))
        .arg("--data")
        .arg(hub.data())
        .status();
    assert!(done.unwrap().success());
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert_eq!(signed_in(&browser, &hub).as_deref(), Some("ana"));
    assert_eq!(hub.rows("user"), 2);
}

#[test]
fn who_is_deactivated_stays_out() {
    let (provider, hub) = pair(|_| {});
    let mut browser = Browser::new();
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    hub.sql("UPDATE user SET is_active = 0 WHERE username = 'ana'");
    let page = sign_in(&mut browser, &provider, &hub, "ana").expect(403);
    assert!(page.text.contains("deactivated"), "{}", page.text);
    assert_eq!((signed_in(&browser, &hub), hub.rows("session")), (None, 0));
}

#[test]
fn the_settings_decide_who_may_come() {
    let (mut provider, mut hub) = pair(|settings| settings.creates_accounts = false);
    let mut browser = Browser::new();
    let page = sign_in(&mut browser, &provider, &hub, "ana").expect(403);
    assert!(page.text.contains("user link NAME"), "{}", page.text);
    let required = |config: &mut Config| {
        config.single_sign_on.creates_accounts = true;
        config.single_sign_on.required_group = Some("staff".to_owned());
    };
    hub.restart_with(required);
    let client = json!({"client": format!("{}/complete/oidc/", hub.origin())});
    provider.order(&client);
    let page = sign_in(&mut browser, &provider, &hub, "ana").expect(403);
    assert!(page.text.contains("group"), "{}", page.text);
    provider.put_into("ana", &["staff"]);
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    assert_eq!(hub.rows("session"), 1);
}

#[test]
fn a_new_key_of_the_provider_is_found() {
    let (mut provider, hub) = pair(|_| {});
    let mut browser = Browser::new();
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
    provider.order(&json!({"rotate": true}));
    std::thread::sleep(std::time::Duration::from_millis(2100));
    sign_in(&mut browser, &provider, &hub, "ana").expect(302);
}

#[test]
fn what_the_provider_refuses_signs_nobody_in() {
    let (provider, hub) = pair(|settings| settings.client_secret = None);
    let mut browser = Browser::new();
    let page = sign_in(&mut browser, &provider, &hub, "ana").expect(403);
    assert!(page.text.contains("not accepted"), "{}", page.text);
    assert!(!page.text.contains("invalid_client"), "{}", page.text);
    assert_eq!(hub.rows("user"), 1);
}

#[test]
fn a_code_is_good_for_the_sign_in_that_it_was_made_for() {
    let (provider, hub) = pair(|_| {});
    let mut browser = Browser::new();
    let sent_to = begin(&mut browser, &hub, "/").leads_to().to_owned();
    let back = provider.sign_in(&mut browser, &sent_to, "ana");
    let stolen = url::Url::parse(&back).unwrap();
    let stolen = stolen.query_pairs().find(|(name, _)| name == "code");
    let stolen = stolen.unwrap().1.into_owned();
    // Injected into a sign-in that somebody else began, the code lacks its verifier.
    let mut victim = Browser::new();
    let state = begin(&mut victim, &hub, "/").parameter("state");
    let injected = format!(
        "{}/complete/oidc/?code={stolen}&state={state}",
        hub.origin()
    );
    victim.get(&injected).expect(403);
    assert_eq!(signed_in(&victim, &hub), None);
    assert_eq!(hub.rows("session"), 0);
}

#[test]
fn an_answer_is_good_for_one_browser_and_one_time() {
    let (provider, hub) = pair(|_| {});
    let mut browser = Browser::new();
    let sent_to = begin(&mut browser, &hub, "/").leads_to().to_owned();
    let back = provider.sign_in(&mut browser, &sent_to, "ana");
    // Somebody else's browser: with no attempt, and with another one.
    let mut thief = Browser::new();
    let page = thief.get(&back).expect(400);
    assert!(
        page.text.contains("Begin again at /login/oidc/"),
        "{}",
        page.text
    );
    begin(&mut thief, &hub, "/");
    thief.get(&back).expect(400);
    let attempt = browser
        .cookie(&hub.origin(), "oidc_attempt")
        .unwrap()
        .to_owned();
    browser.get(&back).expect(302);
    browser.plant(&hub.origin(), "oidc_attempt", &attempt);
    let page = browser.get(&back).expect(400);
    assert!(page.text.contains("used already"), "{}", page.text);
    assert_eq!(hub.rows("session"), 1);
}

#[test]
fn a_provider_that_is_gone_keeps_nobody_else_waiting() {
    let (provider, hub) = pair(|_| {});
    drop(provider);
    let mut browser = Browser::new();
    let page = browser
        .get(&format!("{}/login/oidc/", hub.origin()))
        .expect(502);
    assert!(page.text.contains("Try again later"), "{}", page.text);
    assert!(!page.text.contains("127.0.0.1"), "{}", page.text);
    hub.admin().get("v3/namespaces/").expect(200);
}
