//! What there is, as a document: in a stable order, secrets as hashes and digests, or not at all. Lists are always
//! written, texts and numbers where they are set.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::db::tx::ReadTx;
use crate::domain::accounts::inventory::StoredToken;
use crate::domain::accounts::inventory::StoredUser;
use crate::domain::apply::document::Document;
use crate::domain::apply::document::accounts::Given;
use crate::domain::apply::document::accounts::Group;
use crate::domain::apply::document::accounts::Role;
use crate::domain::apply::document::accounts::Token;
use crate::domain::apply::document::accounts::User;
use crate::domain::apply::document::content;
use crate::domain::apply::document::content::Distribution;
use crate::domain::apply::document::content::Owners;
use crate::domain::apply::document::content::Remote;
use crate::domain::apply::document::content::Repository;
use crate::domain::apply::document::located::List;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::plan::reach_of;
use crate::domain::apply::state::Grant;
use crate::domain::apply::state::Holder;
use crate::domain::apply::state::State;
use crate::domain::namespaces::Namespace;
use crate::domain::namespaces::OWNER;
use crate::domain::remotes::listing::Remote as StoredRemote;
use crate::kernel::error::Result;
use crate::policy::reach::Reach;

/// A document, and which secrets it lacks because nothing but themselves would do.
#[derive(Debug)]
pub struct Exported {
    /// What there is.
    pub document: Document,
    /// Names of remotes with the secrets they hold: `token`, `password`, …
    pub left_out: Vec<(String, Vec<&'static str>)>,
}

/// Everything there is, as a document.
pub fn export(tx: &ReadTx<'_>) -> Result<Exported> {
    let state = State::load(tx)?;
    let roles = state.roles.values().filter(|role| !role.is_locked);
    let document = Document {
        schema: None,
        roles: Some(
            roles
                .map(|role| {
                    let permissions = role.permissions.iter().map(|one| one.as_str().to_owned());
                    Role {
                        name: located(&role.name),
                        description: text(&role.description),
                        permissions: Some(permissions.collect()),
                    }
                })
                .collect(),
        ),
        groups: Some(
            state
                .groups
                .keys()
                .map(|name| group(&state, name))
                .collect(),
        ),
        users: Some(users(&state)),
        namespaces: Some(namespaces(&state)),
        remotes: Some(state.remotes.values().map(remote).collect()),
        repositories: Some(repositories(&state)),
        distributions: Some(distributions(&state)),
    };
    let left_out = state.remotes.values().filter_map(|remote| {
        let profile = &remote.profile;
        let secrets = [
            ("token", &profile.token),
            ("password", &profile.password),
            ("client_key", &profile.client_key),
            ("proxy_password", &profile.proxy_password),
        ];
        let held = secrets.iter().filter(|(_, text)| !text.is_empty());
        let held: Vec<&'static str> = held.map(|(field, _)| *field).collect();
        (!held.is_empty()).then(|| (remote.name.clone(), held))
    });
    let left_out = left_out.collect();
    Ok(Exported { document, left_out })
}

fn located<T>(value: &T) -> Located<T>
where
    T: Clone,
{
    Located::from(value.clone())
}

/// A text, unless it is empty.
fn text(text: &str) -> Option<Located<String>> {
    (!text.is_empty()).then(|| Located::from(text.to_owned()))
}

/// A value that is always written.
fn always<T>(value: T) -> Option<Located<T>> {
    Some(Located::from(value))
}

/// A list, also if it is empty: a document that is applied with `--prune` takes away what came later.
fn whole<T>(items: impl IntoIterator<Item = T>) -> Option<List<T>> {
    Some(items.into_iter().collect())
}

fn labels(labels: &BTreeMap<String, String>) -> Option<Located<BTreeMap<String, String>>> {
    (!labels.is_empty()).then(|| located(labels))
}

/// The roles of a holder, without those that are listed as owners of namespaces.
fn held(state: &State, holder: &Holder) -> Option<List<Given>> {
    let mut roles = Vec::new();
    // Grants are sorted by holder before all else.
    let first = Grant {
        holder: holder.clone(),
        role: String::new(),
        target: None,
    };
    let following = state.grants.range(first..).map(|(grant, _)| grant);
    for grant in following.take_while(|grant| grant.holder == *holder) {
        let mut given = Given {
            role: located(&grant.role),
            ..Given::default()
        };
        if let Some(target) = &grant.target {
            let place = match target.kind {
                "namespace" if grant.role == OWNER => continue,
                "namespace" => &mut given.namespace,
                "repository" => &mut given.repository,
                "remote" => &mut given.remote,
                "distribution" => &mut given.distribution,
                "collection" => &mut given.collection,
                _ => &mut given.group,
            };
            *place = always(target.name.clone());
        }
        roles.push(given);
    }
    whole(roles)
}

fn group(state: &State, name: &String) -> Group {
    Group {
        name: located(name),
        members: None, // users list their groups
        roles: held(state, &Holder::Group(name.clone())),
    }
}

fn users(state: &State) -> List<User> {
    let mut groups: HashMap<&str, Vec<String>> = HashMap::new();
    for (group, user) in &state.members {
        groups.entry(user).or_default().push(group.clone());
    }
    let all = state.users.values().map(|one| {
        let groups = groups.remove(one.username.as_str()).unwrap_or_default();
        user(state, one, groups)
    });
    all.collect()
}

fn user(state: &State, user: &StoredUser, groups: Vec<String>) -> User {
    let name = &user.username;
    let tokens = state.tokens.get(name).into_iter().flatten();
    let hash = Some(user.password.as_str()).filter(|_| user.password.is_usable());
    User {
        username: located(name),
        first_name: text(&user.first_name),
        last_name: text(&user.last_name),
        email: text(&user.email),
        superuser: always(user.is_superuser),
        active: always(user.is_active),
        password: None,
        password_hash: hash.and_then(text),
        groups: whole(groups),
        roles: held(state, &Holder::User(name.clone())),
        tokens: whole(tokens.map(|one| token(state, one))),
    }
}

fn token(state: &State, token: &StoredToken) -> Token {
    let (reach, within) = reach_of(state, token.reach);
    let limited = |is: bool| (is).then(|| Located::from(within.clone()));
    Token {
        name: located(&token.name),
        token: None,
        token_digest: text(&token.digest),
        reach: (token.reach != Reach::Full).then(|| Located::from(reach)),
        namespace: limited(matches!(token.reach, Reach::Publish(_))),
        repository: limited(matches!(token.reach, Reach::Repository(_))),
        expires_at: token.expires_at.map(|end| Located::from(end.to_string())),
    }
}

fn namespaces(state: &State) -> List<content::Namespace> {
    let mut owners: HashMap<&str, Vec<&Holder>> = HashMap::new();
    for grant in state.grants.keys().filter(|grant| grant.role == OWNER) {
        if let Some(target) = grant.target.as_ref().filter(|one| one.kind == "namespace") {
            owners.entry(&target.name).or_default().push(&grant.holder);
        }
    }
    let all = state.namespaces.values();
    all.map(|one| namespace(one, &mut owners)).collect()
}

fn namespace(
    namespace: &Namespace,
    owners: &mut HashMap<&str, Vec<&Holder>>,
) -> content::Namespace {
    let profile = &namespace.profile;
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for owner in owners.remove(namespace.name.as_str()).into_iter().flatten() {
        match owner {
            Holder::User(name) => users.push(name.clone()),
            Holder::Group(name) => groups.push(name.clone()),
        }
    }
    let links = profile.links.iter().map(|link| content::Link {
        name: located(&link.name),
        url: located(&link.url),
    });
    content::Namespace {
        name: located(&namespace.name),
        company: text(&profile.company),
        email: text(&profile.email),
        description: text(&profile.description),
        resources: text(&profile.resources),
        avatar_url: text(&namespace.avatar_url),
        links: whole(links),
        owners: Some(Owners {
            users: whole(users),
            groups: whole(groups),
        }),
    }
}

fn remote(remote: &StoredRemote) -> Remote {
    let profile = &remote.profile;
    Remote {
        name: located(&remote.name),
        url: always(profile.url.clone()),
        requirements_file: text(&profile.requirements_file),
        auth_url: text(&profile.auth_url),
        token: None,
        username: text(&profile.username),
        password: None,
        ca_cert: text(&profile.ca_cert),
        client_cert: text(&profile.client_cert),
        client_key: None,
        tls_validation: (!profile.tls_validation).then(|| Located::from(false)),
        proxy_url: text(&profile.proxy_url),
        proxy_username: text(&profile.proxy_username),
        proxy_password: None,
        download_concurrency: profile.download_concurrency.map(Located::from),
        rate_limit: profile.rate_limit.map(Located::from),
        max_retries: profile.max_retries.map(Located::from),
        total_timeout: profile.total_timeout.map(Located::from),
        connect_timeout: profile.connect_timeout.map(Located::from),
        sock_connect_timeout: profile.sock_connect_timeout.map(Located::from),
        sock_read_timeout: profile.sock_read_timeout.map(Located::from),
        sync_dependencies: (!profile.sync_dependencies).then(|| Located::from(false)),
        signed_only: profile.signed_only.then(|| Located::from(true)),
        sync_highest_versions: profile.sync_highest_versions.map(Located::from),
        labels: labels(&profile.labels),
    }
}

fn repositories(state: &State) -> List<Repository> {
    let all = state.repositories.values().map(|repository| {
        let mut remotes = state.remotes.values();
        let remote = remotes.find(|remote| Some(remote.id) == repository.remote);
        Repository {
            name: located(&repository.name),
            // Every hub has repositories with these, so that leaving them out would not take them away.
            description: always(repository.description.clone()),
            private: always(repository.is_private),
            retain_repo_versions: always(repository.retain_repo_versions.unwrap_or(0)),
            labels: always(repository.labels.clone()),
            remote: remote.and_then(|remote| text(&remote.name)),
            gpgkey: text(&repository.gpgkey),
        }
    });
    all.collect()
}

fn distributions(state: &State) -> List<Distribution> {
    let all = state.distributions.values().map(|distribution| {
        let mut repositories = state.repositories.values();
        let served = repositories.find(|one| Some(one.id) == distribution.repository);
        Distribution {
            name: located(&distribution.name),
            base_path: always(distribution.base_path.clone()),
            repository: always(served.map_or(String::new(), |one| one.name.clone())),
        }
    });
    all.collect()
}
