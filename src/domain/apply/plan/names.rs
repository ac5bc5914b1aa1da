//! The names there are when everything is done, and those that go.

use std::collections::BTreeSet;

use crate::domain::apply::Wishes;
use crate::domain::apply::document::Document;
use crate::domain::apply::document::located::List;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::state::State;
use crate::domain::remotes;
use crate::domain::repositories::seed;

/// The group every installation has.
const PARTNER_ENGINEERS: &str = "system:partner-engineers";

#[derive(Debug, Default)]
struct Kind {
    after: BTreeSet<String>,
    pruned: BTreeSet<String>,
}

/// Names by noun.
#[derive(Debug, Default)]
pub(super) struct Names {
    roles: Kind,
    groups: Kind,
    users: Kind,
    namespaces: Kind,
    remotes: Kind,
    repositories: Kind,
    distributions: Kind,
    collections: Kind,
}

impl Names {
    /// Those after `document` was applied to `state`. What every installation has is never pruned.
    pub(super) fn after(state: &State, document: &Document, wishes: &Wishes) -> Self {
        let prune = wishes.prune;
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
        Self {
            roles: kind(
                state.roles.keys(),
                &document.roles,
                prune,
                |r| &r.name,
                locked,
            ),
            groups: kind(
                state.groups.keys(),
                &document.groups,
                prune,
                |g| &g.name,
                |name| name == PARTNER_ENGINEERS,
            ),
            users: kind(
                state.users.keys(),
                &document.users,
                prune,
                |u| &u.username,
                |_| false,
            ),
            namespaces: kind(
                state.namespaces.keys(),
                &document.namespaces,
                prune,
                |n| &n.name,
                |_| false,
            ),
            remotes: kind(
                state.remotes.keys(),
                &document.remotes,
                prune,
                |r| &r.name,
                remotes::is_shipped,
            ),
            repositories: kind(
                state.repositories.keys(),
                &document.repositories,
                prune,
                |r| &r.name,
                serves_protected,
            ),
            distributions: kind(
                state.distributions.keys(),
                &document.distributions,
                prune,
                |d| &d.name,
                protected,
            ),
            collections: Kind {
                after: state.collections.keys().cloned().collect(),
                pruned: BTreeSet::new(),
            },
        }
    }

    fn kind(&self, noun: &str) -> &Kind {
        match noun {
            "role" => &self.roles,
            "group" => &self.groups,
            "user" => &self.users,
            "namespace" => &self.namespaces,
            "remote" => &self.remotes,
            "repository" => &self.repositories,
            "distribution" => &self.distributions,
            _ => &self.collections,
        }
    }

    /// Every name of a noun.
    pub(super) fn of(&self, noun: &str) -> &BTreeSet<String> {
        &self.kind(noun).after
    }

    /// Those that are there and go.
    pub(super) fn pruned(&self, noun: &str) -> &BTreeSet<String> {
        &self.kind(noun).pruned
    }

    /// Whether this one goes.
    pub(super) fn is_pruned(&self, noun: &str, name: &str) -> bool {
        self.pruned(noun).contains(name)
    }
}

fn kind<'a, T: 'a>(
    there: impl Iterator<Item = &'a String>,
    section: &'a Option<List<T>>,
    prune: bool,
    name: impl Fn(&'a T) -> &'a Located<String>,
    stays: impl Fn(&str) -> bool,
) -> Kind {
    let items = section.iter().flat_map(|list| list.iter());
    let declared: BTreeSet<&str> = items.map(|item| name(&item.value).as_str()).collect();
    let goes = |one: &str| prune && section.is_some() && !declared.contains(one) && !stays(one);
    let (pruned, mut after): (BTreeSet<String>, BTreeSet<String>) =
        there.cloned().partition(|one| goes(one));
    after.extend(declared.iter().map(|name| (*name).to_owned()));
    Kind { after, pruned }
}
