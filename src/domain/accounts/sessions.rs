//! Sessions: browsers that signed in, known by a cookie of which only the digest is stored.

use std::net::IpAddr;
use std::time::Duration;

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use sha2::Digest as _;
use sha2::Sha256;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::UserId;

/// Longest description of a browser that is kept, in characters.
const USER_AGENT_MAX: usize = 200;

/// Where somebody signs in from.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// The address, if it is known.
    pub address: Option<IpAddr>,
    /// What the browser says of itself.
    pub user_agent: String,
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
}

const CREATE: &str = "
    INSERT INTO session (user_id, digest, address, user_agent, created_at, used_at, expires_at)
    VALUES (:user, :digest, :address, :user_agent, :now, :now, :expires)";

/// Starts a session of `user` and returns the text of its cookie, which is seen this once: 256 random bits.
pub fn create(
    tx: &WriteTx<'_>,
    user: UserId,
    browser: &Browser,
    lifetime: Duration,
) -> Result<String> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let cookie = hex::encode(random);
    let address = browser
        .address
        .map_or(String::new(), |address| address.to_string());
    let user_agent: String = browser.user_agent.chars().take(USER_AGENT_MAX).collect();
    tx.prepare_cached(CREATE)?.execute(named_params! {
        ":user": user, ":digest": digest(&cookie), ":address": address, ":user_agent": user_agent,
        ":now": tx.now, ":expires": tx.now.after(lifetime),
    })?;
    Ok(cookie)
}

const FIND: &str = "
    SELECT s.id, u.id, u.username, u.is_superuser
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
            })
        },
    );
    Ok(found.optional()?)
}

/// Ends every session of `user`.
pub fn end_all(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.prepare_cached("DELETE FROM session WHERE user_id = :user")?
        .execute(named_params! {":user": user})?;
    Ok(())
}

fn digest(cookie: &str) -> Digest {
    Digest::from_bytes(Sha256::digest(cookie.as_bytes()).into())
}
