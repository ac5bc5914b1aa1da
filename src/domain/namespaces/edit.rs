//! Making, changing and deleting namespaces by the API (contract 02 §2.9).

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::assignments;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::audit;
use crate::domain::namespaces::Link;
use crate::domain::namespaces::Namespace;
use crate::domain::namespaces::Profile;
use crate::domain::namespaces::create;
use crate::domain::namespaces::create::NewNamespace;
use crate::domain::namespaces::declared;
use crate::domain::namespaces::owners;
use crate::domain::namespaces::owners::Wanted;
use crate::domain::namespaces::queries;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;

/// What is said of a namespace; what is not said stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The name.
    pub name: Option<String>,
    /// Who is behind it.
    pub company: Option<String>,
    /// Where they can be reached.
    pub email: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Markdown.
    pub resources: Option<String>,
    /// Where its logo is.
    pub avatar_url: Option<String>,
    /// Links: all that it has then.
    pub links: Option<Vec<Link>>,
    /// Which groups hold which roles on it: all that do then.
    pub groups: Option<Vec<Wanted>>,
    /// Which users do.
    pub users: Option<Vec<Wanted>>,
}

/// Adds a namespace. The creator becomes an owner only by being listed.
pub fn create(tx: &WriteTx<'_>, permit: &Permit, draft: &Draft) -> Result<Namespace> {
    let nothing = NewNamespace::default();
    let mut new = drawn(draft, nothing);
    for wanted in [&draft.groups, &draft.users].into_iter().flatten() {
        new.owners.extend(owners::resolve(tx, wanted)?);
    }
    create::create(tx, &new)?;
    audit::record(tx, permit, format!("namespace {}", new.name))?;
    queries::find(tx, &new.name)
}

/// The namespace called `name`, if the caller may do with it what they ask for.
pub fn changeable(tx: &ReadTx<'_>, permit: &Permit, name: &str) -> Result<NamespaceId> {
    let missing = || Error::NotFound(Noun::Namespace(name.to_owned()));
    let id = queries::find_id(tx, name)?.ok_or_else(missing)?;
    permit.on(Object::Namespace(id))?;
    Ok(id)
}

/// Changes a namespace. Owners that are sent replace all of their kind. One with collections keeps its name.
pub fn update(tx: &WriteTx<'_>, permit: &Permit, name: &str, draft: &Draft) -> Result<Namespace> {
    let id = changeable(tx, permit, name)?;
    let old = queries::find(tx, name)?;
    let before = NewNamespace {
        name: old.name,
        profile: old.profile,
        avatar_url: old.avatar_url,
        owners: Vec::new(),
    };
    let new = drawn(draft, before);
    create::check(&new)?;
    if new.name != name {
        rename(tx, id, name, &new.name)?;
    }
    declared::update(tx, id, &new.name, &new.profile, &new.avatar_url)?;
    for (kind, wanted) in [("group_id", &draft.groups), ("user_id", &draft.users)] {
        if let Some(wanted) = wanted {
            own(tx, id, kind, &owners::resolve(tx, wanted)?)?;
        }
    }
    audit::record_with(tx, permit, format!("namespace {name}"), told(name, draft))?;
    queries::find(tx, &new.name)
}

/// What changed, in words: who owns it, and its name.
fn told(name: &str, draft: &Draft) -> String {
    let mut told = Vec::new();
    if let Some(new) = draft.name.as_ref().filter(|new| *new != name) {
        told.push(format!("renamed to {new}"));
    }
    if draft.groups.is_some() || draft.users.is_some() {
        told.push("owners set".to_owned());
    }
    told.join(", ")
}

/// Deletes a namespace, unless a collection is in it.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, name: &str) -> Result<()> {
    let id = changeable(tx, permit, name)?;
    if has_collections(tx, name)? {
        let message = format!(
            "Namespace {name} cannot be deleted because there are still collections associated with it."
        );
        return Err(Error::Invalid(vec![Fault::new(None, "invalid", message)]));
    }
    declared::delete(tx, id)?;
    audit::record(tx, permit, format!("namespace {name}"))
}

/// What a draft makes of a namespace; its owners are not drawn.
fn drawn(draft: &Draft, old: NewNamespace) -> NewNamespace {
    let text = |new: &Option<String>, old: String| new.clone().unwrap_or(old);
    NewNamespace {
        name: text(&draft.name, old.name),
        profile: Profile {
            company: text(&draft.company, old.profile.company),
            email: text(&draft.email, old.profile.email),
            description: text(&draft.description, old.profile.description),
            resources: text(&draft.resources, old.profile.resources),
            links: draft.links.clone().unwrap_or(old.profile.links),
            // The one that is there stays until another has been fetched.
            avatar_sha256: match draft.avatar_url.as_deref() {
                Some("") => None,
                _ => old.profile.avatar_sha256,
            },
        },
        avatar_url: text(&draft.avatar_url, old.avatar_url),
        owners: Vec::new(),
    }
}

fn rename(tx: &WriteTx<'_>, id: NamespaceId, old: &str, new: &str) -> Result<()> {
    if queries::find_id(tx, new)?.is_some() {
        return Err(Error::Conflict(Conflict::NamespaceExists(new.to_owned())));
    }
    if has_collections(tx, old)? {
        let message = format!("Namespace {old} has collections; their names begin with it.");
        return Err(Error::invalid("name", "invalid", message));
    }
    tx.prepare_cached("UPDATE namespace SET name = :name WHERE id = :id")?
        .execute(named_params! {":name": new, ":id": id})?;
    Ok(())
}

fn has_collections(tx: &ReadTx<'_>, name: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM collection WHERE namespace = :name)";
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":name": name}, |row| row.get(0))?)
}

/// Makes these the holders of roles on a namespace, in place of all others of their kind.
fn own(tx: &WriteTx<'_>, id: NamespaceId, kind: &str, owners: &[(Holder, String)]) -> Result<()> {
    let clear = format!(
        "DELETE FROM role_assignment WHERE object_kind = 'namespace' AND object_id = :id AND {kind} IS NOT NULL"
    );
    tx.prepare_cached(&clear)?
        .execute(named_params! {":id": id})?;
    for (holder, role) in owners {
        assignments::assign(tx, *holder, role, Some(Object::Namespace(id)))?;
    }
    Ok(())
}
