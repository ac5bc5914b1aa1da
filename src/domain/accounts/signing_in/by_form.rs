//! Signing in with a form, and out again.

use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::domain::accounts::passwords::verified::Verified;
use crate::domain::accounts::signing_in::authenticate;
use crate::domain::accounts::signing_in::sessions;
use crate::domain::accounts::signing_in::sessions::Browser;
use crate::domain::accounts::signing_in::sessions::Lifetime;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::domain::audit::Actor;
use crate::domain::audit::Entry;
use crate::domain::audit::Outcome;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::grants::GrantCache;
use crate::policy::permit::Permit;

/// What somebody typed, and where.
pub struct Form {
    /// Who they say they are.
    pub username: String,
    /// The proof.
    pub password: String,
    /// Where they sit.
    pub browser: Browser,
    /// The cookie of a session they had so far, which ends: a cookie somebody else planted is worth nothing after.
    pub before: Option<String>,
}

/// Starts a session and returns the text of its cookie; `None` for wrong credentials. Either is in the audit trail.
pub fn sign_in(
    db: &Db,
    verified: &Verified,
    grants: &GrantCache,
    form: &Form,
    lifetime: Lifetime,
) -> Result<Option<String>> {
    let found = authenticate::by_password(db, verified, grants, &form.username, &form.password)?;
    let Some(account) = found else {
        db.write(|tx| refuse(tx, form))?;
        return Ok(None);
    };
    db.write(|tx| {
        let Some(cookie) = sessions::create(tx, account.id, &form.browser, lifetime)? else {
            return refuse(tx, form).map(|()| None);
        };
        if let Some(before) = &form.before {
            sessions::end(tx, before)?;
        }
        let actor = Actor {
            id: Some(account.id),
            name: account.username.clone(),
            via: account.via.as_str(),
            address: form.browser.address,
        };
        note(tx, actor, &account.username, Outcome::Done)?;
        Ok(Some(cookie))
    })
}

/// A name nobody has is not written down: people type their password into the wrong field.
fn refuse(tx: &WriteTx<'_>, form: &Form) -> Result<()> {
    let known = users::find(tx, &form.username)?.map(|user| user.username);
    let actor = Actor::stranger(known.clone().unwrap_or_default(), form.browser.address);
    note(
        tx,
        actor,
        known.as_deref().unwrap_or("nobody"),
        Outcome::Refused,
    )
}

fn note(tx: &WriteTx<'_>, actor: Actor, username: &str, outcome: Outcome) -> Result<()> {
    audit::write(
        tx,
        &Entry {
            actor,
            action: Action::SessionStart.name().to_owned(),
            object: format!("session of {username}"),
            outcome,
            detail: String::new(),
        },
    )
}

/// Ends the session of a cookie.
pub fn sign_out(tx: &WriteTx<'_>, permit: &Permit, cookie: &str) -> Result<()> {
    sessions::end(tx, cookie)?;
    let name = permit.account()?.username.clone();
    audit::record(tx, permit, format!("session of {name}"))
}
