//! Sessions: browsers that signed in, known by a cookie of which only the digest is stored.

use std::net::IpAddr;
use std::time::Duration;

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::kernel::random;

/// Longest description of a browser that is kept, in characters.
const USER_AGENT_MAX: usize = 200;

/// Sessions a user has at most; another one ends the one that was used least recently. More than anybody has
/// browsers, and few enough that a program which signs in for every request does no harm.
const SESSIONS_MAX: i64 = 100;

/// Where somebody signs in from.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// The address, if it is known.
    pub address: Option<IpAddr>,
    /// What the browser says of itself.
    pub user_agent: String,
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// From its beginning.
    pub length: Duration,
    /// Whether using it may prolong it, where the settings say that sessions slide.
    pub slides: bool,
}

/// Who a session stands for.
#[derive(Debug)]
pub struct Session {
    /// The row.
    pub id: SessionId,
    /// The user.
    pub user: UserId,
    /// The name they sign in with.
    pub username: String,
    /// Whether every permission test passes.
    pub is_superuser: bool,
    /// When it was last used, about.
    pub used_at: Timestamp,
    /// Whether using it may move its end.
    pub slides: bool,
}

/// A session as its user sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row.
    pub id: SessionId,
    /// Where it was begun from; empty if that was not known.
    pub address: String,
    /// What the browser said of itself.
    pub user_agent: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, about.
    pub used_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

const CREATE: &str = "
    INSERT INTO session (user_id, digest, address, user_agent, created_at, used_at, expires_at, slides)
    SELECT id, :digest, :address, :user_agent, :now, :now, :expires, :slides FROM user WHERE id = :user AND is_active";

const END_OLDEST: &str = "
    DELETE FROM session WHERE id IN (
        SELECT id FROM session WHERE user_id = :user ORDER BY used_at DESC, id DESC LIMIT -1 OFFSET :most)";

/// Starts a session of `user` and returns the text of its cookie, which is seen this once: 256 random bits.
/// `None` if the user is not active any more.
pub fn create(
    tx: &WriteTx<'_>,
    user: UserId,
    browser: &Browser,
    lifetime: Lifetime,
) -> Result<Option<String>> {
    let cookie = hex::encode(random::bytes::<32>()?);
    let address = browser
        .address
        .map_or(String::new(), |address| address.to_string());
    let user_agent: String = browser.user_agent.chars().take(USER_AGENT_MAX).collect();
    let begun = tx.prepare_cached(CREATE)?.execute(named_params! {
        ":user": user, ":digest": digest(&cookie), ":address": address, ":user_agent": user_agent,
        ":now": tx.now, ":expires": tx.now.after(lifetime.length), ":slides": lifetime.slides,
    })?;
    tx.prepare_cached(END_OLDEST)?
        .execute(named_params! {":user": user, ":most": SESSIONS_MAX})?;
    Ok((begun > 0).then_some(cookie))
}

/// Ends the session of a cookie, if there is one.
pub fn end(tx: &WriteTx<'_>, cookie: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM session WHERE digest = :digest")?
        .execute(named_params! {":digest": digest(cookie)})?;
    Ok(())
}

/// Ends every session of `user`.
pub fn end_all(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.prepare_cached("DELETE FROM session WHERE user_id = :user")?
        .execute(named_params! {":user": user})?;
    Ok(())
}

/// Ends one session of `user`. Fails if that user has no such session.
pub fn revoke(tx: &WriteTx<'_>, user: UserId, id: SessionId) -> Result<()> {
    let ended = tx
        .prepare_cached("DELETE FROM session WHERE user_id = :user AND id = :id")?
        .execute(named_params! {":user": user, ":id": id})?;
    match ended {
        0 => Err(Error::NotFound(Noun::Session(id.0))),
        _ => Ok(()),
    }
}

/// The sessions of `user`, the one used last first.
pub fn list(tx: &ReadTx<'_>, user: UserId, now: Timestamp, window: Window) -> Result<Page<Listed>> {
    Select::new(
        "id, address, user_agent, created_at, used_at, expires_at",
        "session",
    )
    .filter("user_id = ?", user)
    .filter("expires_at > ?", now)
    .order_by("used_at DESC, id DESC")
    .page(tx, window, |row| {
        Ok(Listed {
            id: row.get(0)?,
            address: row.get(1)?,
            user_agent: row.get(2)?,
            created_at: row.get(3)?,
            used_at: row.get(4)?,
            expires_at: row.get(5)?,
        })
    })
}

/// Whether there are sessions to [`sweep`].
pub fn any_ended(tx: &ReadTx<'_>, now: Timestamp) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM session WHERE expires_at <= :now)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":now": now}, |row| row.get(0))?)
}

/// Clears away sessions that have ended.
pub fn sweep(tx: &WriteTx<'_>) -> Result<()> {
    tx.prepare_cached("DELETE FROM session WHERE expires_at <= :now")?
        .execute(named_params! {":now": tx.now})?;
    Ok(())
}

const FIND: &str = "
    SELECT s.id, u.id, u.username, u.is_superuser, s.used_at, s.slides
      FROM session s JOIN user u ON u.id = s.user_id
     WHERE s.digest = :digest AND s.expires_at > :now AND u.is_active";

/// The session of a cookie. Looked up by digest, so timing tells nothing about sessions that exist.
pub fn find(tx: &ReadTx<'_>, cookie: &str, now: Timestamp) -> Result<Option<Session>> {
    let found = tx.prepare_cached(FIND)?.query_row(
        named_params! {":digest": digest(cookie), ":now": now},
        |row| {
            Ok(Session {
                id: row.get(0)?,
                user: row.get(1)?,
                username: row.get(2)?,
                is_superuser: row.get(3)?,
                used_at: row.get(4)?,
                slides: row.get(5)?,
            })
        },
    );
    Ok(found.optional()?)
}

fn digest(cookie: &str) -> Digest {
    Digest::of(cookie.as_bytes())
}
