//! Creating namespaces, and the rules of their names and profiles.

use rusqlite::named_params;

use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::namespaces::Profile;
use crate::domain::namespaces::unit;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::name::NAME_MAX;
use crate::policy::object::Object;

/// A namespace somebody asks for.
#[derive(Debug, Clone, Default)]
pub struct NewNamespace {
    /// The name.
    pub name: String,
    /// What is said about it.
    pub profile: Profile,
    /// Where its logo is to be fetched from, or empty.
    pub avatar_url: String,
    /// Who is to hold which roles on it. The creator becomes an owner only by being listed.
    pub owners: Vec<(Holder, String)>,
}

const CREATE: &str = "
    INSERT INTO namespace (name, company, email, description, resources, avatar_url, avatar_sha256,
                           metadata_sha256, created_at, updated_at)
    VALUES (:name, :company, :email, :description, :resources, :avatar_url, :avatar_sha256,
            :metadata_sha256, :now, :now)
    ON CONFLICT (name) DO NOTHING";

const ADD_LINK: &str = "
    INSERT INTO namespace_link (namespace_id, position, name, url) VALUES (:id, :position, :name, :url)";

/// Adds a namespace, with the unit that says what it is. Fails if the name is taken, or breaks a rule of [`check`].
pub fn create(tx: &WriteTx<'_>, new: &NewNamespace) -> Result<NamespaceId> {
    check(new)?;
    let profile = &new.profile;
    let added = tx.prepare_cached(CREATE)?.execute(named_params! {
        ":name": new.name, ":company": profile.company, ":email": profile.email,
        ":description": profile.description, ":resources": profile.resources,
        ":avatar_url": new.avatar_url, ":avatar_sha256": profile.avatar_sha256,
        ":metadata_sha256": unit::keep(tx, &new.name, profile)?, ":now": tx.now,
    })?;
    if added == 0 {
        return Err(Error::Conflict(Conflict::NamespaceExists(new.name.clone())));
    }
    let id = NamespaceId(tx.last_insert_rowid());
    for (position, link) in profile.links.iter().enumerate() {
        tx.prepare_cached(ADD_LINK)?.execute(named_params! {
            ":id": id, ":position": position as i64, ":name": link.name, ":url": link.url,
        })?;
    }
    for (holder, role) in &new.owners {
        assignments::assign(tx, *holder, role, Some(Object::Namespace(id)))?;
    }
    Ok(id)
}

/// The rules of contract 02 §2.9, all broken ones at once. A namespace may begin with a digit or hold `__`
/// although no artifact's namespace may: the reference lets it.
pub fn check(new: &NewNamespace) -> Result<()> {
    let mut faults = Vec::new();
    let mut fault =
        |field, code, message: &str| faults.push(Fault::new(Some(field), code, message));
    let name = new.name.as_str();
    if name.is_empty() {
        fault("name", "blank", "This field may not be blank.");
    } else if name.chars().count() > NAME_MAX {
        fault("name", "max_length", &too_long(NAME_MAX));
    } else if !name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        fault(
            "name",
            "invalid",
            "Name can only contain lower case letters, underscores and numbers",
        );
    } else if name.len() <= 2 {
        fault("name", "invalid", "Name must be longer than 2 characters");
    } else if name.starts_with('_') {
        fault("name", "invalid", "Name cannot begin with '_'");
    }
    let profile = &new.profile;
    for (field, text, max) in [
        ("company", &profile.company, 64),
        ("email", &profile.email, 256),
        ("description", &profile.description, 256),
        ("avatar_url", &new.avatar_url, 256),
    ] {
        if text.chars().count() > max {
            fault(field, "max_length", &too_long(max));
        }
    }
    if !new.avatar_url.is_empty() && !is_url(&new.avatar_url) {
        fault("avatar_url", "invalid", "Enter a valid URL.");
    }
    for link in &profile.links {
        if link.name.chars().count() > 32 {
            fault("links__name", "max_length", &too_long(32));
        }
        if link.url.chars().count() > 256 {
            fault("links__url", "max_length", &too_long(256));
        } else if !is_url(&link.url) {
            fault(
                "links__url",
                "invalid",
                &format!("'{}' is not a valid url.", link.url),
            );
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}

fn too_long(max: usize) -> String {
    format!("Ensure this field has no more than {max} characters.")
}

fn is_url(text: &str) -> bool {
    url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(name: &str) -> Vec<&'static str> {
        match check(&NewNamespace {
            name: name.to_owned(),
            ..NewNamespace::default()
        }) {
            Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| fault.code).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn the_name_rules_are_those_of_the_reference() {
        for good in ["acme", "1rec", "rec__double", &"x".repeat(64)] {
            assert!(faults_of(good).is_empty(), "{good}");
        }
        for bad in ["ab", "_acme", "Acme", "ac-me", "a.b", "naïve"] {
            assert_eq!(faults_of(bad), ["invalid"], "{bad}");
        }
        assert_eq!(faults_of(&"x".repeat(65)), ["max_length"]);
        assert_eq!(faults_of(""), ["blank"]);
    }
}
