//! API tokens: 40 hexadecimal characters, stored only as their digest.

use std::time::Duration;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;

use crate::db::select::Select;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::TokenId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::kernel::random;
use crate::policy::reach::Reach;

/// The name of the token that the reference's one-token endpoint gives out and replaces.
pub const ONLY: &str = "";

/// Longest name of a token, in characters.
const NAME_MAX: usize = 100;

/// Tokens a user has at most, so that nobody fills the database by asking for more.
const TOKENS_MAX: i64 = 200;

/// Who a token stands for, and since when.
#[derive(Debug)]
pub struct Bearer {
    /// The row.
    pub id: TokenId,
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
    /// When it was last used, about.
    pub used_at: Option<Timestamp>,
}

/// A token that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewToken {
    /// What its user calls it.
    pub name: String,
    /// When it ends, if it has an end of its own.
    pub expires_at: Option<Timestamp>,
    /// How far it reaches.
    pub reach: Reach,
}

/// A token as its user sees it, which is without its text.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row.
    pub id: TokenId,
    /// What its user calls it; empty for the one of the reference's endpoint.
    pub name: String,
    /// How far it reaches.
    pub reach: Reach,
    /// The name of the namespace or repository it reaches, if it is limited to one.
    pub target: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it has an end of its own.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, about.
    pub used_at: Option<Timestamp>,
}

const CREATE: &str = "
    INSERT INTO token (user_id, name, digest, created_at, expires_at, reach, reach_id)
    VALUES (:user, :name, :digest, :now, :expires, :reach, :reach_id)";

/// Makes another token for `user`, whether there is one of that name or not, and returns its text, which is seen
/// this once.
pub fn create(tx: &WriteTx<'_>, user: UserId, name: &str) -> Result<String> {
    let new = NewToken {
        name: name.to_owned(),
        ..NewToken::default()
    };
    insert(tx, user, &new).map(|(_, text)| text)
}

/// Makes a token that is known by its name, and returns its row and its text, which is seen this once.
///
/// Fails if the user has one of that name, or too many, or if the name or the end is none.
pub fn issue(tx: &WriteTx<'_>, user: UserId, new: &NewToken) -> Result<(TokenId, String)> {
    check(new, tx.now)?;
    if is_taken(tx, user, &new.name)? {
        return Err(Error::Conflict(Conflict::TokenExists(new.name.clone())));
    }
    let sql = "SELECT count(*) FROM token WHERE user_id = :user";
    let count: i64 = tx
        .prepare_cached(sql)?
        .query_row(named_params! {":user": user}, |row| row.get(0))?;
    if count >= TOKENS_MAX {
        let message =
            format!("There are {count} tokens already. Revoke those that are not needed any more.");
        return Err(Error::Invalid(vec![Fault::new(None, "invalid", message)]));
    }
    insert(tx, user, new)
}

/// The first of `name`, `name 2`, `name 3`, … that is free.
pub fn free_name(tx: &ReadTx<'_>, user: UserId, name: &str) -> Result<String> {
    let (mut candidate, mut number) = (name.to_owned(), 1_u32);
    while is_taken(tx, user, &candidate)? {
        number += 1;
        candidate = format!("{name} {number}");
    }
    Ok(candidate)
}

fn check(new: &NewToken, now: Timestamp) -> Result<()> {
    let name = new.name.trim();
    if name.is_empty() {
        return Err(Error::invalid(
            "name",
            "blank",
            "This field may not be blank.",
        ));
    }
    if name.chars().count() > NAME_MAX {
        let message = format!("Ensure this field has no more than {NAME_MAX} characters.");
        return Err(Error::invalid("name", "max_length", message));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "name",
            "invalid",
            "A name is one line of text.",
        ));
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        let message = "A token must end in the future.";
        return Err(Error::invalid("expires_at", "invalid", message));
    }
    Ok(())
}

fn is_taken(tx: &ReadTx<'_>, user: UserId, name: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM token WHERE user_id = :user AND name = :name)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":user": user, ":name": name}, |row| {
            row.get(0)
        })?)
}

fn insert(tx: &WriteTx<'_>, user: UserId, new: &NewToken) -> Result<(TokenId, String)> {
    let token = hex::encode(random::bytes::<20>()?);
    let (reach, reach_id) = columns(new.reach);
    tx.prepare_cached(CREATE)?.execute(named_params! {
        ":user": user, ":name": new.name, ":digest": digest(&token), ":now": tx.now,
        ":expires": new.expires_at, ":reach": reach, ":reach_id": reach_id,
    })?;
    Ok((TokenId(tx.last_insert_rowid()), token))
}

/// When a token ends: at its own end, or `lifetime` after it was made, whichever comes first.
pub fn end_of(
    created_at: Timestamp,
    own: Option<Timestamp>,
    lifetime: Option<Duration>,
) -> Option<Timestamp> {
    let of_all = lifetime.map(|lifetime| created_at.after(lifetime));
    own.into_iter().chain(of_all).min()
}

/// The tokens of `user`, the newest first.
pub fn list(tx: &ReadTx<'_>, user: UserId, window: Window) -> Result<Page<Listed>> {
    Select::new(LISTED, FROM)
        .filter("t.user_id = ?", user)
        .order_by("t.id DESC")
        .page(tx, window, listed)
}

/// One token of `user`. Fails if that user has no such token.
pub fn get(tx: &ReadTx<'_>, user: UserId, id: TokenId) -> Result<Listed> {
    let sql = format!("SELECT {LISTED} FROM {FROM} WHERE t.user_id = :user AND t.id = :id");
    tx.prepare_cached(&sql)?
        .query_row(named_params! {":user": user, ":id": id}, listed)
        .optional()?
        .ok_or(Error::NotFound(Noun::Token(id.0)))
}

const LISTED: &str = "
    t.id, t.name, t.reach, t.reach_id, CASE t.reach WHEN 'publish' THEN n.name WHEN 'repository' THEN r.name END,
    t.created_at, t.expires_at, t.used_at";
const FROM: &str = "
    token t LEFT JOIN namespace n ON n.id = t.reach_id LEFT JOIN repository r ON r.id = t.reach_id";

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        id: row.get(0)?,
        name: row.get(1)?,
        reach: reach(row.get_ref(2)?.as_str()?, row.get(3)?),
        target: row.get(4)?,
        created_at: row.get(5)?,
        expires_at: row.get(6)?,
        used_at: row.get(7)?,
    })
}

/// Ends one token of `user`. Fails if that user has no such token.
pub fn revoke_one(tx: &WriteTx<'_>, user: UserId, id: TokenId) -> Result<()> {
    let ended = tx
        .prepare_cached("DELETE FROM token WHERE user_id = :user AND id = :id")?
        .execute(named_params! {":user": user, ":id": id})?;
    match ended {
        0 => Err(Error::NotFound(Noun::Token(id.0))),
        _ => Ok(()),
    }
}

/// Ends the tokens of `user` called `name`, and tells how many there were.
pub fn revoke(tx: &WriteTx<'_>, user: UserId, name: &str) -> Result<usize> {
    Ok(tx
        .prepare_cached("DELETE FROM token WHERE user_id = :user AND name = :name")?
        .execute(named_params! {":user": user, ":name": name})?)
}

/// Ends every token of `user`.
pub fn revoke_all(tx: &WriteTx<'_>, user: UserId) -> Result<usize> {
    Ok(tx
        .prepare_cached("DELETE FROM token WHERE user_id = :user")?
        .execute(named_params! {":user": user})?)
}

const FIND: &str = "
    SELECT t.id, u.id, u.username, u.is_superuser, t.created_at, t.expires_at, t.reach, t.reach_id, t.used_at
      FROM token t JOIN user u ON u.id = t.user_id
     WHERE t.digest = :digest AND u.is_active";

/// Who `token` stands for. Looked up by digest, so timing tells nothing about tokens that exist.
pub fn find(tx: &ReadTx<'_>, token: &str) -> Result<Option<Bearer>> {
    let bearer =
        tx.prepare_cached(FIND)?
            .query_row(named_params! {":digest": digest(token)}, |row| {
                Ok(Bearer {
                    id: row.get(0)?,
                    user: row.get(1)?,
                    username: row.get(2)?,
                    is_superuser: row.get(3)?,
                    created_at: row.get(4)?,
                    expires_at: row.get(5)?,
                    reach: reach(row.get_ref(6)?.as_str()?, row.get(7)?),
                    used_at: row.get(8)?,
                })
            });
    Ok(bearer.optional()?)
}

/// How the columns spell a reach; [`reach`] reads it again.
pub(super) fn columns(reach: Reach) -> (&'static str, Option<i64>) {
    match reach {
        Reach::Full => ("full", None),
        Reach::Read => ("read", None),
        Reach::Publish(namespace) => ("publish", Some(namespace.0)),
        Reach::Repository(repository) => ("repository", Some(repository.0)),
    }
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
    Digest::of(token.as_bytes())
}
