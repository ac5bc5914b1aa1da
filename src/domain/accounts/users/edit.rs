//! Adding, changing and deleting users, once what is wanted can be.
//!
//! Hashing a password takes tens of milliseconds, in which nobody else could write. So everything is checked once
//! to see whether it is worth hashing, and again in the transaction that writes.

use rusqlite::named_params;

use crate::db::Db;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups::members;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::passwords::rules;
use crate::domain::accounts::passwords::rules::Owner;
use crate::domain::accounts::passwords::verified::Verified;
use crate::domain::accounts::signing_in::sessions;
use crate::domain::accounts::tokens;
use crate::domain::accounts::users;
use crate::domain::accounts::users::change::Change;
use crate::domain::accounts::users::change::NewPassword;
use crate::domain::accounts::users::change::check;
use crate::domain::accounts::users::change::may_change;
use crate::domain::accounts::users::change::settle;
use crate::domain::accounts::users::change::told;
use crate::domain::accounts::users::profiles;
use crate::domain::accounts::users::profiles::Profile;
use crate::domain::audit;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;
use crate::policy::permit::Permit;

/// Adds a user; one without a password cannot sign in with one. `minimum` is the least length of a password.
///
/// Fails if anything breaks a rule, with all the rules it breaks, or if the caller may not give so much.
pub fn create(
    (db, verified): (&Db, &Verified),
    permit: &Permit,
    change: &Change,
    minimum: usize,
) -> Result<Profile> {
    db.read(|tx| {
        let (_, mut faults) = check(tx, permit, None, change)?;
        if let Some(NewPassword::Chosen(text)) = &change.password {
            faults.extend(rules::faults(text, minimum, None)?);
        }
        settle(faults)
    })?;
    let password = change.password.as_ref().unwrap_or(&NewPassword::Nobodys);
    let password = password.hash(verified)?;
    db.write(|tx| {
        let (after, faults) = check(tx, permit, None, change)?;
        settle(faults)?;
        let id = users::create(tx, &after.username, &password, after.is_superuser)?;
        store(tx, id, &after)?;
        for group in &after.groups {
            members::insert(tx, group.id, id)?;
        }
        let detail = if after.is_superuser { "superuser" } else { "" };
        audit::record_with(tx, permit, format!("user {}", after.username), detail)?;
        profiles::get(tx, id)
    })
}

/// Changes what `change` names of the user with that id. `minimum` is the least length of a password.
///
/// Another password ends the user's sessions, and an end of being active all their sessions and tokens. Fails as
/// [`create`], if there is no such user, if the caller may not change it, and if nobody could administer the hub
/// any more.
pub fn update(
    (db, verified): (&Db, &Verified),
    permit: &Permit,
    id: UserId,
    change: &Change,
    minimum: usize,
) -> Result<Profile> {
    db.read(|tx| {
        let before = profiles::get(tx, id)?;
        let (after, mut faults) = check(tx, permit, Some(&before), change)?;
        if let Some(NewPassword::Chosen(text)) = &change.password {
            let owner = Owner {
                username: &after.username,
                first_name: &after.first_name,
                last_name: &after.last_name,
                email: &after.email,
            };
            faults.extend(rules::faults(text, minimum, Some(owner))?);
        }
        settle(faults)?;
        may_change(permit, &before, change)
    })?;
    let password = change.password.as_ref();
    let password = password.map(|new| new.hash(verified));
    let password = password.transpose()?;
    db.write(|tx| {
        let before = profiles::get(tx, id)?;
        let (after, faults) = check(tx, permit, Some(&before), change)?;
        settle(faults)?;
        may_change(permit, &before, change)?;
        write(tx, &before, &after, password.as_ref())?;
        let detail = told(&before, &after, password.is_some());
        audit::record_with(tx, permit, format!("user {}", before.username), detail)?;
        profiles::get(tx, id)
    })
}

/// Deletes a user and everything that is theirs alone. Fails for oneself, for superusers, and if there is none.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, id: UserId) -> Result<()> {
    let user = profiles::get(tx, id)?;
    permit.spares(id, user.is_superuser)?;
    remove(tx, &user)?;
    audit::record(tx, permit, format!("user {}", user.username))
}

/// Deletes a user without asking who wants it, and without a word to the audit trail. Fails for the last
/// superuser who can sign in.
pub fn remove(tx: &WriteTx<'_>, user: &Profile) -> Result<()> {
    users::keep_a_superuser(tx, user.id, "username")?;
    tx.prepare_cached("DELETE FROM user WHERE id = :id")?
        .execute(named_params! {":id": user.id})?;
    Ok(())
}

/// Lets a user sign in, or ends everything of theirs, likewise.
pub fn set_active(tx: &WriteTx<'_>, before: &Profile, is_active: bool) -> Result<()> {
    let after = Profile {
        is_active,
        ..before.clone()
    };
    write(tx, before, &after, None)
}

/// Brings the rows from `before` to `after`.
fn write(
    tx: &WriteTx<'_>,
    before: &Profile,
    after: &Profile,
    password: Option<&PasswordHash>,
) -> Result<()> {
    let id = before.id;
    if !after.is_superuser {
        users::keep_a_superuser(tx, id, "is_superuser")?;
    }
    if !after.is_active {
        users::keep_a_superuser(tx, id, "is_active")?;
    }
    store(tx, id, after)?;
    for group in before
        .groups
        .iter()
        .filter(|group| !after.groups.contains(group))
    {
        members::take_out(tx, group.id, id)?;
    }
    // Only those that are new: who is in a group because a provider said so stays there only as long as it does.
    for group in after
        .groups
        .iter()
        .filter(|group| !before.groups.contains(group))
    {
        members::insert(tx, group.id, id)?;
    }
    if let Some(password) = password {
        users::set_password(tx, id, password)?;
    }
    if before.is_active && !after.is_active {
        sessions::end_all(tx, id)?;
        tokens::revoke_all(tx, id)?;
    }
    Ok(())
}

const STORE: &str = "
    UPDATE user
       SET username = :username, first_name = :first_name, last_name = :last_name, email = :email,
           is_superuser = :is_superuser, is_active = :is_active
     WHERE id = :id";

fn store(tx: &WriteTx<'_>, id: UserId, user: &Profile) -> Result<()> {
    tx.prepare_cached(STORE)?.execute(named_params! {
        ":id": id, ":username": user.username, ":first_name": user.first_name, ":last_name": user.last_name,
        ":email": user.email, ":is_superuser": user.is_superuser, ":is_active": user.is_active,
    })?;
    Ok(())
}
