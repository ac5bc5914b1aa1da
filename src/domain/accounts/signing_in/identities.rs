//! Identities: what another server calls somebody, and the account that means here.
//!
//! An account is known by issuer and subject, which never change, and never by a name or an address, which people can
//! often choose themselves.

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::signing_in::sessions;
use crate::domain::accounts::users;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;

/// The account of an identity, and what the identity did to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The account.
    pub user: UserId,
    /// Its name.
    pub username: String,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Whether every permission test passes.
    pub is_superuser: bool,
    /// Whether that is so because the other server said so.
    pub made_superuser: bool,
}

const FIND: &str = "
    SELECT u.id, u.username, u.is_active, u.is_superuser, i.superuser
      FROM identity i JOIN user u ON u.id = i.user_id
     WHERE i.issuer = :issuer AND i.subject = :subject";

/// The account of an identity, if it has one.
pub fn find(tx: &ReadTx<'_>, issuer: &str, subject: &str) -> Result<Option<Linked>> {
    let found = tx.prepare_cached(FIND)?.query_row(
        named_params! {":issuer": issuer, ":subject": subject},
        |row| {
            Ok(Linked {
                user: row.get(0)?,
                username: row.get(1)?,
                is_active: row.get(2)?,
                is_superuser: row.get(3)?,
                made_superuser: row.get(4)?,
            })
        },
    );
    Ok(found.optional()?)
}

/// Whether another server vouches for `user`.
pub fn any_of(tx: &ReadTx<'_>, user: UserId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM identity WHERE user_id = :user)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":user": user}, |row| row.get(0))?)
}

const LINK: &str = "
    INSERT INTO identity (issuer, subject, user_id, created_at) VALUES (:issuer, :subject, :user, :now)
    ON CONFLICT (issuer, subject) DO UPDATE SET user_id = excluded.user_id, superuser = 0";

/// Has an identity mean `user`, and no longer whom it meant before: what it gave them is taken.
pub fn link(tx: &WriteTx<'_>, user: UserId, issuer: &str, subject: &str) -> Result<()> {
    match find(tx, issuer, subject)? {
        Some(before) if before.user == user => return Ok(()),
        Some(before) => take_back(tx, before.user)?,
        None => {}
    }
    tx.prepare_cached(LINK)?.execute(named_params! {
        ":issuer": issuer, ":subject": subject, ":user": user, ":now": tx.now,
    })?;
    Ok(())
}

/// Has no identity mean `user`, and returns how many did. What they gave is taken.
pub fn unlink(tx: &WriteTx<'_>, user: UserId) -> Result<usize> {
    take_back(tx, user)?;
    Ok(tx.execute(
        "DELETE FROM identity WHERE user_id = :user",
        named_params! {":user": user},
    )?)
}

const MADE_SUPERUSER: &str =
    "SELECT EXISTS (SELECT 1 FROM identity WHERE user_id = :user AND superuser)";

/// Takes what other servers gave: membership of groups, being a superuser, and the sessions, of which nobody knows who
/// began them. The next sign-in gives it again. Fails for the last superuser, if another server made it one.
fn take_back(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    let values = named_params! {":user": user};
    if tx.query_row(MADE_SUPERUSER, values, |row| row.get(0))? {
        users::keep_a_superuser(tx, user, "is_superuser")?;
        tx.execute("UPDATE user SET is_superuser = 0 WHERE id = :user", values)?;
    }
    let statements = [
        "UPDATE identity SET superuser = 0 WHERE user_id = :user",
        "DELETE FROM group_member WHERE user_id = :user AND source = 'claim'",
    ];
    for sql in statements {
        tx.execute(sql, values)?;
    }
    sessions::end_all(tx, user)
}

/// Remembers whether the identity made its account a superuser.
pub(in crate::domain::accounts) fn mark_superuser(
    tx: &WriteTx<'_>,
    issuer: &str,
    subject: &str,
    made: bool,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE identity SET superuser = :made WHERE issuer = :issuer AND subject = :subject",
    )?
    .execute(named_params! {":made": made, ":issuer": issuer, ":subject": subject})?;
    Ok(())
}
