//! From credentials to an account.

use std::time::Duration;

use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::domain::accounts::passwords::verified::Verified;
use crate::domain::accounts::signing_in::sessions;
use crate::domain::accounts::signing_in::sessions::Session;
use crate::domain::accounts::signing_in::uses::Uses;
use crate::domain::accounts::tokens;
use crate::domain::accounts::users;
use crate::domain::accounts::users::User;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::policy::grants::GrantCache;
use crate::policy::principal::Account;
use crate::policy::principal::Via;
use crate::policy::reach::Reach;

/// The account a token stands for; `None` if it is unknown, expired, or its user inactive.
///
/// A token older than `lifetime` has expired, and so has one whose own end has come.
pub fn by_token(
    tx: &ReadTx<'_>,
    grants: &GrantCache,
    uses: &Uses,
    token: &str,
    now: Timestamp,
    lifetime: Option<Duration>,
) -> Result<Option<Account>> {
    let Some(bearer) = tokens::find(tx, token)? else {
        return Ok(None);
    };
    if tokens::end_of(bearer.created_at, bearer.expires_at, lifetime).is_some_and(|end| end <= now)
    {
        return Ok(None);
    }
    uses.token(bearer.id, bearer.used_at, now);
    Ok(Some(Account {
        id: bearer.user,
        username: bearer.username,
        grants: grants.of(tx, bearer.user, bearer.is_superuser)?,
        reach: bearer.reach,
        via: Via::Token,
    }))
}

/// The account a session stands for, and the session; `None` if its cookie is unknown or its end has come.
pub fn by_session(
    tx: &ReadTx<'_>,
    grants: &GrantCache,
    uses: &Uses,
    cookie: &str,
    now: Timestamp,
) -> Result<Option<(Account, Session)>> {
    let Some(session) = sessions::find(tx, cookie, now)? else {
        return Ok(None);
    };
    uses.session(session.id, session.used_at, now);
    let account = Account {
        id: session.user,
        username: session.username.clone(),
        grants: grants.of(tx, session.user, session.is_superuser)?,
        reach: Reach::Full,
        via: Via::Session,
    };
    Ok(Some((account, session)))
}

/// The account a username and password stand for. Unknown user and wrong password look and last the same.
///
/// The password is checked between two transactions: it takes long, and would keep a connection from others.
/// One that is stored otherwise than the settings say is stored anew.
pub fn by_password(
    db: &Db,
    verified: &Verified,
    grants: &GrantCache,
    username: &str,
    password: &str,
) -> Result<Option<Account>> {
    let Some(user) = db.read(|tx| users::find(tx, username))? else {
        verified.burn(password);
        return Ok(None);
    };
    if !verified.matches(&user.password, password) || !user.is_active {
        return Ok(None);
    }
    if verified.is_outdated(&user.password)
        && let Err(error) = rehash(db, verified, &user, password)
    {
        // The password is right all the same; the next sign-in tries again.
        tracing::warn!("storing a password anew: {error}");
    }
    let grants = db.read(|tx| grants.of(tx, user.id, user.is_superuser))?;
    Ok(Some(Account {
        id: user.id,
        username: user.username,
        grants,
        reach: Reach::Full,
        via: Via::Password,
    }))
}

fn rehash(db: &Db, verified: &Verified, user: &User, password: &str) -> Result<()> {
    let hash = verified.hash(password)?;
    db.write(|tx| users::rehash(tx, user.id, &user.password, &hash))
}
