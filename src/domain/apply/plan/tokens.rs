//! API tokens: known by their digest, and replaced by name.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

use crate::domain::accounts::declared;
use crate::domain::accounts::declared::DeclaredToken;
use crate::domain::accounts::inventory::StoredToken;
use crate::domain::accounts::tokens;
use crate::domain::apply::change::Ids;
use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::row;
use crate::domain::apply::change::work;
use crate::domain::apply::document::accounts::Reach as Declared;
use crate::domain::apply::document::accounts::Token;
use crate::domain::apply::document::accounts::User;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::difference::Difference;
use crate::domain::apply::state::State;
use crate::kernel::clock::Timestamp;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::policy::reach::Reach;

/// Shortest and longest text of a token.
const SHORTEST: usize = 20;
const LONGEST: usize = 200;

/// A token as it is to be, with names for what it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    name: String,
    digest: String,
    reach: Declared,
    /// The namespace or repository it is limited to.
    within: String,
    expires_at: Option<Timestamp>,
}

impl Planner<'_> {
    pub(super) fn tokens(&mut self) {
        let document = self.document;
        let users = || document.users.iter().flat_map(|users| users.iter());
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut wanted: Vec<(&User, Vec<(usize, Wanted)>)> = Vec::new();
        for user in users() {
            if user.tokens.is_none() && !self.is_let_go(user) {
                continue;
            }
            let mut of_user = Vec::new();
            for token in user.tokens.iter().flat_map(|tokens| tokens.iter()) {
                let Some(one) = self.token(token) else {
                    continue;
                };
                if let Some(first) = seen.insert(one.digest.clone(), token.line) {
                    self.fault(token.line, format!("this token is on line {first} already"));
                }
                of_user.push((token.line, one));
            }
            wanted.push((user, of_user));
        }
        let gone = self.tokens_that_go(&wanted);
        let stored = self.state.tokens.values().flatten();
        let there = stored.map(|one| (one.digest.as_str(), one)).collect();
        for (user, tokens) in wanted {
            for token in tokens {
                self.token_of(&user.username, token, &there, &gone);
            }
        }
    }

    /// Whether a user may come in no more: then their tokens end too, but for those that the document lists.
    fn is_let_go(&self, user: &User) -> bool {
        let stored = self.state.users.get(user.username.as_str());
        let leaves = user.active.as_ref().is_some_and(|active| !active.value);
        leaves && stored.is_some_and(|stored| stored.is_active)
    }

    /// Removes the tokens whose name is that of another now, those of users who are let go and, where a list is the whole
    /// list, all others. Returns their digests.
    fn tokens_that_go(&mut self, wanted: &[(&User, Vec<(usize, Wanted)>)]) -> BTreeSet<String> {
        let mut gone = BTreeSet::new();
        for (user, tokens) in wanted {
            let (username, is_let_go) = (user.username.as_str(), self.is_let_go(user));
            let stored = self.state.tokens.get(username).into_iter().flatten();
            for old in stored {
                let stays = tokens.iter().any(|(_, one)| one.digest == old.digest);
                let replaced = tokens.iter().any(|(_, one)| one.name == old.name);
                if stays || !(replaced || self.wishes.prune || is_let_go) {
                    continue;
                }
                gone.insert(old.digest.clone());
                let id = old.id;
                let work = work(move |tx, _| declared::delete_token(tx, id));
                let (object, detail) = (object(username, &old.name), String::new());
                let stage = Stage::RemoveTies;
                self.changes.push(change(
                    Mark::Remove,
                    "TokenRevoke",
                    object,
                    detail,
                    stage,
                    work,
                ));
            }
        }
        gone
    }

    fn token_of(
        &mut self,
        user: &str,
        (line, token): (usize, Wanted),
        there: &HashMap<&str, &StoredToken>,
        gone: &BTreeSet<String>,
    ) {
        let stored = there.get(token.digest.as_str()).copied();
        let stored = stored
            .filter(|old| !gone.contains(&old.digest))
            .filter(|old| !self.after.is_pruned("user", &old.username));
        if let Some(stored) = stored.filter(|stored| stored.username != user) {
            let message = format!("this token is one of user {} already", stored.username);
            return self.fault(line, message);
        }
        let old = stored.map(|stored| known(self.state, stored));
        if old.as_ref() == Some(&token) {
            return;
        }
        let mut difference = Difference::new(old.is_none());
        if let Some(old) = &old {
            difference.text("name", &old.name, &token.name);
        }
        let before = old.as_ref().map_or(String::new(), reach_text);
        difference.text("reach", &before, &reach_text(&token));
        let before = old.as_ref().and_then(|old| old.expires_at);
        difference.number("expires", before, token.expires_at);
        let (username, object) = (user.to_owned(), object(user, &token.name));
        let id = stored.map(|stored| stored.id);
        let work = work(move |tx, ids| {
            let declared = with_rows(token, ids)?;
            match id {
                Some(id) => declared::update_token(tx, id, &declared),
                None => declared::add_token(tx, row(&ids.users, &username)?, &declared),
            }
        });
        let mark = if id.is_some() {
            Mark::Change
        } else {
            Mark::Add
        };
        self.add(change(
            mark,
            "TokenIssue",
            object,
            difference.told(),
            Stage::Ties,
            work,
        ));
    }

    /// The token as it is to be, unless something is wrong with it.
    fn token(&mut self, token: &Located<Token>) -> Option<Wanted> {
        self.short("name", Some(&token.name), 150);
        let digest = match (&token.token, &token.token_digest) {
            (Some(_), Some(digest)) => {
                self.fault(
                    digest.line,
                    "a token has a `token` or a `token_digest`, not both",
                );
                None
            }
            (None, None) => {
                let message = "a token needs its text as `token`, or its SHA-256 as `token_digest`";
                self.fault(token.line, message);
                None
            }
            (Some(secret), None) => {
                let text = secret.value.text();
                let sound = text.bytes().all(|byte| byte.is_ascii_graphic())
                    && (SHORTEST..=LONGEST).contains(&text.len());
                if !sound {
                    let message = format!(
                        "a token is {SHORTEST} to {LONGEST} letters, digits and signs without spaces"
                    );
                    self.fault(secret.line, message);
                }
                sound.then(|| tokens::digest(text))
            }
            (None, Some(digest)) => {
                let parsed = Digest::parse(digest);
                if parsed.is_none() {
                    self.fault(
                        digest.line,
                        "`token_digest` is a SHA-256: 64 hexadecimal digits",
                    );
                }
                parsed
            }
        };
        let reach = token
            .reach
            .as_ref()
            .map_or(Declared::Full, |reach| reach.value);
        let within = self.within(token, reach);
        let expires_at = match &token.expires_at {
            None => Some(None),
            Some(text) if text.is_empty() => Some(None),
            Some(text) => {
                let parsed = Timestamp::parse(text);
                if parsed.is_none() {
                    let message = "`expires_at` is a date and a time such as 2027-03-01T00:00:00Z";
                    self.fault(text.line, message);
                }
                parsed.map(Some)
            }
        };
        Some(Wanted {
            name: token.name.value.clone(),
            digest: digest?.as_str().to_owned(),
            reach,
            within: within?,
            expires_at: expires_at?,
        })
    }

    /// The object a token is limited to: there is one if its reach needs one, and only then.
    fn within(&mut self, token: &Located<Token>, reach: Declared) -> Option<String> {
        let fields = [
            ("namespace", Declared::Publish, &token.namespace),
            ("repository", Declared::Repository, &token.repository),
        ];
        let mut within = Some(String::new());
        for (noun, needed_for, name) in fields {
            match (name, reach == needed_for) {
                (None, false) => {}
                (Some(name), true) => {
                    within = self.known(noun, name).then(|| name.value.clone());
                }
                (None, true) => {
                    let line = token.reach.as_ref().map_or(token.line, |reach| reach.line);
                    self.fault(line, format!("this reach needs a `{noun}`"));
                    within = None;
                }
                (Some(name), false) => {
                    let reach = if noun == "namespace" { "publish" } else { noun };
                    let message = format!("`{noun}` goes with `reach` = {reach} only");
                    self.fault(name.line, message);
                    within = None;
                }
            }
        }
        within
    }
}

fn object(user: &str, token: &str) -> String {
    match token {
        "" => format!("token of {user}"),
        name => format!("token {name} of {user}"),
    }
}

fn reach_text(token: &Wanted) -> String {
    match token.reach {
        Declared::Full => "full".to_owned(),
        Declared::Read => "read".to_owned(),
        Declared::Publish => format!("publish into namespace {}", token.within),
        Declared::Repository => format!("repository {}", token.within),
    }
}

/// A stored token, as a document says it.
fn known(state: &State, stored: &StoredToken) -> Wanted {
    let (reach, within) = reach_of(state, stored.reach);
    Wanted {
        name: stored.name.clone(),
        digest: stored.digest.clone(),
        reach,
        within,
        expires_at: stored.expires_at,
    }
}

/// How a document says a reach: what kind, and within what.
pub(in crate::domain::apply) fn reach_of(state: &State, reach: Reach) -> (Declared, String) {
    let namespace = |id| state.namespaces.values().find(|one| one.id == id);
    let repository = |id| state.repositories.values().find(|one| one.id == id);
    match reach {
        Reach::Full => (Declared::Full, String::new()),
        Reach::Read => (Declared::Read, String::new()),
        Reach::Publish(id) => (
            Declared::Publish,
            namespace(id).map_or(String::new(), |one| one.name.clone()),
        ),
        Reach::Repository(id) => (
            Declared::Repository,
            repository(id).map_or(String::new(), |one| one.name.clone()),
        ),
    }
}

fn with_rows(token: Wanted, ids: &Ids) -> Result<DeclaredToken> {
    let reach = match token.reach {
        Declared::Full => Reach::Full,
        Declared::Read => Reach::Read,
        Declared::Publish => Reach::Publish(row(&ids.namespaces, &token.within)?),
        Declared::Repository => Reach::Repository(row(&ids.repositories, &token.within)?),
    };
    Ok(DeclaredToken {
        name: token.name,
        digest: token.digest,
        reach,
        expires_at: token.expires_at,
    })
}
