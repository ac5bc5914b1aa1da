//! From credentials to a viewer.

use std::time::Duration;

use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::domain::accounts::passwords;
use crate::domain::accounts::tokens;
use crate::domain::accounts::users;
use crate::domain::accounts::verified::Verified;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Credentials;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::grants::GrantCache;
use crate::policy::principal::Account;
use crate::policy::principal::Via;
use crate::policy::principal::Viewer;
use crate::policy::reach::Reach;

/// The viewer a token stands for; `None` if it is unknown, expired, or its user inactive.
///
/// A token older than `lifetime` has expired, and so has one whose own end has come.
pub fn by_token(
    tx: &ReadTx<'_>,
    grants: &GrantCache,
    token: &str,
    now: Timestamp,
    lifetime: Option<Duration>,
) -> Result<Option<Viewer>> {
    let Some(bearer) = tokens::find(tx, token)? else {
        return Ok(None);
    };
    let too_old = lifetime.is_some_and(|lifetime| bearer.created_at.after(lifetime) <= now);
    if too_old || bearer.expires_at.is_some_and(|end| end <= now) {
        return Ok(None);
    }
    Ok(Some(Viewer::User(Account {
        id: bearer.user,
        username: bearer.username,
        grants: grants.of(tx, bearer.user, bearer.is_superuser)?,
        reach: bearer.reach,
        via: Via::Token,
    })))
}

/// The viewer a username and password stand for. Unknown user and wrong password look and last the same.
///
/// The password is checked between two transactions: it takes long, and would keep a connection from others.
pub fn by_password(
    db: &Db,
    verified: &Verified,
    grants: &GrantCache,
    username: &str,
    password: &str,
) -> Result<Viewer> {
    let Some(user) = db.read(|tx| users::find(tx, username))? else {
        passwords::burn(password);
        return Err(refused());
    };
    if !verified.matches(&user.password, password) || !user.is_active {
        return Err(refused());
    }
    let grants = db.read(|tx| grants.of(tx, user.id, user.is_superuser))?;
    Ok(Viewer::User(Account {
        id: user.id,
        username: user.username,
        grants,
        reach: Reach::Full,
        via: Via::Password,
    }))
}

fn refused() -> Error {
    Error::Unauthenticated(Credentials::Refused("Invalid username/password."))
}
