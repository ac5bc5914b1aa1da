//! What a request wants of a user, and whether that can be (contract 04 §4.4).

use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::Group;
use crate::domain::accounts::groups::NamedGroup;
use crate::domain::accounts::groups::members;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::passwords::verified::Verified;
use crate::domain::accounts::users;
use crate::domain::accounts::users::email;
use crate::domain::accounts::users::profiles::Profile;
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
    pub(in crate::domain::accounts) fn hash(&self, verified: &Verified) -> Result<PasswordHash> {
        match self {
            Self::Chosen(text) => verified.hash(text),
            Self::Nobodys => Ok(PasswordHash::unusable()),
        }
    }
}

/// The user as it would be after the change, and what is wrong with that.
pub(in crate::domain::accounts) fn check(
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
        uuid: Uuid::nil(),
        username: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        is_superuser: false,
        is_active: true,
        is_vouched_for: false,
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
pub(in crate::domain::accounts) fn may_change(
    permit: &Permit,
    before: &Profile,
    change: &Change,
) -> Result<()> {
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

/// What of a user changed, for the audit trail.
pub(in crate::domain::accounts) fn told(
    before: &Profile,
    after: &Profile,
    has_password: bool,
) -> String {
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

/// Fails if anything is wrong.
pub(in crate::domain::accounts) fn settle(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}
