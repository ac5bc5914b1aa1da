//! What has to change for a hub to be as a document says. Reads nothing but what it is given.
//!
//! Additive, unless it is told to prune: then a section is all there is of its kind, and a list of an object is the whole
//! list. A section or a list that is not written is never pruned. Start reading at [`compare`].

mod difference;
mod distributions;
mod grants;
mod groups;
mod names;
mod namespaces;
mod remotes;
mod repositories;
mod roles;
mod tokens;
mod users;

use std::collections::BTreeMap;

use crate::domain::apply::Fault;
use crate::domain::apply::Wishes;
use crate::domain::apply::change::Change;
use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::Work;
use crate::domain::apply::document::Document;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::passwords::Passwords;
use crate::domain::apply::plan::names::Names;
pub(super) use crate::domain::apply::plan::tokens::reach_of;
use crate::domain::apply::state::State;
use crate::kernel::error::Error;
use crate::kernel::nearest::suggestion;

/// Longest name of a group, a role, a person, in characters.
const NAME_MAX: usize = 150;

/// What came of a comparison.
pub(super) enum Compared {
    /// What has to change.
    Changes(Vec<Change>),
    /// As far as can be told: a password is another by now than the one that was compared.
    Outdated(Vec<Change>),
    /// Everything that is wrong with the document.
    Faults(Vec<Fault>),
}

/// Compares `document` with what there is.
pub(super) fn compare(
    state: &State,
    document: &Document,
    passwords: &Passwords,
    wishes: &Wishes,
) -> Compared {
    let mut planner = Planner {
        state,
        document,
        passwords,
        wishes,
        after: Names::after(state, document, wishes),
        changes: Vec::new(),
        faults: Vec::new(),
        is_outdated: false,
    };
    planner.check_twice();
    planner.roles();
    planner.groups();
    planner.users();
    planner.memberships();
    planner.remotes();
    planner.repositories();
    planner.distributions();
    planner.namespaces();
    planner.tokens();
    planner.grants();
    let Planner {
        changes,
        mut faults,
        is_outdated,
        ..
    } = planner;
    faults.sort();
    faults.dedup();
    match (faults.is_empty(), is_outdated) {
        (false, _) => Compared::Faults(faults),
        (true, true) => Compared::Outdated(changes),
        (true, false) => Compared::Changes(changes),
    }
}

struct Planner<'a> {
    state: &'a State,
    document: &'a Document,
    passwords: &'a Passwords,
    wishes: &'a Wishes,
    /// The names there are when everything is done.
    after: Names,
    changes: Vec<Change>,
    faults: Vec<Fault>,
    is_outdated: bool,
}

impl Planner<'_> {
    fn fault(&mut self, line: usize, message: impl Into<String>) {
        let message = message.into();
        self.faults.push(Fault { line, message });
    }

    /// What a rule of the domain says, at a line; nothing if it is kept.
    fn rule(&mut self, line: usize, outcome: Result<(), Error>) {
        match outcome {
            Ok(()) => {}
            Err(Error::Invalid(faults)) => faults
                .into_iter()
                .for_each(|fault| self.fault(line, fault.message)),
            Err(error) => self.fault(line, error.to_string()),
        }
    }

    /// A text of at most so many characters.
    fn short(&mut self, field: &str, text: Option<&Located<String>>, max: usize) {
        if let Some(text) = text
            && text.chars().count() > max
        {
            self.fault(
                text.line,
                format!("`{field}` has more than {max} characters"),
            );
        }
    }

    /// The rule of names that have no other.
    fn name(&mut self, noun: &str, name: &Located<String>) {
        if name.trim().is_empty() {
            self.fault(name.line, format!("the name of a {noun} is not empty"));
        } else if name.chars().any(char::is_control) {
            let message = format!("the name of a {noun} has no control characters");
            self.fault(name.line, message);
        }
        self.short("name", Some(name), NAME_MAX);
    }

    /// A name that will be there.
    fn known(&mut self, noun: &'static str, name: &Located<String>) -> bool {
        let all = self.after.of(noun);
        if all.contains(name.as_str()) {
            return true;
        }
        let gone = match self.after.is_pruned(noun, name) {
            true => ": it is not declared, so it would be removed",
            false => "",
        };
        let near = suggestion(name, all.iter().map(String::as_str));
        let message = format!("there is no {noun} {}{gone}{near}", quoted(name));
        self.fault(name.line, message);
        false
    }

    fn add(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Nothing is declared twice.
    fn check_twice(&mut self) {
        for (noun, names) in self.document.names() {
            self.twice(noun, names.unwrap_or_default());
        }
    }

    fn twice(&mut self, noun: &'static str, names: Vec<&Located<String>>) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for name in names {
            if let Some(first) = seen.insert(name, name.line) {
                let name_shown = quoted(name);
                let message = format!("{noun} {name_shown} is declared on line {first} already");
                self.fault(name.line, message);
            }
        }
    }
}

/// A change that will be made.
fn change(
    mark: Mark,
    action: &'static str,
    object: String,
    detail: String,
    stage: Stage,
    work: Work,
) -> Change {
    Change {
        mark,
        action,
        object,
        detail,
        stage,
        work,
    }
}

/// What is declared, or what is there if nothing is.
fn said<T: Clone>(declared: Option<&Located<T>>, before: &T) -> T {
    declared.map_or_else(|| before.clone(), |declared| declared.value.clone())
}

/// A name as messages show it: whatever it is, it stays on its line.
fn quoted(name: &str) -> String {
    format!("{name:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;
    use crate::domain::apply;
    use crate::domain::apply::document::accounts::User;
    use crate::domain::apply::document::secret::Secret;
    use crate::kernel::clock::Clock;

    #[test]
    fn a_password_that_was_changed_since_it_was_compared_is_compared_again() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("galaxy.db"), 1, Clock::System).unwrap();
        let wishes = Wishes {
            minimum_password_length: 9,
            ..Wishes::default()
        };
        let user = |password: &str| User {
            username: Located::from("ana".to_owned()),
            password: Some(Located::from(Secret::Text(password.to_owned()))),
            ..User::default()
        };
        let document = |password: &str| Document {
            users: Some([user(password)].into_iter().collect()),
            ..Document::default()
        };
        let outcome = |passwords: &Passwords, document: &Document| {
            let state = db.read(State::load).unwrap();
            match compare(&state, document, passwords, &wishes) {
                Compared::Changes(changes) => Some(changes.len()),
                Compared::Outdated(_) => None,
                Compared::Faults(faults) => panic!("{faults:?}"),
            }
        };
        let first = document("correct horse");
        let before = Passwords::prepare(&db, &first, &wishes.cost).unwrap();
        assert_eq!(outcome(&before, &first), Some(1));
        apply::apply(&db, &document("another horse"), &wishes).unwrap();
        assert_eq!(outcome(&before, &first), None);
        let again = Passwords::prepare(&db, &first, &wishes.cost).unwrap();
        assert_eq!(outcome(&again, &first), Some(1));
    }
}
