//! What a document can say: its types are the format, whichever way it is written, and its schema.
//!
//! What is left out stays as it is, or gets its default where the object is new. An empty text and the number 0 mean
//! that nothing is set.

pub mod accounts;
pub mod content;
pub mod located;
pub mod secret;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::apply::document::accounts::Group;
use crate::domain::apply::document::accounts::Role;
use crate::domain::apply::document::accounts::User;
use crate::domain::apply::document::content::Distribution;
use crate::domain::apply::document::content::Namespace;
use crate::domain::apply::document::content::Remote;
use crate::domain::apply::document::content::Repository;
use crate::domain::apply::document::located::List;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::document::secret::Secret;

/// What a Pocket Galaxy hub is to be: users, groups, roles, namespaces, remotes, repositories and distributions.
///
/// What is left out stays as it is, or gets its default where the object is new. An empty text and the number 0 mean
/// that nothing is set. `apply --prune` also removes what the sections of the document do not name, and what the lists
/// of its objects do not. Settings are not part of it: all of them are in flags, environment and galaxy.toml, none in
/// the database.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Document {
    /// Where this schema is, for editors. It is not read.
    #[serde(rename = "$schema", skip_serializing)]
    pub schema: Option<String>,
    /// Roles of one's own making. Those that come with the hub are there anyway and cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<List<Role>>,
    /// Groups of users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<List<Group>>,
    /// Users, with their groups, roles and tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<List<User>>,
    /// Namespaces and their owners.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<List<Namespace>>,
    /// Other galaxies that content can be mirrored from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remotes: Option<List<Remote>>,
    /// Repositories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repositories: Option<List<Repository>>,
    /// The names under which repositories are served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distributions: Option<List<Distribution>>,
}

/// The names of the sections.
pub const SECTIONS: [&str; 7] = [
    "roles",
    "groups",
    "users",
    "namespaces",
    "remotes",
    "repositories",
    "distributions",
];

/// The document's JSON Schema.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Document).to_value()
}

impl Document {
    /// What each section that is written declares: the noun of its items, and their names.
    pub(super) fn names(&self) -> [(&'static str, Option<Vec<&Located<String>>>); 7] {
        [
            ("role", names(&self.roles, |one| &one.name)),
            ("group", names(&self.groups, |one| &one.name)),
            ("user", names(&self.users, |one| &one.username)),
            ("namespace", names(&self.namespaces, |one| &one.name)),
            ("remote", names(&self.remotes, |one| &one.name)),
            ("repository", names(&self.repositories, |one| &one.name)),
            ("distribution", names(&self.distributions, |one| &one.name)),
        ]
    }

    /// Every secret of the document, with its line, so that those that are elsewhere can be fetched.
    pub fn secrets(&mut self) -> Vec<(usize, &mut Secret)> {
        let mut found = Vec::new();
        for user in self.users.iter_mut().flat_map(|users| users.iter_mut()) {
            let user = &mut user.value;
            found.extend(user.password.as_mut());
            let tokens = user.tokens.iter_mut().flat_map(|tokens| tokens.iter_mut());
            found.extend(tokens.filter_map(|token| token.value.token.as_mut()));
        }
        for remote in self.remotes.iter_mut().flat_map(|all| all.iter_mut()) {
            let Remote {
                token,
                password,
                client_key,
                proxy_password,
                ..
            } = &mut remote.value;
            found.extend(
                [token, password, client_key, proxy_password]
                    .into_iter()
                    .flatten(),
            );
        }
        found
            .into_iter()
            .map(|secret| (secret.line, &mut secret.value))
            .collect()
    }
}

fn names<T>(
    section: &Option<List<T>>,
    name: impl Fn(&T) -> &Located<String>,
) -> Option<Vec<&Located<String>>> {
    let items = section.as_ref()?.iter();
    Some(items.map(|item| name(&item.value)).collect())
}
