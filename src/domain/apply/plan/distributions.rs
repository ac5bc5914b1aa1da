//! Distributions.

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
use crate::domain::repositories::seed;
use crate::policy::object::Object;
use std::collections::BTreeMap;

/// Longest base path, in characters.
const BASE_PATH_MAX: usize = 255;

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
            if let Some(other) = served.insert(base_path.clone(), name.value.clone())
                && other != name.value
            {
                let line = distribution.base_path.as_ref().unwrap_or(name).line;
                let shown = quoted(&base_path);
                self.fault(
                    line,
                    format!(
                        "base path {shown} is that of distribution {}",
                        quoted(&other)
                    ),
                );
            }
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
        let in_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let too_long = base_path.chars().count() > BASE_PATH_MAX;
        if base_path != old_path
            && (base_path.is_empty() || too_long || !base_path.chars().all(in_path))
        {
            let message = format!(
                "a base path is letters, digits, `.`, `_` and `-`, {BASE_PATH_MAX} at most"
            );
            self.fault(line, message);
        }
        if stored.is_some() && base_path != old_path && seed::is_shipped(old_path) {
            self.fault(
                line,
                format!("every hub has the base path {old_path}; it cannot be given up"),
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
