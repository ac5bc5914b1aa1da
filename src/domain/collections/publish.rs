//! Storing what an import found.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;
use rusqlite::named_params;
use serde::Serialize;
use uuid::Uuid;

use crate::archive::collection::Collection;
use crate::archive::docs::ContentLine;
use crate::db::tx::WriteTx;
use crate::domain::collections::documentation;
use crate::domain::units;
use crate::domain::units::Kind;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::kernel::ids::CollectionId;
use crate::kernel::ids::VersionId;

/// The `metadata` object of a version, in the form every API shows and the database keeps.
#[derive(Serialize)]
struct Metadata<'a> {
    authors: &'a [String],
    contents: &'a [ContentLine],
    dependencies: &'a BTreeMap<String, String>,
    description: &'a str,
    documentation: &'a str,
    homepage: &'a str,
    issues: &'a str,
    license: &'a [String],
    repository: &'a str,
    tags: &'a [String],
}

/// Adds the version that `collection` describes, with its collection if that is new.
///
/// The same bytes again are the version that is there: its id is returned and nothing changes. If it is new, its UUID
/// is returned too.
pub fn store(
    tx: &WriteTx<'_>,
    collection: &Collection,
    sha256: &Digest,
) -> Result<(VersionId, Option<Uuid>)> {
    let known = tx
        .prepare_cached("SELECT id FROM collection_version WHERE sha256 = :sha256")?
        .query_row(named_params! {":sha256": sha256}, |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok((id, None)),
        None => add(tx, collection, sha256).map(|(id, uuid)| (id, Some(uuid))),
    }
}

const ADD_VERSION: &str = "
    INSERT INTO collection_version (id, collection_id, version, version_key, is_prerelease, sha256, requires_ansible)
    VALUES (:id, :collection, :version, :key, :is_prerelease, :sha256, :requires_ansible)";

const ADD_DOCUMENT: &str = "
    INSERT INTO collection_version_document (version_id, metadata, manifest, files)
    VALUES (:id, :metadata, :manifest, :files)";

const ADD_DEPENDENCY: &str =
    "INSERT INTO collection_dependency (version_id, needed, range) VALUES (:id, :needed, :range)";

fn add(tx: &WriteTx<'_>, collection: &Collection, sha256: &Digest) -> Result<(VersionId, Uuid)> {
    let info = &collection.info;
    let collection_id = collection_id(tx, info.namespace.as_str(), info.name.as_str())?;
    let (id, uuid) = units::add(tx, Kind::CollectionVersion)?;
    let id = VersionId(id);
    tx.prepare_cached(ADD_VERSION)?.execute(named_params! {
        ":id": id, ":collection": collection_id, ":version": info.version.as_str(),
        ":key": info.version.key(), ":is_prerelease": info.version.is_prerelease(), ":sha256": sha256,
        ":requires_ansible": collection.requires_ansible,
    })?;
    tx.prepare_cached(ADD_DOCUMENT)?.execute(named_params! {
        ":id": id, ":metadata": metadata(collection)?, ":manifest": collection.manifest,
        ":files": collection.files,
    })?;
    for (needed, range) in &info.dependencies {
        tx.prepare_cached(ADD_DEPENDENCY)?
            .execute(named_params! {":id": id, ":needed": needed, ":range": range})?;
    }
    documentation::store(tx, id, &collection.docs)?;
    Ok((id, uuid))
}

const ADD_COLLECTION: &str = "
    INSERT INTO collection (uuid, namespace, name, created_at) VALUES (:uuid, :namespace, :name, :now)
    ON CONFLICT (namespace, name) DO UPDATE SET name = name
    RETURNING id";

fn collection_id(tx: &WriteTx<'_>, namespace: &str, name: &str) -> Result<CollectionId> {
    let uuid = Uuid::now_v7().to_string();
    let values =
        named_params! {":uuid": uuid, ":namespace": namespace, ":name": name, ":now": tx.now};
    Ok(tx
        .prepare_cached(ADD_COLLECTION)?
        .query_row(values, |row| row.get(0))?)
}

fn metadata(collection: &Collection) -> Result<String> {
    let info = &collection.info;
    let metadata = Metadata {
        authors: &info.authors,
        contents: &collection.docs.contents,
        dependencies: &info.dependencies,
        description: info.description.as_deref().unwrap_or_default(),
        documentation: info.documentation.as_deref().unwrap_or_default(),
        homepage: info.homepage.as_deref().unwrap_or_default(),
        issues: info.issues.as_deref().unwrap_or_default(),
        license: &info.license,
        repository: &info.repository,
        tags: &info.tags,
    };
    Ok(serde_json::to_string(&metadata).map_err(anyhow::Error::new)?)
}
