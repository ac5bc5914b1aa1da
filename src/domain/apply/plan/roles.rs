//! Roles of one's own making.

use crate::domain::accounts::declared;
use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::work;
use crate::domain::apply::document::accounts::Role;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::difference::Difference;
use crate::domain::apply::plan::quoted;
use crate::domain::apply::plan::said;
use crate::kernel::nearest::suggestion;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;

impl Planner<'_> {
    pub(super) fn roles(&mut self) {
        for role in self.document.roles.iter().flat_map(|roles| roles.iter()) {
            self.role(role);
        }
        for name in self.after.pruned("role").clone() {
            let Some(id) = self.state.roles.get(&name).map(|role| role.id) else {
                continue;
            };
            let work = work(move |tx, _| declared::delete_role(tx, id));
            let object = format!("role {name}");
            let stage = Stage::RemoveObjects;
            self.add(change(
                Mark::Remove,
                "RoleDelete",
                object,
                String::new(),
                stage,
                work,
            ));
        }
    }

    fn role(&mut self, role: &Role) {
        self.name("role", &role.name);
        let stored = self.state.roles.get(role.name.as_str());
        if stored.is_some_and(|stored| stored.is_locked) {
            let shown = quoted(&role.name);
            let message = format!(
                "role {shown} comes with the hub and cannot be changed; declare one of another name"
            );
            return self.fault(role.name.line, message);
        }
        let before = stored.map_or_else(String::new, |stored| stored.description.clone());
        let description = said(role.description.as_ref(), &before);
        let held = stored.map_or_else(PermissionSet::default, |stored| stored.permissions);
        let permissions = match &role.permissions {
            None => held,
            Some(wanted) => {
                let parsed: Vec<_> = wanted
                    .iter()
                    .map(|one| (one, Permission::parse(one)))
                    .collect();
                for (unknown, _) in parsed.iter().filter(|(_, parsed)| parsed.is_none()) {
                    let all = Permission::ALL.iter().map(|one| one.as_str());
                    let near = suggestion(unknown, all);
                    let message = format!("there is no permission {}{near}", quoted(unknown));
                    self.fault(unknown.line, message);
                }
                parsed
                    .into_iter()
                    .filter_map(|(_, parsed)| parsed)
                    .collect()
            }
        };
        let mut difference = Difference::new(stored.is_none());
        difference.text("description", &before, &description);
        let lacks = |permission: &Permission, set: PermissionSet| !set.holds(*permission);
        for permission in permissions.iter().filter(|one| lacks(one, held)) {
            difference.note(format!("+{permission}"));
        }
        for permission in held.iter().filter(|one| lacks(one, permissions)) {
            difference.note(format!("-{permission}"));
        }
        let (name, object) = (role.name.value.clone(), format!("role {}", role.name.value));
        match stored.map(|stored| stored.id) {
            None => {
                let work = work(move |tx, _| {
                    declared::add_role(tx, &name, &description, permissions).map(|_| ())
                });
                let told = difference.told();
                self.add(change(
                    Mark::Add,
                    "RoleCreate",
                    object,
                    told,
                    Stage::Roles,
                    work,
                ));
            }
            Some(id) if !difference.is_empty() => {
                let work =
                    work(move |tx, _| declared::update_role(tx, id, &description, permissions));
                let told = difference.told();
                self.add(change(
                    Mark::Change,
                    "RoleUpdate",
                    object,
                    told,
                    Stage::Roles,
                    work,
                ));
            }
            Some(_) => {}
        }
    }
}
