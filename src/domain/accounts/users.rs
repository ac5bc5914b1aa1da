//! Users.

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::passwords::PasswordHash;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;

/// Longest username, in characters (contract 04, users).
const USERNAME_MAX: usize = 150;

/// A user as administration shows it.
#[derive(Debug, Clone)]
pub struct User {
    /// The row.
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// Whether every permission test passes.
    pub is_superuser: bool,
    /// Whether signing in works at all.
    pub is_active: bool,
    /// The password, hashed.
    pub password: PasswordHash,
}

const COLUMNS: &str = "id, username, is_superuser, is_active, password";

fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get("id")?,
        username: row.get("username")?,
        is_superuser: row.get("is_superuser")?,
        is_active: row.get("is_active")?,
        password: PasswordHash::from_column(row.get("password")?),
    })
}

/// The user called `username`, if there is one.
pub fn find(tx: &ReadTx<'_>, username: &str) -> Result<Option<User>> {
    let sql = format!("SELECT {COLUMNS} FROM user WHERE username = :username");
    Ok(tx
        .prepare_cached(&sql)?
        .query_row(named_params! {":username": username}, read)
        .optional()?)
}

/// The user called `username`, or the error that says there is none.
pub fn get(tx: &ReadTx<'_>, username: &str) -> Result<User> {
    find(tx, username)?.ok_or_else(|| Error::NotFound(Noun::User(username.to_owned())))
}

/// Whether there is a user with that id.
pub fn exists(tx: &ReadTx<'_>, id: UserId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM user WHERE id = :id)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":id": id}, |row| row.get(0))?)
}

/// All users, by name.
pub fn all(tx: &ReadTx<'_>) -> Result<Vec<User>> {
    let mut statement =
        tx.prepare_cached(&format!("SELECT {COLUMNS} FROM user ORDER BY username"))?;
    let users = statement
        .query_map([], read)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(users)
}

/// Whether anybody may do everything.
pub fn any_superuser(tx: &ReadTx<'_>) -> Result<bool> {
    Ok(tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM user WHERE is_superuser)",
        [],
        |row| row.get(0),
    )?)
}

const CREATE: &str = "
    INSERT INTO user (uuid, username, password, is_superuser, created_at)
    VALUES (:uuid, :username, :password, :is_superuser, :now)
    ON CONFLICT (username) DO NOTHING";

/// Adds a user. Fails if the name is taken or is not letters, digits and `@.+-_`.
pub fn create(
    tx: &WriteTx<'_>,
    username: &str,
    password: &PasswordHash,
    is_superuser: bool,
) -> Result<UserId> {
    check_username(username)?;
    let added = tx.prepare_cached(CREATE)?.execute(named_params! {
        ":uuid": Uuid::new_v4().to_string(), ":username": username, ":password": password.as_str(),
        ":is_superuser": is_superuser, ":now": tx.now,
    })?;
    if added == 0 {
        return Err(Error::Conflict(Conflict::UserExists(username.to_owned())));
    }
    Ok(UserId(tx.last_insert_rowid()))
}

/// Gives the user another password.
pub fn set_password(tx: &WriteTx<'_>, id: UserId, password: &PasswordHash) -> Result<()> {
    tx.prepare_cached("UPDATE user SET password = :password WHERE id = :id")?
        .execute(named_params! {":password": password.as_str(), ":id": id})?;
    Ok(())
}

/// Checks a name to sign in with: letters, digits and `@.+-_`.
pub fn check_username(username: &str) -> Result<()> {
    let valid = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_');
    if username.is_empty()
        || username.chars().count() > USERNAME_MAX
        || !username.chars().all(valid)
    {
        let message = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters, \
                       150 at most.";
        return Err(Error::invalid("username", "invalid", message));
    }
    Ok(())
}
