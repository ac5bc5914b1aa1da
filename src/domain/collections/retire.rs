//! Deprecating and deleting collections on somebody's word (contract 09 §9.4).

use rusqlite::OptionalExtension;
use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::collections::changes;
use crate::domain::collections::delete;
use crate::domain::collections::dependants;
use crate::domain::namespaces;
use crate::domain::repositories::distributions::Served;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::VersionId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::policy::rule::When;

/// A collection by its names.
#[derive(Debug, Clone)]
pub struct Name {
    /// The namespace.
    pub namespace: String,
    /// The name inside the namespace.
    pub name: String,
}

impl Name {
    fn missing(&self) -> Error {
        Error::NotFound(Noun::Collection(format!(
            "{}.{}",
            self.namespace, self.name
        )))
    }
}

const IN_REPOSITORY: &str = "
    SELECT c.id
      FROM collection c JOIN repository_collection rc ON rc.collection_id = c.id AND rc.repository_id = :repository
     WHERE c.namespace = :namespace AND c.name = :name";

fn find(tx: &ReadTx<'_>, served: &Served, wanted: &Name) -> Result<CollectionId> {
    let values = named_params! {
        ":repository": served.repository, ":namespace": wanted.namespace, ":name": wanted.name,
    };
    let found = tx
        .prepare_cached(IN_REPOSITORY)?
        .query_row(values, |row| row.get(0));
    found.optional()?.ok_or_else(|| wanted.missing())
}

/// The namespace of a collection, as what permissions are held on. Whoever made it may have deleted its row.
fn namespace(tx: &ReadTx<'_>, wanted: &Name) -> Result<Object> {
    let id = namespaces::queries::find_id(tx, &wanted.namespace)?;
    id.map(Object::Namespace).ok_or_else(|| wanted.missing())
}

/// Fails unless there is such a collection here and the caller may say of it what they want to say.
pub fn check_deprecation(
    tx: &ReadTx<'_>,
    permit: &Permit,
    served: &Served,
    wanted: &Name,
) -> Result<()> {
    find(tx, served, wanted)?;
    permit.on(namespace(tx, wanted)?)
}

/// Says of a collection, in one repository, that it should not be used any more, or that it may; `None` changes
/// nothing, as in the reference (contract 02, COL-4).
pub fn deprecate(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    served: &Served,
    wanted: &Name,
    deprecated: Option<bool>,
) -> Result<Begun> {
    check_deprecation(tx, asked.permit, served, wanted)?;
    let collection = find(tx, served, wanted)?;
    let job = match deprecated {
        Some(deprecated) => Job::Deprecate {
            repository: served.repository,
            collection,
            deprecated,
        },
        None => Job::Done,
    };
    let begun = changes::begin(tx, asked, &job)?;
    let detail = match deprecated {
        Some(true) => format!("deprecated in {}", served.base_path),
        Some(false) => format!("not deprecated in {}", served.base_path),
        None => String::new(),
    };
    let object = format!("collection {}.{}", wanted.namespace, wanted.name);
    audit::record_with(tx, asked.permit, object, detail)?;
    Ok(begun)
}

/// Deletes a collection from every repository (contract 02, COL-5). Fails if a version of another one needs it.
pub fn delete_collection(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    served: &Served,
    wanted: &Name,
) -> Result<Begun> {
    let collection = find(tx, served, wanted)?;
    check_deletion(tx, asked.permit, wanted, collection)?;
    let object = format!("collection {}.{}", wanted.namespace, wanted.name);
    needed(&object, dependants::of_collection(tx, collection)?)?;
    let versions = delete::versions(tx, collection)?;
    begin_deletion(tx, asked, versions, object)
}

const VERSIONS: &str =
    "SELECT id FROM collection_version WHERE collection_id = :collection AND version = :version";

/// Deletes a version from every repository, whatever its bytes are in each (contract 02, COL-8). Fails if another
/// collection needs this version and no other would do.
pub fn delete_version(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    served: &Served,
    (wanted, version): (&Name, &str),
) -> Result<Begun> {
    let collection = find(tx, served, wanted)?;
    let mut statement = tx.prepare_cached(VERSIONS)?;
    let values = named_params! {":collection": collection, ":version": version};
    let versions = statement.query_map(values, |row| row.get(0))?;
    let versions: Vec<VersionId> = versions.collect::<rusqlite::Result<_>>()?;
    let name = format!("{}.{}:{version}", wanted.namespace, wanted.name);
    if !delete::is_any_in(tx, &versions, served.repository)? {
        return Err(Error::NotFound(Noun::Version(name)));
    }
    check_deletion(tx, asked.permit, wanted, collection)?;
    let object = format!("collection version {name}");
    needed(&object, dependants::of_versions(tx, collection, &versions)?)?;
    begin_deletion(tx, asked, versions, object)
}

/// Owners of the namespace may, and holders of the permission (contract 08 §8.4, delete rule).
fn check_deletion(
    tx: &ReadTx<'_>,
    permit: &Permit,
    wanted: &Name,
    collection: CollectionId,
) -> Result<()> {
    let by_namespace = namespace(tx, wanted)
        .and_then(|namespace| permit.check(When::ByNamespace, Some(namespace)));
    by_namespace.or_else(|_| permit.check(When::ByCollection, Some(Object::Collection(collection))))
}

/// The reference's sentence begins with a capital: `Collection rec_alpha.tiny could not be deleted …`.
fn needed(object: &str, dependants: Vec<String>) -> Result<()> {
    if dependants.is_empty() {
        return Ok(());
    }
    let message = format!(
        "C{} could not be deleted because there are other collections that require it.",
        object.trim_start_matches('c')
    );
    Err(Error::NeededBy {
        message,
        dependants,
    })
}

fn begin_deletion(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    versions: Vec<VersionId>,
    object: String,
) -> Result<Begun> {
    let begun = changes::begin(tx, asked, &Job::Delete { versions })?;
    audit::record_with(tx, asked.permit, object, format!("task {}", begun.uuid))?;
    Ok(begun)
}
