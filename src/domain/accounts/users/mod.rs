//! Users.

pub mod change;
pub mod edit;
mod email;
pub mod people;
pub mod profiles;

use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::signing_in::sessions;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
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
        "SELECT EXISTS (SELECT 1 FROM user WHERE is_superuser = 1)",
        [],
        |row| row.get(0),
    )?)
}

const LAST_SUPERUSER: &str = "
    SELECT username FROM user
     WHERE id = :id AND is_superuser AND is_active
       AND NOT EXISTS (SELECT 1 FROM user WHERE is_superuser = 1 AND is_active AND id <> :id)";

/// The name of that user, if nobody else is active and may do everything.
pub(in crate::domain::accounts) fn last_superuser(
    tx: &ReadTx<'_>,
    id: UserId,
) -> Result<Option<String>> {
    let found = tx
        .prepare_cached(LAST_SUPERUSER)?
        .query_row(named_params! {":id": id}, |row| row.get(0));
    Ok(found.optional()?)
}

/// Refuses to lose the last superuser who can sign in: nobody could make another one.
pub(in crate::domain::accounts) fn keep_a_superuser(
    tx: &ReadTx<'_>,
    id: UserId,
    field: &'static str,
) -> Result<()> {
    match last_superuser(tx, id)? {
        None => Ok(()),
        Some(name) => {
            let message =
                format!("{name} is the last active super user; make another user one first.");
            Err(Error::invalid(field, "invalid", message))
        }
    }
}

const CREATE: &str = "
    INSERT INTO user (uuid, username, password, is_superuser, created_at)
    VALUES (:uuid, :username, :password, :is_superuser, :now)
    ON CONFLICT (username) DO NOTHING";

/// Adds a user. Fails if the name is taken or is not 1 to 150 letters, digits and `@.+-_`.
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

/// Gives the user another password. Whoever signed in with the one before is signed out: it may have been known to
/// somebody else.
pub fn set_password(tx: &WriteTx<'_>, id: UserId, password: &PasswordHash) -> Result<()> {
    tx.prepare_cached("UPDATE user SET password = :password, password_was = NULL WHERE id = :id")?
        .execute(named_params! {":password": password.as_str(), ":id": id})?;
    sessions::end_all(tx, id)
}

const REHASH: &str = "
    UPDATE user SET password = :after, password_was = ifnull(password_was, :was)
     WHERE id = :id AND password = :before";

/// Stores the same password in another form, unless it was changed in the meantime.
pub(in crate::domain::accounts) fn rehash(
    tx: &WriteTx<'_>,
    id: UserId,
    before: &PasswordHash,
    after: &PasswordHash,
) -> Result<()> {
    tx.prepare_cached(REHASH)?.execute(named_params! {
        ":after": after.as_str(), ":before": before.as_str(), ":was": before.digest(), ":id": id,
    })?;
    Ok(())
}

/// What is wrong with a name to sign in with.
pub(in crate::domain::accounts) fn username_faults(username: &str) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut add = |code, message: &str| {
        found.push(Fault::new(Some("username"), code, message));
    };
    let valid = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_');
    if username.is_empty() {
        add("blank", "This field may not be blank.");
    }
    if !username.chars().all(valid) {
        let message = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
        add("invalid", message);
    }
    if username.chars().count() > USERNAME_MAX {
        let message = "Ensure this field has no more than 150 characters.";
        add("max_length", message);
    }
    found
}

/// Refuses a name to sign in with that breaks a rule.
pub fn check_username(username: &str) -> Result<()> {
    let faults = username_faults(username);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}
