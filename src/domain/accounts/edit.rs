//! Adding, changing and deleting users, with every rule the reference has for it (contract 04 §4.4).
//!
//! Hashing a password takes tens of milliseconds, in which nobody else could write. So everything is checked once
//! to see whether it is worth hashing, and again in the transaction that writes.

use rusqlite::named_params;

use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::email;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::Group;
use crate::domain::accounts::groups::NamedGroup;
use crate::domain::accounts::members;
use crate::domain::accounts::password_rules;
use crate::domain::accounts::password_rules::Owner;
use crate::domain::accounts::passwords;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::profiles;
use crate::domain::accounts::profiles::Profile;
use crate::domain::accounts::sessions;
use crate::domain::accounts::tokens;
use crate::domain::accounts::users;
use crate::domain::audit;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;
use crate::policy::permit::Permit;
use crate::policy::rule::When;

/// Longest first or last name, in characters.
const NAME_MAX: usize = 150;
/// Longest address, in characters.
const EMAIL_MAX: usize = 254;

/// What a request says of a user. What it does not say stays as it is, or is empty on a new user.
#[derive(Default)]
pub struct Change {
    /// The name to sign in with.
    pub username: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Whether every permission test passes.
    pub is_superuser: Option<bool>,
    /// Whether signing in works at all.
    pub is_active: Option<bool>,
    /// The groups to be in, and no others.
    pub groups: Option<Vec<NamedGroup>>,
    /// The password.
    pub password: Option<NewPassword>,
}

/// What becomes of a password.
pub enum NewPassword {
    /// Somebody chose this one.
    Chosen(String),
    /// Nobody knows one: there is no signing in with a password.
    Nobodys,
}

impl NewPassword {
    fn hash(&self) -> Result<PasswordHash> {
        match self {
            Self::Chosen(text) => PasswordHash::new(text),
            Self::Nobodys => PasswordHash::new(&passwords::generate()?),
        }
    }
}

/// Adds a user; one without a password cannot sign in with one. `minimum` is the least length of a password.
///
/// Fails if anything breaks a rule, with all the rules it breaks, or if the caller may not give so much.
pub fn create(db: &Db, permit: &Permit, change: &Change, minimum: usize) -> Result<Profile> {
    db.read(|tx| {
        let (_, mut faults) = check(tx, permit, None, change)?;
        if let Some(NewPassword::Chosen(text)) = &change.password {
            faults.extend(password_rules::faults(text, minimum, None)?);
        }
        settle(faults)
    })?;
    let password = change.password.as_ref().unwrap_or(&NewPassword::Nobodys);
    let password = password.hash()?;
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
    db: &Db,
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
            faults.extend(password_rules::faults(text, minimum, Some(owner))?);
        }
        settle(faults)?;
        may_change(permit, &before, change)
    })?;
    let password = change.password.as_ref().map(NewPassword::hash);
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
    keep_a_superuser(tx, user, "username")?;
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

/// Gives a user another password, likewise.
pub fn set_password(tx: &WriteTx<'_>, user: UserId, password: &PasswordHash) -> Result<()> {
    users::set_password(tx, user, password)?;
    sessions::end_all(tx, user)
}

/// The user as it would be after the change, and what is wrong with that.
fn check(
    tx: &ReadTx<'_>,
    permit: &Permit,
    before: Option<&Profile>,
    change: &Change,
) -> Result<(Profile, Vec<Fault>)> {
    let mut faults = Vec::new();
    let after = after(tx, before, change)?;
    if change.username.is_some() || before.is_none() {
        faults.extend(users::username_faults(&after.username));
        let namesake = users::find(tx, &after.username)?;
        if namesake.is_some_and(|other| before.is_none_or(|before| before.id != other.id)) {
            let message = "A user with that username already exists.";
            faults.push(Fault::new(Some("username"), "unique", message));
        }
    }
    let texts = [
        ("first_name", &after.first_name, NAME_MAX),
        ("last_name", &after.last_name, NAME_MAX),
        ("email", &after.email, EMAIL_MAX),
    ];
    for (field, text, most) in texts {
        if text.chars().count() > most {
            let message = format!("Ensure this field has no more than {most} characters.");
            faults.push(Fault::new(Some(field), "max_length", message));
        }
    }
    if change.email.as_ref().is_some_and(|text| !text.is_empty()) && !email::is_valid(&after.email)
    {
        let message = "Enter a valid email address.";
        faults.push(Fault::new(Some("email"), "invalid", message));
    }
    let was_superuser = before.is_some_and(|before| before.is_superuser);
    if after.is_superuser != was_superuser && !is_superuser(permit) {
        let message = "Must be a super user to grant super user permissions.";
        faults.push(Fault::new(Some("is_superuser"), "invalid", message));
    }
    if change.groups.is_some() && !may_regroup(tx, permit, before, &after)? {
        let message = "'galaxy.change_group' permission is required to change a users group that the requesting \
                       user is not in.";
        faults.push(Fault::new(Some("groups"), "invalid", message));
    }
    Ok((after, faults))
}

fn after(tx: &ReadTx<'_>, before: Option<&Profile>, change: &Change) -> Result<Profile> {
    let mut after = before.cloned().unwrap_or_else(|| Profile {
        id: UserId(0),
        username: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        is_superuser: false,
        is_active: true,
        created_at: Timestamp(0),
        groups: Vec::new(),
    });
    let texts = [
        (&mut after.username, &change.username),
        (&mut after.first_name, &change.first_name),
        (&mut after.last_name, &change.last_name),
        (&mut after.email, &change.email),
    ];
    for (there, wanted) in texts {
        if let Some(wanted) = wanted {
            there.clone_from(wanted);
        }
    }
    after.is_superuser = change.is_superuser.unwrap_or(after.is_superuser);
    after.is_active = change.is_active.unwrap_or(after.is_active);
    if let Some(wanted) = &change.groups {
        after.groups = wanted
            .iter()
            .map(|group| groups::resolve(tx, group))
            .collect::<Result<_>>()?;
    }
    Ok(after)
}

/// Whether the caller is in every group that somebody would come into or go out of, or may change groups.
fn may_regroup(
    tx: &ReadTx<'_>,
    permit: &Permit,
    before: Option<&Profile>,
    after: &Profile,
) -> Result<bool> {
    let before = before.map_or(&[][..], |before| &before.groups);
    let moved = |from: &[Group], to: &[Group]| -> Vec<Group> {
        let is_new = |group: &&Group| !from.contains(group);
        to.iter().filter(is_new).cloned().collect()
    };
    let mut differing = moved(before, &after.groups);
    differing.extend(moved(&after.groups, before));
    let me = permit.account()?.id;
    let mine = members::groups_of(tx, &[me])?
        .remove(&me)
        .unwrap_or_default();
    if differing.iter().all(|group| mine.contains(group)) {
        return Ok(true);
    }
    match permit.check(When::GroupOfOthers, None) {
        Ok(()) => Ok(true),
        Err(Error::Forbidden) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Nobody but a superuser changes a superuser, or anybody else's password.
fn may_change(permit: &Permit, before: &Profile, change: &Change) -> Result<()> {
    if is_superuser(permit) {
        return Ok(());
    }
    if before.is_superuser {
        let message = "You do not have permissions to modify super users.";
        return Err(Error::invalid("username", "invalid", message));
    }
    if change.password.is_some() && permit.account()?.id != before.id {
        let message = "Must be a super user to change another user's password.";
        return Err(Error::invalid("password", "invalid", message));
    }
    Ok(())
}

fn is_superuser(permit: &Permit) -> bool {
    let account = permit.viewer().account();
    account.is_some_and(|account| account.grants.is_superuser())
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
        keep_a_superuser(tx, before, "is_superuser")?;
    }
    if !after.is_active {
        keep_a_superuser(tx, before, "is_active")?;
    }
    store(tx, id, after)?;
    for group in before
        .groups
        .iter()
        .filter(|group| !after.groups.contains(group))
    {
        members::take_out(tx, group.id, id)?;
    }
    for group in &after.groups {
        members::insert(tx, group.id, id)?;
    }
    if let Some(password) = password {
        set_password(tx, id, password)?;
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

const ANOTHER_SUPERUSER: &str = "
    SELECT EXISTS (SELECT 1 FROM user WHERE is_superuser AND is_active AND id <> :id)";

/// Refuses to lose the last superuser who can sign in: nobody could make another one.
fn keep_a_superuser(tx: &ReadTx<'_>, user: &Profile, field: &'static str) -> Result<()> {
    if !(user.is_superuser && user.is_active) {
        return Ok(());
    }
    let another = tx
        .prepare_cached(ANOTHER_SUPERUSER)?
        .query_row(named_params! {":id": user.id}, |row| row.get(0))?;
    if another {
        return Ok(());
    }
    let message = format!(
        "{} is the last active super user; make another user one first.",
        user.username
    );
    Err(Error::invalid(field, "invalid", message))
}

/// What of a user changed, for the audit trail.
fn told(before: &Profile, after: &Profile, has_password: bool) -> String {
    let mut words = Vec::new();
    if after.username != before.username {
        words.push(format!("renamed to {}", after.username));
    }
    let changes = [
        ("first name", after.first_name != before.first_name),
        ("last name", after.last_name != before.last_name),
        ("email", after.email != before.email),
        ("password", has_password),
        ("superuser", after.is_superuser && !before.is_superuser),
        ("no superuser", !after.is_superuser && before.is_superuser),
        ("activated", after.is_active && !before.is_active),
        ("deactivated", !after.is_active && before.is_active),
    ];
    let changed = changes.iter().filter(|(_, changed)| *changed);
    words.extend(changed.map(|(word, _)| (*word).to_owned()));
    let moved = |from: &[Group], to: &[Group], way: &str| -> Vec<String> {
        let is_new = |group: &&Group| !from.contains(group);
        let new = to.iter().filter(is_new);
        new.map(|group| format!("{way} group {}", group.name))
            .collect()
    };
    words.extend(moved(&before.groups, &after.groups, "into"));
    words.extend(moved(&after.groups, &before.groups, "out of"));
    words.join(", ")
}

fn settle(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}
