//! The names there are when everything is done, and those that go.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::apply::Wishes;
use crate::domain::apply::document::Document;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::state::State;
use crate::domain::remotes;
use crate::domain::repositories::seed;

/// The group every installation has.
const PARTNER_ENGINEERS: &str = "system:partner-engineers";

#[derive(Debug)]
struct Kind {
    after: BTreeSet<String>,
    pruned: BTreeSet<String>,
}

impl Kind {
    /// What is left of the names that are `there`, and those that `section` declares, if it is written.
    fn after(
        there: BTreeSet<String>,
        section: Option<&[&Located<String>]>,
        stays: impl Fn(&str) -> bool,
    ) -> Self {
        let Some(section) = section else {
            return Self {
                after: there,
                pruned: BTreeSet::new(),
            };
        };
        let declared: BTreeSet<String> = section.iter().map(|name| name.value.clone()).collect();
        let (mut after, pruned): (BTreeSet<_>, _) =
            (there.into_iter()).partition(|name| declared.contains(name) || stays(name));
        after.extend(declared);
        Self { after, pruned }
    }
}

/// Names by noun.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<&'static str, Kind>);

impl Names {
    /// Those after `document` was applied to `state`. What every installation has is never pruned.
    pub(super) fn after(state: &State, document: &Document, wishes: &Wishes) -> Self {
        let protected = |name: &str| {
            let mut served = state.distributions.values();
            served.any(|one| wishes.protects(&one.base_path) && (one.name == name))
        };
        let serves_protected = |name: &str| {
            let id = state.repositories.get(name).map(|one| one.id);
            let mut served = state.distributions.values();
            seed::is_shipped(name)
                || served.any(|one| wishes.protects(&one.base_path) && one.repository == id)
        };
        let locked = |name: &str| state.roles.get(name).is_some_and(|role| role.is_locked);
        let stays = |noun: &str, name: &str| match noun {
            "role" => locked(name),
            "group" => name == PARTNER_ENGINEERS,
            "remote" => remotes::is_shipped(name),
            "repository" => serves_protected(name),
            "distribution" => protected(name),
            _ => false,
        };
        let declared: BTreeMap<_, _> = document.names().into();
        let kinds = state.names().map(|(noun, there)| {
            let section = declared.get(noun).and_then(Option::as_deref);
            let stays = |name: &str| !wishes.prune || stays(noun, name);
            (noun, Kind::after(there, section, stays))
        });
        Self(kinds.into())
    }

    /// Every name of a noun.
    pub(super) fn of(&self, noun: &str) -> &BTreeSet<String> {
        &self.0[noun].after
    }

    /// Those that are there and go.
    pub(super) fn pruned(&self, noun: &str) -> &BTreeSet<String> {
        &self.0[noun].pruned
    }

    /// Whether this one goes.
    pub(super) fn is_pruned(&self, noun: &str, name: &str) -> bool {
        self.pruned(noun).contains(name)
    }
}
