//! Signing in with what a forger hands out.

use pocket_galaxy::config::single_sign_on::SingleSignOn;
use pocket_galaxy::kernel::clock::Clock;
use serde_json::Value;
use serde_json::json;

use crate::sso::browser::Browser;
use crate::sso::browser::Page;
use crate::sso::forger::Forger;
use crate::sso::forger::signed;
use crate::sso::hub::begin;
use crate::sso::hub::hub;
use crate::support::server::TestServer;

pub fn pair(configure: impl FnOnce(&mut SingleSignOn)) -> (Forger, TestServer) {
    let forger = Forger::start();
    let hub = hub(&forger.issuer, "hub", configure);
    (forger, hub)
}

/// Claims that are as they must.
pub fn honest(forger: &Forger, nonce: &str) -> Value {
    let now = Clock::System.now().epoch_seconds();
    json!({
        "iss": forger.issuer, "aud": "hub", "sub": "42", "nonce": nonce, "iat": now, "exp": now + 300,
        "preferred_username": "eve", "groups": [],
    })
}

pub fn merged(mut claims: Value, changes: &Value) -> Value {
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
pub fn come_back(
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
pub fn come_with(
    browser: &mut Browser,
    forger: &Forger,
    hub: &TestServer,
    changes: &Value,
) -> Page {
    come_back(browser, forger, hub, |nonce| {
        signed(7, &merged(honest(forger, nonce), changes))
    })
}
