//! Users and their passwords.

use crate::domain::accounts::declared;
use crate::domain::accounts::declared::UserProfile;
use crate::domain::accounts::inventory::StoredUser;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::passwords::rules;
use crate::domain::accounts::users;
use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::work;
use crate::domain::apply::document::accounts::User;
use crate::domain::apply::plan::NAME_MAX;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::difference::Difference;
use crate::domain::apply::plan::said;
use std::collections::BTreeSet;

/// Longest address, in characters.
const EMAIL_MAX: usize = 254;

impl Planner<'_> {
    pub(super) fn users(&mut self) {
        let superuser = |one: &UserProfile| one.is_superuser && one.is_active;
        let stored = self.state.users.values();
        let there = stored.clone().any(|user| superuser(&profile(user)));
        let mut stays = stored
            .filter(|user| !self.after.is_pruned("user", &user.username))
            .filter(|user| superuser(&profile(user)))
            .map(|user| user.username.clone())
            .collect::<BTreeSet<String>>();
        let mut line = 0;
        for user in self.document.users.iter().flat_map(|users| users.iter()) {
            if superuser(&self.user(user)) {
                stays.insert(user.username.value.clone());
            } else if stays.remove(user.username.as_str()) {
                let said = user.superuser.as_ref().filter(|superuser| !superuser.value);
                line = said.or(user.active.as_ref()).map_or(0, |said| said.line);
            }
        }
        if there && stays.is_empty() {
            let message =
                "nobody would be left who is active and a superuser: declare somebody who is";
            self.fault(line, message);
        }
        for name in self.after.pruned("user").clone() {
            let Some(id) = self.state.users.get(&name).map(|user| user.id) else {
                continue;
            };
            let work = work(move |tx, _| declared::delete_user(tx, id));
            let object = format!("user {name}");
            let stage = Stage::RemoveObjects;
            self.add(change(
                Mark::Remove,
                "UserDelete",
                object,
                String::new(),
                stage,
                work,
            ));
        }
    }

    /// Returns what will be said of the user.
    fn user(&mut self, user: &User) -> UserProfile {
        let stored = self.state.users.get(user.username.as_str());
        if stored.is_none() {
            self.rule(user.username.line, users::check_username(&user.username));
        }
        self.short("first_name", user.first_name.as_ref(), NAME_MAX);
        self.short("last_name", user.last_name.as_ref(), NAME_MAX);
        self.short("email", user.email.as_ref(), EMAIL_MAX);
        let before = stored.map_or_else(
            || UserProfile {
                is_active: true,
                ..UserProfile::default()
            },
            profile,
        );
        let after = UserProfile {
            first_name: said(user.first_name.as_ref(), &before.first_name),
            last_name: said(user.last_name.as_ref(), &before.last_name),
            email: said(user.email.as_ref(), &before.email),
            is_superuser: said(user.superuser.as_ref(), &before.is_superuser),
            is_active: said(user.active.as_ref(), &before.is_active),
        };
        let password = self.password(user, stored);
        let mut difference = Difference::new(stored.is_none());
        difference.text("first name", &before.first_name, &after.first_name);
        difference.text("last name", &before.last_name, &after.last_name);
        difference.text("email", &before.email, &after.email);
        difference.switch("superuser", before.is_superuser, after.is_superuser);
        difference.switch("active", before.is_active, after.is_active);
        match (&password, stored) {
            (Some(_), _) => difference.note("password"),
            (None, None) => difference.note("no password"),
            (None, Some(_)) => {}
        }
        let (name, object) = (
            user.username.value.clone(),
            format!("user {}", user.username.value),
        );
        let written = after.clone();
        match stored.map(|stored| stored.id) {
            None => {
                let work = work(move |tx, ids| {
                    let password = password.unwrap_or_else(PasswordHash::unusable);
                    let id = users::create(tx, &name, &password, written.is_superuser)?;
                    declared::write_profile(tx, id, &written)?;
                    ids.add_user(name, id);
                    Ok(())
                });
                let told = difference.told();
                self.add(change(
                    Mark::Add,
                    "UserCreate",
                    object,
                    told,
                    Stage::Accounts,
                    work,
                ));
            }
            Some(id) if !difference.is_empty() => {
                let has_profile = written != before;
                let work = work(move |tx, _| {
                    if has_profile {
                        declared::write_profile(tx, id, &written)?;
                    }
                    match password {
                        Some(password) => users::set_password(tx, id, &password),
                        None => Ok(()),
                    }
                });
                let told = difference.told();
                self.add(change(
                    Mark::Change,
                    "UserUpdate",
                    object,
                    told,
                    Stage::Accounts,
                    work,
                ));
            }
            Some(_) => {}
        }
        after
    }

    /// The password to write, if it is another than the one stored.
    fn password(&mut self, user: &User, stored: Option<&StoredUser>) -> Option<PasswordHash> {
        match (&user.password, &user.password_hash) {
            (None, None) => None,
            (Some(_), Some(hash)) => {
                self.fault(
                    hash.line,
                    "a user has a `password` or a `password_hash`, not both",
                );
                None
            }
            (Some(password), None) => {
                let minimum = self.wishes.minimum_password_length;
                let checked = rules::check(password.value.text(), minimum);
                self.rule(password.line, checked);
                let compared = self.passwords.of(&user.username)?;
                self.is_outdated |= compared.seen.as_ref() != stored.map(|user| &user.password);
                compared.new.clone()
            }
            (None, Some(hash)) => {
                let Some(parsed) = PasswordHash::parse(hash) else {
                    let message = "`password_hash` is a hash of Argon2id that begins with $argon2id$, or one of \
                                   Galaxy NG that begins with pbkdf2_sha256$";
                    self.fault(hash.line, message);
                    return None;
                };
                let same = stored.is_some_and(|stored| {
                    stored.password == parsed || stored.password_was == Some(parsed.digest())
                });
                (!same).then_some(parsed)
            }
        }
    }
}

fn profile(user: &StoredUser) -> UserProfile {
    UserProfile {
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        email: user.email.clone(),
        is_superuser: user.is_superuser,
        is_active: user.is_active,
    }
}
