//! Passwords of a document, compared and hashed before the transaction that writes them.

use std::collections::HashMap;

use crate::db::Db;
use crate::domain::accounts::inventory;
use crate::domain::accounts::passwords::PasswordHash;
use crate::domain::accounts::passwords::argon::Cost;
use crate::domain::apply::document::Document;
use crate::kernel::error::Result;

/// A password that was compared with the one stored.
#[derive(Debug)]
pub(super) struct Compared {
    /// The hash it was compared with, if there was a user.
    pub(super) seen: Option<PasswordHash>,
    /// What is to be written, if the two differ.
    pub(super) new: Option<PasswordHash>,
}

/// Those of all users that have one in the document.
#[derive(Debug, Default)]
pub(super) struct Passwords(HashMap<String, Compared>);

impl Passwords {
    /// Compares and hashes. Takes tens of milliseconds for each.
    pub(super) fn prepare(db: &Db, document: &Document, cost: &Cost) -> Result<Self> {
        let users = document.users.iter().flat_map(|users| users.iter());
        let declared: Vec<(&str, &str)> = users
            .filter_map(|user| {
                let password = user.password.as_ref()?;
                Some((user.username.as_str(), password.value.text()))
            })
            .collect();
        if declared.is_empty() {
            return Ok(Self::default());
        }
        let stored: HashMap<String, PasswordHash> = db
            .read(inventory::users)?
            .into_iter()
            .map(|user| (user.username, user.password))
            .collect();
        let compare = |(username, password): (&str, &str)| {
            let seen = stored.get(username).cloned();
            let same = seen
                .as_ref()
                .is_some_and(|stored| stored.matches(password) == Some(true));
            let new = match same {
                true => None,
                false => Some(PasswordHash::with(password, cost)?),
            };
            Ok((username.to_owned(), Compared { seen, new }))
        };
        Ok(Self(
            declared.into_iter().map(compare).collect::<Result<_>>()?,
        ))
    }

    /// What came of the password of a user.
    pub(super) fn of(&self, username: &str) -> Option<&Compared> {
        self.0.get(username)
    }
}
