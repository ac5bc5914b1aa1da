//! What somebody wants a token to be limited to, by the names that people use.

use std::fmt;

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::domain::namespaces::queries;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::grants::Grants;
use crate::policy::object::Object;
use crate::policy::permission::Permission;
use crate::policy::reach::Reach;

/// A reach by names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Everything the user may do.
    Full,
    /// Reading only.
    Read,
    /// Reading, and publishing into the namespace of this name.
    Publish(String),
    /// What is in the repository of this name.
    Repository(String),
}

/// As the command line takes it.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Read => f.write_str("read"),
            Self::Publish(name) => write!(f, "publish:{name}"),
            Self::Repository(name) => write!(f, "repository:{name}"),
        }
    }
}

impl Wanted {
    /// Reads `full`, `read`, `publish:NAMESPACE` or `repository:NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "full" => Some(Self::Full),
            None if text == "read" => Some(Self::Read),
            Some(("publish", name)) if !name.is_empty() => Some(Self::Publish(name.to_owned())),
            Some(("repository", name)) if !name.is_empty() => {
                Some(Self::Repository(name.to_owned()))
            }
            _ => None,
        }
    }
}

const REPOSITORY: &str = "SELECT id, private FROM repository WHERE name = :name";

/// The reach that `wanted` means. Fails if there is no such namespace or repository, or none that somebody who holds
/// `grants` may see; those who work beside the hub have no grants and see all.
pub fn resolve(tx: &ReadTx<'_>, wanted: &Wanted, grants: Option<&Grants>) -> Result<Reach> {
    match wanted {
        Wanted::Full => Ok(Reach::Full),
        Wanted::Read => Ok(Reach::Read),
        Wanted::Publish(name) => queries::find_id(tx, name)?
            .map(Reach::Publish)
            .ok_or_else(|| missing("namespace", name)),
        Wanted::Repository(name) => {
            let found = tx
                .prepare_cached(REPOSITORY)?
                .query_row(named_params! {":name": name}, |row| {
                    Ok((row.get(0)?, row.get::<_, bool>(1)?))
                })
                .optional()?;
            let (id, is_private) = found.ok_or_else(|| missing("repository", name))?;
            let object = Object::Repository(id);
            let is_seen = !is_private
                || grants.is_none_or(|grants| grants.on(Permission::ViewRepository, object));
            match is_seen {
                true => Ok(Reach::Repository(id)),
                false => Err(missing("repository", name)),
            }
        }
    }
}

fn missing(noun: &str, name: &str) -> Error {
    let message = format!("There is no {noun} named {name}.");
    Error::invalid("scope", "does_not_exist", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_is_read_as_it_is_written() {
        for text in ["full", "read", "publish:acme", "repository:staging"] {
            assert_eq!(Wanted::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "all", "publish", "publish:", "repository:", "read:x"] {
            assert_eq!(Wanted::parse(text), None, "{text}");
        }
    }
}
