//! What is said about a namespace as a unit of content, which repositories hold and mirrors fetch.

use std::collections::BTreeMap;

use rusqlite::named_params;
use serde::Serialize;

use crate::db::tx::WriteTx;
use crate::domain::namespaces::Profile;
use crate::domain::namespaces::metadata;
use crate::domain::units;
use crate::domain::units::Kind;
use crate::kernel::error::Result;

/// A link as a unit keeps it.
#[derive(Serialize)]
struct Link<'a> {
    name: &'a str,
    url: &'a str,
}

const IS_THERE: &str =
    "SELECT EXISTS (SELECT 1 FROM namespace_metadata WHERE metadata_sha256 = :metadata_sha256)";

const ADD: &str = "
    INSERT INTO namespace_metadata
           (id, name, company, email, description, resources, links, avatar_sha256, metadata_sha256)
    VALUES (:id, :name, :company, :email, :description, :resources, :links, :avatar_sha256, :metadata_sha256)";

/// Makes sure that there is a unit that says this, and returns the digest that it is known by. Units never change:
/// whoever says something else has another one.
pub(super) fn keep(tx: &WriteTx<'_>, name: &str, profile: &Profile) -> Result<String> {
    let metadata_sha256 = metadata::digest(name, profile);
    let is_there: bool = tx
        .prepare_cached(IS_THERE)?
        .query_row(named_params! {":metadata_sha256": metadata_sha256}, |row| {
            row.get(0)
        })?;
    if is_there {
        return Ok(metadata_sha256);
    }
    let (id, _) = units::add(tx, Kind::Namespace)?;
    tx.prepare_cached(ADD)?.execute(named_params! {
        ":id": id, ":name": name, ":company": profile.company, ":email": profile.email,
        ":description": profile.description, ":resources": profile.resources, ":links": links(profile)?,
        ":avatar_sha256": profile.avatar_sha256, ":metadata_sha256": metadata_sha256,
    })?;
    Ok(metadata_sha256)
}

/// The links as the digest has them: sorted by name, and of those with one name the last.
fn links(profile: &Profile) -> Result<String> {
    let links: BTreeMap<&str, &str> = profile
        .links
        .iter()
        .map(|link| (link.name.as_str(), link.url.as_str()))
        .collect();
    let links: Vec<Link<'_>> = links
        .into_iter()
        .map(|(name, url)| Link { name, url })
        .collect();
    Ok(serde_json::to_string(&links).map_err(anyhow::Error::new)?)
}
