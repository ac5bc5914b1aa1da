//! Roles that are held: `roles` of users and groups, `owners` of namespaces.

use std::collections::BTreeSet;

use crate::domain::accounts::declared;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder as HolderRow;
use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::row;
use crate::domain::apply::change::work;
use crate::domain::apply::document::accounts::Given;
use crate::domain::apply::document::located::List;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::quoted;
use crate::domain::apply::state::Grant;
use crate::domain::apply::state::Holder;
use crate::domain::apply::state::Target;
use crate::domain::namespaces::OWNER;
use crate::kernel::error::Error;
use crate::kernel::ids::AssignmentId;
use crate::policy::action::Action;
use crate::policy::object::Kind;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;

/// The kinds of objects a role can be held on here.
const KINDS: [(&str, Kind); 6] = [
    ("namespace", Kind::Namespace),
    ("repository", Kind::Repository),
    ("remote", Kind::Remote),
    ("distribution", Kind::Distribution),
    ("collection", Kind::Collection),
    ("group", Kind::Group),
];

/// What a document says of who holds what.
#[derive(Default)]
struct Declared {
    grants: BTreeSet<Grant>,
    /// Those whose list of roles is written.
    holders: BTreeSet<Holder>,
    /// Namespaces, and which of their two lists of owners is written.
    owned: BTreeSet<(String, bool)>,
}

impl Planner<'_> {
    pub(super) fn grants(&mut self) {
        let declared = self.declared_grants();
        let stored = &self.state.grants;
        let new: Vec<Grant> = declared
            .grants
            .iter()
            .filter(|grant| !stored.contains_key(*grant))
            .cloned()
            .collect();
        for grant in new {
            self.give(grant);
        }
        let old: Vec<(Grant, AssignmentId)> = stored
            .iter()
            .filter(|(grant, _)| self.wishes.prune && !declared.grants.contains(*grant))
            .filter(|(grant, _)| declared.covers(grant) && !self.goes_anyway(grant))
            .map(|(grant, id)| (grant.clone(), *id))
            .collect();
        for (grant, id) in old {
            let work = work(move |tx, _| declared::delete_assignment(tx, id));
            let (object, detail) = told(&grant);
            let action = action(&grant, false);
            self.add(change(
                Mark::Remove,
                action,
                object,
                detail,
                Stage::RemoveTies,
                work,
            ));
        }
    }

    fn declared_grants(&mut self) -> Declared {
        let document = self.document;
        let mut declared = Declared::default();
        for user in document.users.iter().flat_map(|users| users.iter()) {
            let holder = Holder::User(user.username.value.clone());
            self.held(&mut declared, holder, user.roles.as_ref());
        }
        for group in document.groups.iter().flat_map(|groups| groups.iter()) {
            let holder = Holder::Group(group.name.value.clone());
            self.held(&mut declared, holder, group.roles.as_ref());
        }
        for namespace in document.namespaces.iter().flat_map(|all| all.iter()) {
            let Some(owners) = &namespace.owners else {
                continue;
            };
            let lists = [("user", &owners.users), ("group", &owners.groups)];
            for (noun, list) in lists {
                let Some(list) = list else {
                    continue;
                };
                let name = namespace.name.value.clone();
                declared.owned.insert((name.clone(), noun == "user"));
                for owner in list.iter().filter(|owner| self.known(noun, owner)) {
                    let holder = match noun {
                        "user" => Holder::User(owner.value.clone()),
                        _ => Holder::Group(owner.value.clone()),
                    };
                    declared.grants.insert(Grant {
                        holder,
                        role: OWNER.to_owned(),
                        target: Some(Target {
                            kind: "namespace",
                            name: name.clone(),
                        }),
                    });
                }
            }
        }
        declared
    }

    fn held(&mut self, declared: &mut Declared, holder: Holder, roles: Option<&List<Given>>) {
        let Some(roles) = roles else {
            return;
        };
        for given in roles.iter() {
            if let Some(target) = self.given(given) {
                declared.grants.insert(Grant {
                    holder: holder.clone(),
                    role: given.role.value.clone(),
                    target,
                });
            }
        }
        declared.holders.insert(holder);
    }

    /// What the role is held on, unless something is wrong with it.
    fn given(&mut self, given: &Located<Given>) -> Option<Option<Target>> {
        let is_role = self.known("role", &given.role);
        let objects = [
            &given.namespace,
            &given.repository,
            &given.remote,
            &given.distribution,
            &given.collection,
            &given.group,
        ];
        let mut named = KINDS
            .iter()
            .zip(objects)
            .filter_map(|(kind, object)| object.as_ref().map(|object| (kind, object)));
        let Some(((column, kind), name)) = named.next() else {
            return is_role.then_some(None);
        };
        if let Some((_, other)) = named.next() {
            let message = "a role is held on one object, or everywhere; write an entry for each";
            self.fault(other.line, message);
            return None;
        }
        if !self.known(column, name) || !is_role {
            return None;
        }
        if !self.permissions_after(&given.role).concerns(*kind) {
            let role = quoted(&given.role);
            let message = format!(
                "role {role} has no permission for a {column}, so it cannot be held on one"
            );
            self.fault(given.role.line, message);
            return None;
        }
        Some(Some(Target {
            kind: column,
            name: name.value.clone(),
        }))
    }

    /// What a role's holders may do once everything is done.
    fn permissions_after(&self, role: &str) -> PermissionSet {
        let mut declared = self.document.roles.iter().flat_map(|roles| roles.iter());
        let listed = declared
            .find(|one| one.name.value == role)
            .and_then(|one| one.permissions.as_ref());
        match listed {
            Some(list) => list
                .iter()
                .filter_map(|one| Permission::parse(one))
                .collect(),
            None => {
                let stored = self.state.roles.get(role);
                stored.map_or_else(PermissionSet::default, |stored| stored.permissions)
            }
        }
    }

    /// Whether it ends with something that is removed.
    fn goes_anyway(&self, grant: &Grant) -> bool {
        let holder = match &grant.holder {
            Holder::User(name) => self.after.is_pruned("user", name),
            Holder::Group(name) => self.after.is_pruned("group", name),
        };
        let target = grant.target.as_ref();
        holder
            || self.after.is_pruned("role", &grant.role)
            || target.is_some_and(|target| self.after.is_pruned(target.kind, &target.name))
    }

    fn give(&mut self, grant: Grant) {
        let (object, detail) = told(&grant);
        let action = action(&grant, true);
        let work = work(move |tx, ids| {
            let holder = match &grant.holder {
                Holder::User(name) => HolderRow::User(row(&ids.users, name)?),
                Holder::Group(name) => HolderRow::Group(row(&ids.groups, name)?),
            };
            let on = match grant.target {
                None => None,
                Some(target) => {
                    let object = ids.objects.get(&(target.kind, target.name)).copied();
                    let missing = || anyhow::anyhow!("an object of a role went missing");
                    Some(object.ok_or_else(|| Error::Internal(missing()))?)
                }
            };
            assignments::assign(tx, holder, &grant.role, on)
        });
        self.add(change(Mark::Add, action, object, detail, Stage::Ties, work));
    }
}

impl Declared {
    /// Whether a list is written that would name it.
    fn covers(&self, grant: &Grant) -> bool {
        let owned = grant
            .target
            .as_ref()
            .filter(|target| grant.role == OWNER && target.kind == "namespace");
        match owned {
            // Owners are listed with their namespaces.
            Some(namespace) => {
                let is_user = matches!(grant.holder, Holder::User(_));
                self.owned.contains(&(namespace.name.clone(), is_user))
            }
            None => self.holders.contains(&grant.holder),
        }
    }
}

/// Whose role it is, and which on what.
fn told(grant: &Grant) -> (String, String) {
    let holder = match &grant.holder {
        Holder::User(name) => format!("user {name}"),
        Holder::Group(name) => format!("group {name}"),
    };
    let place = match &grant.target {
        None => "everywhere".to_owned(),
        Some(target) => format!("on {} {}", target.kind, target.name),
    };
    (holder, format!("role {} {place}", grant.role))
}

/// As the API names it where one user or group is given a role.
fn action(grant: &Grant, gives: bool) -> &'static str {
    let action = match (&grant.holder, gives) {
        (Holder::User(_), true) => Action::UserRoleAdd,
        (Holder::User(_), false) => Action::UserRoleRemove,
        (Holder::Group(_), true) => Action::GroupRoleAdd,
        (Holder::Group(_), false) => Action::GroupRoleRemove,
    };
    action.name()
}
