//! Groups and who is in them.

use crate::domain::accounts::groups;
use crate::domain::accounts::groups::members;
use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::row;
use crate::domain::apply::change::work;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::policy::object::Object;
use std::collections::BTreeSet;

impl Planner<'_> {
    pub(super) fn groups(&mut self) {
        for group in self.document.groups.iter().flat_map(|groups| groups.iter()) {
            self.name("group", &group.name);
            let name = group.name.value.clone();
            if self.state.groups.contains_key(&name) {
                continue;
            }
            let object = format!("group {name}");
            let work = work(move |tx, ids| {
                let id = groups::create(tx, &name)?;
                ids.add(name, Object::Group(id));
                Ok(())
            });
            let stage = Stage::Accounts;
            self.add(change(
                Mark::Add,
                "GroupCreate",
                object,
                String::new(),
                stage,
                work,
            ));
        }
        for name in self.after.pruned("group").clone() {
            let Some(id) = self.state.groups.get(&name).copied() else {
                continue;
            };
            let work = work(move |tx, _| groups::remove(tx, id));
            let object = format!("group {name}");
            let stage = Stage::RemoveObjects;
            self.add(change(
                Mark::Remove,
                "GroupDelete",
                object,
                String::new(),
                stage,
                work,
            ));
        }
    }

    pub(super) fn memberships(&mut self) {
        let document = self.document;
        let users = || document.users.iter().flat_map(|users| users.iter());
        let groups = || document.groups.iter().flat_map(|groups| groups.iter());
        let mut wanted = BTreeSet::new();
        for user in users() {
            for group in user.groups.iter().flat_map(|groups| groups.iter()) {
                if self.known("group", group) {
                    wanted.insert((group.value.clone(), user.username.value.clone()));
                }
            }
        }
        for group in groups() {
            for user in group.members.iter().flat_map(|members| members.iter()) {
                if self.known("user", user) {
                    wanted.insert((group.name.value.clone(), user.value.clone()));
                }
            }
        }
        for (group, user) in wanted.difference(&self.state.members) {
            let names = (group.clone(), user.clone());
            let work = work(move |tx, ids| {
                let (group, user) = (row(&ids.groups, &names.0)?, row(&ids.users, &names.1)?);
                members::insert(tx, group, user).map(|_is_new| ())
            });
            let object = format!("group {group}");
            let detail = format!("user {user}");
            self.add(change(
                Mark::Add,
                "GroupMemberAdd",
                object,
                detail,
                Stage::Ties,
                work,
            ));
        }
        if !self.wishes.prune {
            return;
        }
        let whole_users: BTreeSet<&str> = users()
            .filter(|user| user.groups.is_some())
            .map(|user| user.username.as_str())
            .collect();
        let whole_groups: BTreeSet<&str> = groups()
            .filter(|group| group.members.is_some())
            .map(|group| group.name.as_str())
            .collect();
        for (group, user) in self.state.members.difference(&wanted) {
            let covered =
                whole_users.contains(user.as_str()) || whole_groups.contains(group.as_str());
            let gone = self.after.is_pruned("group", group) || self.after.is_pruned("user", user);
            let ids = (self.state.groups.get(group)).zip(self.state.users.get(user));
            let Some((group_id, user_id)) = ids.map(|(group, user)| (*group, user.id)) else {
                continue;
            };
            if covered && !gone {
                let work =
                    work(move |tx, _| members::take_out(tx, group_id, user_id).map(|_was_in| ()));
                let (object, detail) = (format!("group {group}"), format!("user {user}"));
                let stage = Stage::RemoveTies;
                self.add(change(
                    Mark::Remove,
                    "GroupMemberRemove",
                    object,
                    detail,
                    stage,
                    work,
                ));
            }
        }
    }
}
