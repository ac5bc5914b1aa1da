//! Distributions.

use crate::config::publishing::is_base_path;
use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::row;
use crate::domain::apply::change::work;
use crate::domain::apply::document::content::Distribution;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::difference::Difference;
use crate::domain::apply::plan::quoted;
use crate::domain::apply::plan::said;
use crate::domain::repositories::declared;
use crate::policy::object::Object;
use std::collections::BTreeMap;

impl Planner<'_> {
    pub(super) fn distributions(&mut self) {
        for name in self.after.pruned("distribution").clone() {
            let Some(id) = self.state.distributions.get(&name).map(|one| one.id) else {
                continue;
            };
            let work = work(move |tx, _| declared::delete_distribution(tx, id));
            let object = format!("distribution {name}");
            let stage = Stage::RemoveObjects;
            self.add(change(
                Mark::Remove,
                "DistributionDelete",
                object,
                String::new(),
                stage,
                work,
            ));
        }
        // Who serves what in the end, to see whether two want the same.
        let mut served: BTreeMap<String, String> = BTreeMap::new();
        let document = self.document;
        let declared = || document.distributions.iter().flat_map(|all| all.iter());
        for (name, stored) in &self.state.distributions {
            let is_declared = declared().any(|one| one.name.value == *name);
            if !is_declared && !self.after.is_pruned("distribution", name) {
                served.insert(stored.base_path.clone(), name.clone());
            }
        }
        for distribution in declared() {
            let base_path = self.distribution(distribution);
            let name = &distribution.name;
            if let Some((path, other)) = overlapping(&served, &base_path)
                && other != name.value
            {
                let line = distribution.base_path.as_ref().unwrap_or(name).line;
                let (shown, path, other) = (quoted(&base_path), quoted(&path), quoted(&other));
                let message = match path == shown {
                    true => format!("base path {shown} is that of distribution {other}"),
                    false => {
                        format!("base path {shown} overlaps with {path} of distribution {other}")
                    }
                };
                self.fault(line, message);
            }
            served.insert(base_path, name.value.clone());
        }
    }

    /// Returns the base path the distribution will have.
    fn distribution(&mut self, distribution: &Distribution) -> String {
        self.name("distribution", &distribution.name);
        let state = self.state;
        let name = &distribution.name;
        let stored = state.distributions.get(name.as_str());
        if let Some(repository) = distribution
            .repository
            .as_ref()
            .filter(|one| !one.is_empty())
        {
            self.known("repository", repository);
        }
        let old_path = stored.map_or("", |stored| stored.base_path.as_str());
        let default_path = stored.map_or(name.as_str(), |stored| stored.base_path.as_str());
        let base_path = said(distribution.base_path.as_ref(), &default_path.to_owned());
        let line = distribution.base_path.as_ref().unwrap_or(name).line;
        if base_path != old_path && !is_base_path(&base_path) {
            let message =
                "a base path is letters, digits, `.`, `_`, `-` and inner slashes, 255 at most";
            self.fault(line, message);
        }
        if stored.is_some() && base_path != old_path && self.wishes.protects(old_path) {
            self.fault(
                line,
                format!("the base path {old_path} is needed; it cannot be given up"),
            );
        }
        let serving = stored.and_then(|stored| stored.repository);
        let mut repositories = state.repositories.values();
        let old = repositories.find(|one| Some(one.id) == serving);
        let old = old.map_or("", |one| one.name.as_str());
        let repository = said(distribution.repository.as_ref(), &old.to_owned());
        let mut difference = Difference::new(stored.is_none());
        difference.text("base path", old_path, &base_path);
        difference.text("repository", old, &repository);
        let id = stored.map(|stored| stored.id);
        if id.is_some() && difference.is_empty() {
            return base_path;
        }
        if let Some(id) = id
            && base_path != old_path
        {
            let work = work(move |tx, _| declared::free_base_path(tx, id));
            let (nothing, stage) = (String::new, Stage::FreePaths);
            self.add(change(Mark::Silent, "", nothing(), nothing(), stage, work));
        }
        let (name, path) = (name.value.clone(), base_path.clone());
        let object = format!("distribution {name}");
        let work = work(move |tx, ids| {
            let repository = (!repository.is_empty()).then(|| row(&ids.repositories, &repository));
            let repository = repository.transpose()?;
            match id {
                Some(id) => declared::update_distribution(tx, id, &path, repository),
                None => {
                    let id = declared::add_distribution(tx, &name, &path, repository)?;
                    ids.add(name, Object::Distribution(id));
                    Ok(())
                }
            }
        });
        let (mark, action) = match id {
            None => (Mark::Add, "DistributionCreate"),
            Some(_) => (Mark::Change, "DistributionUpdate"),
        };
        self.add(change(
            mark,
            action,
            object,
            difference.told(),
            Stage::Distributions,
            work,
        ));
        base_path
    }
}

/// A base path that is, begins or continues this one, and whose it is (contract 03, DIS-2).
fn overlapping(served: &BTreeMap<String, String>, base_path: &str) -> Option<(String, String)> {
    let cuts = base_path.match_indices('/').map(|(at, _)| &base_path[..at]);
    let above = cuts
        .chain([base_path])
        .find_map(|path| served.get_key_value(path));
    let below = || {
        let start = format!("{base_path}/");
        let mut following = served.range(start.clone()..);
        following
            .next()
            .filter(|(path, _)| path.starts_with(&start))
    };
    let (path, name) = above.or_else(below)?;
    Some((path.clone(), name.clone()))
}
