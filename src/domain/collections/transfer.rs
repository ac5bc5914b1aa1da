//! Moving and copying versions: how content is approved, rejected and taken back (contract 09 §9.2).

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::objects;
use crate::domain::audit;
use crate::domain::collections::approval;
use crate::domain::collections::changes;
use crate::domain::repositories::distributions;
use crate::domain::repositories::distributions::Served;
use crate::domain::repositories::queries;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::policy::rule::When;

/// A version by its names, and the base paths that it goes between.
#[derive(Debug, Clone)]
pub struct ByName {
    /// The namespace.
    pub namespace: String,
    /// The name of the collection.
    pub name: String,
    /// The version.
    pub version: String,
    /// Where it is.
    pub from: String,
    /// Where it goes.
    pub to: String,
    /// Whether it leaves where it was.
    pub leave: bool,
    /// Whether what is approved must be signed.
    pub signed: bool,
}

impl ByName {
    /// As the reference writes it in its errors.
    fn told(&self) -> String {
        format!("{}-{}-{}", self.namespace, self.name, self.version)
    }
}

/// Moves or copies one version from one distribution to another (contract 02, MOV-1 and MOV-2).
///
/// Of several with that version but other bytes it is the one in the source. Fails, in the reference's order, if the
/// caller may not change both repositories, and if the version, a repository, or the version in the source is not
/// there; a move also if it is in the destination already, and if it is an approval and lacks the signature for that.
pub fn by_name(tx: &WriteTx<'_>, asked: Asked<'_>, wanted: &ByName) -> Result<Begun> {
    let told = wanted.told();
    let from = repository(tx, asked.permit, &wanted.from, &told)?;
    let to = repository(tx, asked.permit, &wanted.to, &told)?;
    if find(tx, wanted, None)?.is_none() {
        return Err(Error::Missing(format!("Collection {told} not found")));
    }
    let not_there = || Error::Missing(format!("Collection {told} not found in source repo"));
    let version = find(tx, wanted, Some(from))?.ok_or_else(not_there)?;
    if wanted.leave && is_in(tx, version, to)? {
        let message = format!("Collection {told} already found in destination repo");
        return Err(Error::Missing(message));
    }
    if wanted.signed && wanted.leave && approval::lacks_signature(tx, version, to)? {
        let message =
            format!("Collection {told} is not signed. Upload a signature, then approve it.");
        return Err(Error::Unsigned(message));
    }
    let job = Job::Transfer {
        versions: vec![version],
        from,
        to: vec![to],
        leave: wanted.leave,
    };
    let begun = changes::begin(tx, asked, &job)?;
    let object = format!(
        "collection version {}.{} {}",
        wanted.namespace, wanted.name, wanted.version
    );
    let verb = if wanted.leave { "moved" } else { "copied" };
    let detail = format!(
        "{verb} from {} to {}, task {}",
        wanted.from, wanted.to, begun.uuid
    );
    audit::record_with(tx, asked.permit, object, detail)?;
    Ok(begun)
}

/// The repository behind a base path, if the caller may change what is in it. That there is none is only told to
/// those who may change every repository.
fn repository(
    tx: &ReadTx<'_>,
    permit: &Permit,
    base_path: &str,
    told: &str,
) -> Result<RepositoryId> {
    match distributions::visible(tx, permit, base_path) {
        Ok(Served { repository, .. }) => {
            permit.on(Object::Repository(repository))?;
            Ok(repository)
        }
        Err(Error::NotFound(_)) => {
            permit.check(When::RepositoryMissing, None)?;
            let message = format!("Repo(s) for moving collection {told} not found");
            Err(Error::Missing(message))
        }
        Err(error) => Err(error),
    }
}

const FIND: &str = "
    SELECT v.id
      FROM collection c
      JOIN collection_version v ON v.collection_id = c.id
     WHERE c.namespace = :namespace AND c.name = :name AND v.version = :version
       AND (:repository IS NULL OR EXISTS (
           SELECT 1 FROM repository_content
            WHERE content_id = v.id AND repository_id = :repository AND removed IS NULL))
     LIMIT 1";

fn find(
    tx: &ReadTx<'_>,
    wanted: &ByName,
    place: Option<RepositoryId>,
) -> Result<Option<VersionId>> {
    let values = named_params! {
        ":namespace": wanted.namespace, ":name": wanted.name, ":version": wanted.version, ":repository": place,
    };
    Ok(tx
        .prepare_cached(FIND)?
        .query_row(values, |row| row.get(0))
        .optional()?)
}

const IS_IN: &str = "
    SELECT EXISTS (SELECT 1 FROM repository_content
                    WHERE content_id = :version AND repository_id = :repository AND removed IS NULL)";

fn is_in(tx: &ReadTx<'_>, version: VersionId, repository: RepositoryId) -> Result<bool> {
    let values = named_params! {":version": version, ":repository": repository};
    Ok(tx
        .prepare_cached(IS_IN)?
        .query_row(values, |row| row.get(0))?)
}

/// Versions by their UUIDs, and the repositories that they go to.
#[derive(Debug, Clone)]
pub struct ById {
    /// Which.
    pub versions: Vec<Uuid>,
    /// Where they go.
    pub to: Vec<Uuid>,
    /// Whether they leave where they were.
    pub leave: bool,
    /// Whether what is approved must be signed.
    pub signed: bool,
}

/// Moves or copies versions from one repository to others (contract 03, REP-10 and REP-11): the caller must be allowed
/// to change all of them. Fails if one of the versions is not in the source, or is to be approved and not signed there.
pub fn by_id(tx: &WriteTx<'_>, asked: Asked<'_>, from: Uuid, wanted: &ById) -> Result<Begun> {
    let source = queries::changeable(tx, asked.permit, from)?;
    let mut faults = Vec::new();
    let mut to = Vec::new();
    for uuid in &wanted.to {
        match queries::changeable(tx, asked.permit, *uuid) {
            Ok(id) => to.push(id),
            Err(Error::NotFound(_)) => faults.push(missing("destination_repositories")),
            Err(error) => return Err(error),
        }
    }
    let approves = wanted.signed && approval::is_approval(tx, &to)?;
    let mut versions = Vec::new();
    for uuid in &wanted.versions {
        match version(tx, *uuid)? {
            Some(id) if !is_in(tx, id, source)? => faults.push(unfit(*uuid, "is not in")),
            Some(id) if approves && !approval::is_signed_in(tx, id, source)? => {
                faults.push(unfit(*uuid, "is not signed in"));
            }
            Some(id) => versions.push(id),
            None => faults.push(missing("collection_versions")),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let count = versions.len();
    let names = to
        .iter()
        .map(|id| objects::label(tx, Object::Repository(*id)));
    let names: Vec<String> = names.collect::<Result<_>>()?;
    let job = Job::Transfer {
        versions,
        from: source,
        to,
        leave: wanted.leave,
    };
    let begun = changes::begin(tx, asked, &job)?;
    let verb = if wanted.leave { "moved" } else { "copied" };
    let detail = format!(
        "{count} versions {verb} to {}, task {}",
        names.join(", "),
        begun.uuid
    );
    let object = objects::label(tx, Object::Repository(source))?;
    audit::record_with(tx, asked.permit, object, detail)?;
    Ok(begun)
}

fn unfit(version: Uuid, why: &str) -> Fault {
    let blame = Blame::Field("collection_versions".into());
    let message = format!("Collection version {version} {why} the source repository.");
    Fault::of(blame, "invalid", message)
}

fn missing(field: &'static str) -> Fault {
    Fault::new(
        Some(field),
        "does_not_exist",
        "Invalid hyperlink - Object does not exist.",
    )
}

const VERSION: &str = "
    SELECT id FROM content WHERE uuid = :uuid AND kind = 'collection_version'";

fn version(tx: &ReadTx<'_>, uuid: Uuid) -> Result<Option<VersionId>> {
    let found = tx
        .prepare_cached(VERSION)?
        .query_row(named_params! {":uuid": uuid.to_string()}, |row| row.get(0));
    Ok(found.optional()?)
}
