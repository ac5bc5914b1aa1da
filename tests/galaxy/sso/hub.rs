//! A hub that trusts a provider, and what is in it.

use pocket_galaxy::config::Config;
use pocket_galaxy::config::Secret;
use pocket_galaxy::config::single_sign_on::Issuer;
use pocket_galaxy::config::single_sign_on::SingleSignOn;
use pocket_galaxy::domain::accounts::signing_in::sessions;
use pocket_galaxy::kernel::clock::Clock;

use crate::sso::browser::Browser;
use crate::sso::browser::Page;
use crate::support::server::TestServer;

/// A hub that trusts `issuer`.
pub fn hub(issuer: &str, client: &str, configure: impl FnOnce(&mut SingleSignOn)) -> TestServer {
    TestServer::with(|config: &mut Config| {
        let settings = &mut config.single_sign_on;
        settings.issuer = Issuer::parse(issuer);
        settings.client_id = Some(client.to_owned());
        configure(settings);
    })
}

/// A secret: they are made by reading settings only.
pub fn secret(text: &str) -> Option<Secret> {
    let flags = clap::Command::new("test").get_matches_from(["test"]);
    let environment = |name: &str| (name == "GALAXY_OIDC_CLIENT_SECRET").then(|| text.into());
    let config = Config::load_with(&flags, &environment).unwrap();
    config.single_sign_on.client_secret
}

/// Begins to sign in: the answer sends the browser to the provider.
pub fn begin(browser: &mut Browser, hub: &TestServer, next: &str) -> Page {
    let page = browser.get(&format!("{}/login/oidc/?next={next}", hub.origin()));
    page.expect(302)
}

/// Who the session of a browser stands for, if there is one.
pub fn signed_in(browser: &Browser, hub: &TestServer) -> Option<String> {
    let cookie = browser.cookie(&hub.origin(), "sessionid")?;
    let session = hub
        .db()
        .read(|tx| sessions::find(tx, cookie, Clock::System.now()));
    session.unwrap().map(|session| session.username)
}

/// The groups somebody is in, by name.
pub fn groups_of(hub: &TestServer, user: &str) -> Vec<String> {
    texts(
        hub,
        "SELECT g.name FROM group_member m JOIN user_group g ON g.id = m.group_id JOIN user u ON u.id = m.user_id
          WHERE u.username = ? ORDER BY g.name",
        user,
    )
}

/// The audit trail of single sign-on: actor, how, object, outcome and detail of each row.
pub fn trail(hub: &TestServer) -> Vec<String> {
    texts(
        hub,
        "SELECT actor || '|' || via || '|' || object || '|' || outcome || '|' || detail FROM audit
          WHERE action = ? ORDER BY id",
        "SingleSignOn",
    )
}

/// Whether somebody is a superuser.
pub fn is_superuser(hub: &TestServer, user: &str) -> bool {
    let sql = "SELECT CAST(is_superuser AS TEXT) FROM user WHERE username = ?";
    texts(hub, sql, user) == ["1"]
}

/// The first column of the rows of a query with one parameter.
pub fn texts(hub: &TestServer, sql: &str, parameter: &str) -> Vec<String> {
    let found = hub.db().read(|tx| {
        let mut statement = tx.prepare(sql)?;
        let rows = statement.query_map([parameter], |row| row.get(0))?;
        Ok(rows.collect::<Result<Vec<String>, _>>()?)
    });
    found.unwrap()
}
