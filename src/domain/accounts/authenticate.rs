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
use crate::kernel::ids::UserId;
use crate::policy::grants;
use crate::policy::principal::Account;
use crate::policy::principal::Viewer;

/// The viewer a token stands for; `None` if it is unknown, expired, or its user inactive.
///
/// A token older than `lifetime` has expired; without a lifetime none does.
pub fn by_token(
    tx: &ReadTx<'_>,
    token: &str,
    now: Timestamp,
    lifetime: Option<Duration>,
) -> Result<Option<Viewer>> {
    let Some(bearer) = tokens::find(tx, token)? else {
        return Ok(None);
    };
    if lifetime.is_some_and(|lifetime| bearer.created_at.after(lifetime) <= now) {
        return Ok(None);
    }
    viewer(tx, bearer.user, bearer.username, bearer.is_superuser).map(Some)
}

/// The viewer a username and password stand for. Unknown user and wrong password look and last the same.
///
/// The password is checked between two transactions: it takes long, and would keep a connection from others.
pub fn by_password(db: &Db, verified: &Verified, username: &str, password: &str) -> Result<Viewer> {
    let Some(user) = db.read(|tx| users::find(tx, username))? else {
        passwords::burn(password);
        return Err(refused());
    };
    if !verified.matches(&user.password, password) || !user.is_active {
        return Err(refused());
    }
    db.read(|tx| viewer(tx, user.id, user.username, user.is_superuser))
}

fn viewer(tx: &ReadTx<'_>, id: UserId, username: String, is_superuser: bool) -> Result<Viewer> {
    let grants = grants::load(tx, id, is_superuser)?;
    Ok(Viewer::User(Account {
        id,
        username,
        grants,
    }))
}

fn refused() -> Error {
    Error::Unauthenticated(Credentials::Refused("Invalid username/password."))
}
