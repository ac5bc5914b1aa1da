//! Signing in on the word of another server: finds or makes the account, and brings it up to date.
//!
//! No account is taken over: a name that an account has already is not the way to that account. Start reading at
//! [`sign_on`].

use rusqlite::named_params;

use crate::config::single_sign_on::GroupMapping;
use crate::config::single_sign_on::SingleSignOn;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::signing_in::identities;
use crate::domain::accounts::signing_in::identities::Linked;
use crate::domain::accounts::users;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::upstream::openid::Person;

/// Longest username, in characters (contract 04, users).
const USERNAME_MAX: usize = 150;
/// Names that are tried for somebody whose name is taken.
const SUFFIXES: std::ops::RangeInclusive<u32> = 2..=1000;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Come in.
    Welcome(Welcome),
    /// Stay out, with a sentence that says why and what to do. Nothing was changed.
    Refused(String),
}

/// Who came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// The account.
    pub user: UserId,
    /// Its name here.
    pub username: String,
    /// What changed, in words, for the audit trail; empty when nothing did.
    pub changes: String,
}

/// Lets `person` in, or says why not. What the provider says of groups replaces what it said the last time; what
/// people decided here stays.
pub fn sign_on(tx: &WriteTx<'_>, person: &Person, settings: &SingleSignOn) -> Result<Verdict> {
    if let Some(why) = turned_away(person, settings) {
        return Ok(Verdict::Refused(why));
    }
    let mut changes = Vec::new();
    let linked = match identities::find(tx, &person.issuer, &person.subject)? {
        Some(linked) if !linked.is_active => {
            let why = format!("The account {} is deactivated.", linked.username);
            return Ok(Verdict::Refused(why));
        }
        Some(linked) => linked,
        None => match make_account(tx, person, settings)? {
            Ok(linked) => {
                changes.push("account created".to_owned());
                linked
            }
            Err(why) => return Ok(Verdict::Refused(why)),
        },
    };
    update_profile(tx, linked.user, person)?;
    changes.extend(update_groups(tx, linked.user, person, settings)?);
    changes.extend(update_superuser(tx, &linked, person, settings)?);
    Ok(Verdict::Welcome(Welcome {
        user: linked.user,
        username: linked.username,
        changes: changes.join("; "),
    }))
}

/// The conditions of the settings.
fn turned_away(person: &Person, settings: &SingleSignOn) -> Option<String> {
    if let Some(required) = &settings.required_group
        && !person.groups.contains(required)
    {
        return Some("The provider does not list the group that this hub requires.".to_owned());
    }
    let domains = &settings.email_domains;
    if domains.is_empty() {
        return None;
    }
    match &person.email {
        None => Some("The provider tells no e-mail address, and this hub requires one.".to_owned()),
        // Many providers let people write any address into their profile.
        Some(_) if !person.email_is_verified => Some(
            "The provider does not say that the e-mail address is verified, and this hub requires that."
                .to_owned(),
        ),
        Some(address) if !domains.contains(address) => {
            Some("The e-mail address is in no domain that this hub allows.".to_owned())
        }
        Some(_) => None,
    }
}

/// An account for somebody new, or why there is none.
fn make_account(
    tx: &WriteTx<'_>,
    person: &Person,
    settings: &SingleSignOn,
) -> Result<std::result::Result<Linked, String>> {
    let wanted = clean(&person.username);
    if !settings.creates_accounts {
        return Ok(Err(format!(
            "There is no account for this person, and this hub makes none by itself. An administrator can link one: {}",
            link_command(person, "NAME")
        )));
    }
    if !wanted.contains(char::is_alphanumeric) {
        return Ok(Err(format!(
            "The provider's claim {} has nothing in it that can be a username.",
            settings.username_claim
        )));
    }
    let username = match holder(tx, &wanted)? {
        Holder::Nobody => wanted,
        Holder::Local(name) => {
            return Ok(Err(format!(
                "There is an account named {name} already, which is not linked to this person. If it is theirs, an \
                 administrator can link it: {}",
                link_command(person, &name)
            )));
        }
        Holder::Vouched => match free_name(tx, &wanted)? {
            Some(name) => name,
            None => return Ok(Err(format!("All names like {wanted} are taken."))),
        },
    };
    let user = users::create(tx, &username, &PasswordHash::unusable(), false)?;
    identities::link(tx, user, &person.issuer, &person.subject)?;
    Ok(Ok(Linked {
        user,
        username,
        is_active: true,
        is_superuser: false,
        made_superuser: false,
    }))
}

/// Who has a name already.
enum Holder {
    /// It is free.
    Nobody,
    /// Somebody nobody vouches for: perhaps the same person, which only people can know.
    Local(String),
    /// Somebody else the provider vouches for.
    Vouched,
}

/// In whatever case: `Admin` beside `admin` would deceive.
fn holder(tx: &ReadTx<'_>, username: &str) -> Result<Holder> {
    let sql = "SELECT id, username FROM user WHERE lower(username) = lower(:username)";
    let mut statement = tx.prepare_cached(sql)?;
    let found: Vec<(UserId, String)> = statement
        .query_map(named_params! {":username": username}, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (user, name) in &found {
        if !identities::any_of(tx, *user)? {
            return Ok(Holder::Local(name.clone()));
        }
    }
    Ok(match found.is_empty() {
        true => Holder::Nobody,
        false => Holder::Vouched,
    })
}

fn free_name(tx: &ReadTx<'_>, wanted: &str) -> Result<Option<String>> {
    for suffix in SUFFIXES {
        let suffix = format!("-{suffix}");
        let kept = USERNAME_MAX - suffix.len();
        let name: String = wanted.chars().take(kept).chain(suffix.chars()).collect();
        if matches!(holder(tx, &name)?, Holder::Nobody) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// What is left of a name when everything that no username may hold has become a dash.
fn clean(text: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_');
    text.chars()
        .take(USERNAME_MAX)
        .map(|c| if allowed(c) { c } else { '-' })
        .collect()
}

/// What an administrator types to have a person mean an account.
fn link_command(person: &Person, username: &str) -> String {
    format!(
        "pocket-galaxy user link {} --issuer={} --subject={}",
        quoted(username),
        quoted(&person.issuer),
        quoted(&person.subject)
    )
}

/// A word for a shell: somebody will paste it.
fn quoted(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"@.+_:/-".contains(&b);
    match text.bytes().all(plain) && !text.is_empty() {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

const PROFILE: &str = "
    UPDATE user SET email = coalesce(:email, email), first_name = coalesce(:first, first_name),
           last_name = coalesce(:last, last_name)
     WHERE id = :user";

fn update_profile(tx: &WriteTx<'_>, user: UserId, person: &Person) -> Result<()> {
    tx.prepare_cached(PROFILE)?.execute(named_params! {
        ":user": user, ":email": person.email, ":first": person.first_name, ":last": person.last_name,
    })?;
    Ok(())
}

const CLAIMED: &str = "
    SELECT g.id, g.name FROM group_member m JOIN user_group g ON g.id = m.group_id
     WHERE m.user_id = :user AND m.source = 'claim'";
const JOIN: &str = "
    INSERT INTO group_member (group_id, user_id, source) VALUES (:group, :user, 'claim') ON CONFLICT DO NOTHING";
const LEAVE: &str = "
    DELETE FROM group_member WHERE group_id = :group AND user_id = :user AND source = 'claim'";

/// Puts the user into the groups of the claim, and out of those that an earlier claim put them into.
fn update_groups(
    tx: &WriteTx<'_>,
    user: UserId,
    person: &Person,
    settings: &SingleSignOn,
) -> Result<Vec<String>> {
    let mut changes = Vec::new();
    let mut wanted: Vec<GroupId> = Vec::new();
    let listed: &[String] = match settings.groups {
        GroupMapping::Off => &[],
        GroupMapping::Existing | GroupMapping::Create => &person.groups,
    };
    for name in listed
        .iter()
        .filter(|name| settings.mapped_groups.admit(name))
    {
        let group = match groups::find(tx, name)? {
            Some(group) => group,
            None if settings.groups == GroupMapping::Create => {
                changes.push(format!("group {name} created"));
                groups::create(tx, name)?
            }
            None => continue,
        };
        wanted.push(group);
        let joined = tx
            .prepare_cached(JOIN)?
            .execute(named_params! {":group": group, ":user": user})?;
        if joined > 0 {
            changes.push(format!("joined group {name}"));
        }
    }
    let mut statement = tx.prepare_cached(CLAIMED)?;
    let claimed: Vec<(GroupId, String)> = statement
        .query_map(named_params! {":user": user}, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (group, name) in claimed {
        if !wanted.contains(&group) {
            tx.prepare_cached(LEAVE)?
                .execute(named_params! {":group": group, ":user": user})?;
            changes.push(format!("left group {name}"));
        }
    }
    Ok(changes)
}

/// Makes the user a superuser if the claim says so, and takes that again only from whom a claim made one; not from
/// the last one, or nobody could administer the hub.
fn update_superuser(
    tx: &WriteTx<'_>,
    linked: &Linked,
    person: &Person,
    settings: &SingleSignOn,
) -> Result<Option<String>> {
    let group = settings.superuser_group.as_ref();
    let wanted = group.is_some_and(|group| person.groups.contains(group));
    let change = match (wanted, linked.is_superuser) {
        (true, false) => "became superuser",
        (false, true) if linked.made_superuser => {
            if users::last_superuser(tx, linked.user)?.is_some() {
                return Ok(Some("stays superuser, as the last one".to_owned()));
            }
            "is no longer superuser"
        }
        _ => return Ok(None),
    };
    tx.prepare_cached("UPDATE user SET is_superuser = :wanted WHERE id = :user")?
        .execute(named_params! {":wanted": wanted, ":user": linked.user})?;
    identities::mark_superuser(tx, &person.issuer, &person.subject, wanted)?;
    Ok(Some(change.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cleaned_to_what_a_username_may_hold() {
        assert_eq!(clean("ana@example.org"), "ana@example.org");
        assert_eq!(clean("Ana Müller/<b>"), "Ana-Müller--b-");
        assert_eq!(clean(&"x".repeat(500)).len(), 150);
    }

    #[test]
    fn a_pasted_command_is_one_command() {
        assert_eq!(
            quoted("https://sso.example.org/a"),
            "https://sso.example.org/a"
        );
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("'; rm -rf ~ #"), r"''\''; rm -rf ~ #'");
    }
}
