//! Namespaces.

use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::work;
use crate::domain::apply::document::content::Namespace as Declared;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::difference::Difference;
use crate::domain::apply::plan::said;
use crate::domain::collections::namespaces::avatar;
use crate::domain::collections::namespaces::spread;
use crate::domain::namespaces;
use crate::domain::namespaces::Link;
use crate::domain::namespaces::Profile;
use crate::domain::namespaces::create;
use crate::domain::namespaces::create::NewNamespace;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::policy::object::Object;

/// What the log and the tasks call it that nobody asked for over HTTP.
const APPLY: &str = "apply";

impl Planner<'_> {
    pub(super) fn namespaces(&mut self) {
        for namespace in self.document.namespaces.iter().flat_map(|all| all.iter()) {
            self.namespace(namespace);
        }
        for name in self.after.pruned("namespace").clone() {
            let Some(id) = self.state.namespaces.get(&name).map(|one| one.id) else {
                continue;
            };
            if self.state.inhabited.contains(&name) {
                let message =
                    format!("namespace {name} is not declared, but it has collections; declare it");
                self.fault(0, message);
            }
            let object = format!("namespace {name}");
            let work = work(move |tx, _| {
                namespaces::declared::delete(tx, id)?;
                spread::forget(tx, &name)
            });
            let stage = Stage::RemoveObjects;
            self.add(change(
                Mark::Remove,
                "NamespaceDelete",
                object,
                String::new(),
                stage,
                work,
            ));
        }
    }

    fn namespace(&mut self, namespace: &Declared) {
        let stored = self.state.namespaces.get(namespace.name.as_str());
        let before = stored.map_or_else(Profile::default, |stored| stored.profile.clone());
        let links = namespace.links.as_ref().map(|links| {
            let link = |link: &Located<crate::domain::apply::document::content::Link>| Link {
                name: link.name.value.clone(),
                url: link.url.value.clone(),
            };
            links.iter().map(link).collect()
        });
        let old_avatar = stored.map_or("", |stored| stored.avatar_url.as_str());
        let avatar_url = said(namespace.avatar_url.as_ref(), &old_avatar.to_owned());
        let profile = Profile {
            company: said(namespace.company.as_ref(), &before.company),
            email: said(namespace.email.as_ref(), &before.email),
            description: said(namespace.description.as_ref(), &before.description),
            resources: said(namespace.resources.as_ref(), &before.resources),
            links: links.unwrap_or_else(|| before.links.clone()),
            avatar_sha256: before
                .avatar_sha256
                .clone()
                .filter(|_| !avatar_url.is_empty()),
        };
        let new = NewNamespace {
            name: namespace.name.value.clone(),
            profile,
            avatar_url,
            owners: Vec::new(),
        };
        let mut difference = Difference::new(stored.is_none());
        difference.text("company", &before.company, &new.profile.company);
        difference.text("email", &before.email, &new.profile.email);
        difference.text("description", &before.description, &new.profile.description);
        difference.text("resources", &before.resources, &new.profile.resources);
        difference.text("avatar", old_avatar, &new.avatar_url);
        if before.links != new.profile.links {
            let shown = new.profile.links.iter().map(|link| link.name.as_str());
            difference.note(format!("links {}", shown.collect::<Vec<_>>().join(",")));
        }
        if stored.is_some() && difference.is_empty() {
            return;
        }
        self.check_namespace(namespace, &new);
        let is_elsewhere = !new.avatar_url.is_empty() && new.avatar_url != old_avatar;
        let object = format!("namespace {}", new.name);
        let told = difference.told();
        match stored.map(|stored| stored.id) {
            None => {
                let work = work(move |tx, ids| {
                    let id = create::create(tx, &new)?;
                    if !new.avatar_url.is_empty() {
                        avatar::want(tx, id, None, APPLY)?;
                    }
                    ids.add(new.name, Object::Namespace(id));
                    Ok(())
                });
                self.add(change(
                    Mark::Add,
                    "NamespaceCreate",
                    object,
                    told,
                    Stage::Namespaces,
                    work,
                ));
            }
            Some(id) => {
                let work = work(move |tx, _| {
                    let name = &new.name;
                    namespaces::declared::update(tx, id, name, &new.profile, &new.avatar_url)?;
                    spread::spread(tx, id)?;
                    if is_elsewhere {
                        avatar::want(tx, id, None, APPLY)?;
                    }
                    spread::forget(tx, name)
                });
                self.add(change(
                    Mark::Change,
                    "NamespaceUpdate",
                    object,
                    told,
                    Stage::Namespaces,
                    work,
                ));
            }
        }
    }

    /// The rules of a namespace, each broken one on the line of its field.
    fn check_namespace(&mut self, namespace: &Declared, new: &NewNamespace) {
        let Err(Error::Invalid(faults)) = create::check(new) else {
            return;
        };
        for fault in faults {
            let Blame::Field(field) = &fault.blame else {
                continue;
            };
            let declared = match field.as_ref() {
                "company" => namespace.company.as_ref(),
                "email" => namespace.email.as_ref(),
                "description" => namespace.description.as_ref(),
                "avatar_url" => namespace.avatar_url.as_ref(),
                _ => None,
            };
            let links = namespace.links.as_ref().and_then(|links| links.first());
            let line = match field.starts_with("links") {
                true => links.map(|link| link.line),
                false => declared.map(|declared| declared.line),
            };
            let line = line.unwrap_or(namespace.name.line);
            self.fault(line, format!("{field}: {}", fault.message));
        }
    }
}
