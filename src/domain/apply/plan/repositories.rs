//! Repositories, and labels.

use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::row;
use crate::domain::apply::change::work;
use crate::domain::apply::document::content::Repository;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::difference::Difference;
use crate::domain::apply::plan::quoted;
use crate::domain::apply::plan::said;
use crate::domain::collections::changes;
use crate::domain::repositories::declared;
use crate::domain::repositories::declared::RepositoryProfile;
use crate::domain::repositories::edit::RETAIN;
use crate::domain::repositories::labels;
use crate::policy::object::Object;
use std::collections::BTreeMap;

impl Planner<'_> {
    pub(super) fn repositories(&mut self) {
        for repository in self.document.repositories.iter().flat_map(|all| all.iter()) {
            self.repository(repository);
        }
        for name in self.after.pruned("repository").clone() {
            let Some(stored) = self.state.repositories.get(&name) else {
                continue;
            };
            if stored.has_content {
                let message =
                    format!("repository {name} is not declared, but it holds content; declare it");
                self.fault(0, message);
            }
            let id = stored.id;
            let work = work(move |tx, _| changes::remove_repository(tx, id));
            let object = format!("repository {name}");
            let stage = Stage::RemoveObjects;
            self.add(change(
                Mark::Remove,
                "RepositoryDelete",
                object,
                String::new(),
                stage,
                work,
            ));
        }
    }

    fn repository(&mut self, repository: &Repository) {
        self.name("repository", &repository.name);
        let state = self.state;
        let stored = state.repositories.get(repository.name.as_str());
        if let Some(remote) = repository
            .remote
            .as_ref()
            .filter(|remote| !remote.is_empty())
        {
            self.known("remote", remote);
        }
        let retain = repository.retain_repo_versions.as_ref();
        if let Some(retain) = retain.filter(|retain| retain.value < 0) {
            self.fault(
                retain.line,
                "`retain_repo_versions` is 1 or more, or 0 to keep all",
            );
        }
        self.labels(repository.labels.as_ref());
        let old = stored.map_or_else(
            || RepositoryProfile {
                retain_repo_versions: Some(RETAIN),
                ..RepositoryProfile::default()
            },
            |stored| RepositoryProfile {
                description: stored.description.clone(),
                is_private: stored.is_private,
                retain_repo_versions: stored.retain_repo_versions,
                remote: stored.remote,
                gpgkey: stored.gpgkey.clone(),
                labels: stored.labels.clone(),
            },
        );
        let mut remotes = state.remotes.values();
        let old_remote = remotes.find(|remote| Some(remote.id) == old.remote);
        let old_remote = old_remote.map_or("", |remote| remote.name.as_str());
        let remote = said(repository.remote.as_ref(), &old_remote.to_owned());
        let new = RepositoryProfile {
            description: said(repository.description.as_ref(), &old.description),
            is_private: said(repository.private.as_ref(), &old.is_private),
            retain_repo_versions: match retain {
                None => old.retain_repo_versions,
                Some(retain) => Some(retain.value).filter(|number| *number > 0),
            },
            remote: None, // its row is known once it is there
            gpgkey: said(repository.gpgkey.as_ref(), &old.gpgkey),
            labels: said(repository.labels.as_ref(), &old.labels),
        };
        let mut difference = Difference::new(stored.is_none());
        difference.text("description", &old.description, &new.description);
        difference.switch("private", old.is_private, new.is_private);
        let (before, after) = (old.retain_repo_versions, new.retain_repo_versions);
        difference.number("retain_repo_versions", before, after);
        difference.text("remote", old_remote, &remote);
        difference.text("gpgkey", &old.gpgkey, &new.gpgkey);
        difference.labels(&old.labels, &new.labels);
        let name = repository.name.value.clone();
        let object = format!("repository {name}");
        let id = stored.map(|stored| stored.id);
        if id.is_some() && difference.is_empty() {
            return;
        }
        let work = work(move |tx, ids| {
            let remote = (!remote.is_empty()).then(|| row(&ids.remotes, &remote));
            let remote = remote.transpose()?;
            let new = RepositoryProfile { remote, ..new };
            match id {
                Some(id) => declared::update_repository(tx, id, &new),
                None => {
                    let id = declared::add_repository(tx, &name, &new)?;
                    ids.add(name, Object::Repository(id));
                    Ok(())
                }
            }
        });
        let (mark, action) = match id {
            None => (Mark::Add, "RepositoryCreate"),
            Some(_) => (Mark::Change, "RepositoryUpdate"),
        };
        self.add(change(
            mark,
            action,
            object,
            difference.told(),
            Stage::Repositories,
            work,
        ));
    }

    /// The rule of label keys and values (contract 03, Repository).
    pub(super) fn labels(&mut self, labels: Option<&Located<BTreeMap<String, String>>>) {
        let Some(said) = labels else {
            return;
        };
        for (key, value) in &said.value {
            if !labels::is_key(key) {
                let key = quoted(key);
                let message = format!(
                    "the label {key} has other characters than letters, digits, `_`, space, `-`, `.`"
                );
                self.fault(said.line, message);
            }
            if !labels::is_value(value) {
                let message = format!(
                    "the value of label {} has parentheses or commas",
                    quoted(key)
                );
                self.fault(said.line, message);
            }
        }
    }
}
