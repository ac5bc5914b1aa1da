//! What there is, by name: a few queries for all of it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

use crate::db::tx::ReadTx;
use crate::domain::accounts::inventory as accounts;
use crate::domain::accounts::inventory::StoredRole;
use crate::domain::accounts::inventory::StoredToken;
use crate::domain::accounts::inventory::StoredUser;
use crate::domain::apply::change::Ids;
use crate::domain::collections::inventory as collections;
use crate::domain::namespaces::Namespace;
use crate::domain::namespaces::queries;
use crate::domain::namespaces::queries::NamespaceFilter;
use crate::domain::remotes::listing as remotes;
use crate::domain::remotes::listing::Remote as StoredRemote;
use crate::domain::repositories::inventory as repositories;
use crate::domain::repositories::inventory::StoredDistribution;
use crate::domain::repositories::inventory::StoredRepository;
use crate::kernel::error::Result;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::GroupId;
use crate::kernel::page::Window;
use crate::policy::object::Object;

/// Who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    User(String),
    Group(String),
}

/// An object a role is held on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// As `role_assignment.object_kind` spells it.
    pub(super) kind: &'static str,
    pub(super) name: String,
}

/// A role that somebody holds, everywhere or on an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grant {
    pub(super) holder: Holder,
    pub(super) role: String,
    pub(super) target: Option<Target>,
}

/// Everything a document can speak of.
#[derive(Default)]
pub(super) struct State {
    pub(super) users: BTreeMap<String, StoredUser>,
    pub(super) tokens: BTreeMap<String, Vec<StoredToken>>,
    pub(super) groups: BTreeMap<String, GroupId>,
    /// Group and user.
    pub(super) members: BTreeSet<(String, String)>,
    pub(super) roles: BTreeMap<String, StoredRole>,
    pub(super) grants: BTreeMap<Grant, AssignmentId>,
    pub(super) namespaces: BTreeMap<String, Namespace>,
    /// Names of namespaces that have collections.
    pub(super) inhabited: BTreeSet<String>,
    pub(super) collections: BTreeMap<String, CollectionId>,
    pub(super) remotes: BTreeMap<String, StoredRemote>,
    pub(super) repositories: BTreeMap<String, StoredRepository>,
    pub(super) distributions: BTreeMap<String, StoredDistribution>,
}

/// All there are.
const ALL: Window = Window {
    offset: 0,
    limit: u64::MAX,
};

impl State {
    pub(super) fn load(tx: &ReadTx<'_>) -> Result<Self> {
        let mut state = Self {
            users: named(accounts::users(tx)?, |user| user.username.clone()),
            groups: (accounts::groups(tx)?.into_iter())
                .map(|(id, name)| (name, id))
                .collect(),
            members: accounts::members(tx)?.into_iter().collect(),
            roles: named(accounts::roles(tx)?, |role| role.name.clone()),
            namespaces: named(
                queries::list(tx, &NamespaceFilter::default(), ALL)?.items,
                |namespace| namespace.name.clone(),
            ),
            remotes: named(remotes::all(tx)?, |remote| remote.name.clone()),
            repositories: named(repositories::repositories(tx)?, |one| one.name.clone()),
            distributions: named(repositories::distributions(tx)?, |one| one.name.clone()),
            ..Self::default()
        };
        for token in accounts::tokens(tx)? {
            let tokens = state.tokens.entry(token.username.clone()).or_default();
            tokens.push(token);
        }
        for (id, namespace, name) in collections::collections(tx)? {
            state.collections.insert(format!("{namespace}.{name}"), id);
            state.inhabited.insert(namespace);
        }
        state.load_grants(tx)?;
        Ok(state)
    }

    fn load_grants(&mut self, tx: &ReadTx<'_>) -> Result<()> {
        let objects = self.ids().objects;
        let names: HashMap<Object, &String> = objects
            .iter()
            .map(|((_, name), object)| (*object, name))
            .collect();
        for assignment in accounts::assignments(tx)? {
            let holder = match (assignment.username, assignment.group) {
                (Some(name), _) => Holder::User(name),
                (None, Some(name)) => Holder::Group(name),
                (None, None) => continue,
            };
            let target = match &assignment.object {
                None => None,
                Some((kind, id)) => {
                    let object = Object::from_columns(kind, *id);
                    // One on an object of a kind that no document speaks of stays as it is.
                    let Some((object, name)) = object.and_then(|o| Some((o, names.get(&o)?)))
                    else {
                        continue;
                    };
                    let (kind, name) = (object.columns().0, (*name).clone());
                    Some(Target { kind, name })
                }
            };
            let role = assignment.role;
            let grant = Grant {
                holder,
                role,
                target,
            };
            self.grants.insert(grant, assignment.id);
        }
        Ok(())
    }

    /// The names that are there, by noun.
    pub(super) fn names(&self) -> [(&'static str, BTreeSet<String>); 8] {
        [
            ("role", self.roles.keys().cloned().collect()),
            ("group", self.groups.keys().cloned().collect()),
            ("user", self.users.keys().cloned().collect()),
            ("namespace", self.namespaces.keys().cloned().collect()),
            ("remote", self.remotes.keys().cloned().collect()),
            ("repository", self.repositories.keys().cloned().collect()),
            ("distribution", self.distributions.keys().cloned().collect()),
            ("collection", self.collections.keys().cloned().collect()),
        ]
    }

    /// The rows behind all names.
    pub(super) fn ids(&self) -> Ids {
        let mut ids = Ids::default();
        for user in self.users.values() {
            ids.add_user(user.username.clone(), user.id);
        }
        let groups = self.groups.iter().map(|(n, id)| (n, Object::Group(*id)));
        let namespaces = (self.namespaces.iter()).map(|(n, one)| (n, Object::Namespace(one.id)));
        let remotes = (self.remotes.iter()).map(|(n, one)| (n, Object::Remote(one.id)));
        let repositories =
            (self.repositories.iter()).map(|(n, one)| (n, Object::Repository(one.id)));
        let distributions =
            (self.distributions.iter()).map(|(n, one)| (n, Object::Distribution(one.id)));
        let collections = (self.collections.iter()).map(|(n, id)| (n, Object::Collection(*id)));
        let all = groups
            .chain(namespaces)
            .chain(remotes)
            .chain(repositories)
            .chain(distributions)
            .chain(collections);
        for (name, object) in all {
            ids.add(name.clone(), object);
        }
        ids
    }
}

fn named<T>(all: Vec<T>, name: impl Fn(&T) -> String) -> BTreeMap<String, T> {
    all.into_iter().map(|one| (name(&one), one)).collect()
}
