//! From credentials to a viewer.

use std::time::Duration;

use crate::db::tx::ReadTx;
use crate::domain::accounts::passwords;
use crate::domain::accounts::tokens;
use crate::domain::accounts::users;
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
pub fn by_password(tx: &ReadTx<'_>, username: &str, password: &str) -> Result<Viewer> {
    match users::find(tx, username)? {
        Some(user) if user.password.matches(password) && user.is_active => {
            viewer(tx, user.id, user.username, user.is_superuser)
        }
        Some(_) => Err(refused()),
        None => {
            passwords::burn(password);
            Err(refused())
        }
    }
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
