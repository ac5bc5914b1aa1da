//! API tokens: 40 hexadecimal characters, stored only as their digest.

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use sha2::Digest as _;
use sha2::Sha256;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::UserId;
use crate::policy::reach::Reach;

/// The name of the token that the reference's one-token endpoint gives out and replaces.
pub const ONLY: &str = "";

/// Who a token stands for, and since when.
#[derive(Debug)]
pub struct Bearer {
    /// The user.
    pub user: UserId,
    /// The name they sign in with.
    pub username: String,
    /// Whether every permission test passes.
    pub is_superuser: bool,
    /// When the token was made.
    pub created_at: Timestamp,
    /// When it ends, if it has an end of its own.
    pub expires_at: Option<Timestamp>,
    /// How far it reaches.
    pub reach: Reach,
}

/// Makes another token for `user` and returns its text, which is seen this once.
pub fn create(tx: &WriteTx<'_>, user: UserId, name: &str) -> Result<String> {
    let mut random = [0_u8; 20];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let token = hex::encode(random);
    tx.prepare_cached("INSERT INTO token (user_id, name, digest, created_at) VALUES (:user, :name, :digest, :now)")?
        .execute(named_params! {":user": user, ":name": name, ":digest": digest(&token), ":now": tx.now})?;
    Ok(token)
}

/// Ends the tokens of `user` called `name`.
pub fn revoke(tx: &WriteTx<'_>, user: UserId, name: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM token WHERE user_id = :user AND name = :name")?
        .execute(named_params! {":user": user, ":name": name})?;
    Ok(())
}

/// Ends every token of `user`.
pub fn revoke_all(tx: &WriteTx<'_>, user: UserId) -> Result<usize> {
    Ok(tx
        .prepare_cached("DELETE FROM token WHERE user_id = :user")?
        .execute(named_params! {":user": user})?)
}

const FIND: &str = "
    SELECT u.id, u.username, u.is_superuser, t.created_at, t.expires_at, t.reach, t.reach_id
      FROM token t JOIN user u ON u.id = t.user_id
     WHERE t.digest = :digest AND u.is_active";

/// Who `token` stands for. Looked up by digest, so timing tells nothing about tokens that exist.
pub fn find(tx: &ReadTx<'_>, token: &str) -> Result<Option<Bearer>> {
    let bearer =
        tx.prepare_cached(FIND)?
            .query_row(named_params! {":digest": digest(token)}, |row| {
                Ok(Bearer {
                    user: row.get(0)?,
                    username: row.get(1)?,
                    is_superuser: row.get(2)?,
                    created_at: row.get(3)?,
                    expires_at: row.get(4)?,
                    reach: reach(row.get_ref(5)?.as_str()?, row.get(6)?),
                })
            });
    Ok(bearer.optional()?)
}

/// A reach as its columns spell it. One that this program does not know is the least there is.
pub(super) fn reach(kind: &str, id: Option<i64>) -> Reach {
    match (kind, id) {
        ("full", _) => Reach::Full,
        ("publish", Some(id)) => Reach::Publish(NamespaceId(id)),
        ("repository", Some(id)) => Reach::Repository(RepositoryId(id)),
        _ => Reach::Read,
    }
}

/// What is stored of a token.
pub fn digest(token: &str) -> Digest {
    Digest::from_bytes(Sha256::digest(token.as_bytes()).into())
}
