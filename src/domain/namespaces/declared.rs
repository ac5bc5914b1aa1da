//! Writing and deleting namespaces as a document declares them: already checked.

use rusqlite::named_params;

use crate::db::tx::WriteTx;
use crate::domain::namespaces::Profile;
use crate::domain::namespaces::unit;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;

const UPDATE: &str = "
    UPDATE namespace SET company = :company, email = :email, description = :description, resources = :resources,
           avatar_url = :avatar_url, avatar_sha256 = :avatar_sha256, metadata_sha256 = :metadata_sha256, updated_at = :now
     WHERE id = :id";

const ADD_LINK: &str = "
    INSERT INTO namespace_link (namespace_id, position, name, url) VALUES (:id, :position, :name, :url)";

/// Writes what is said about a namespace; the digest that mirrors verify moves along.
pub fn update(
    tx: &WriteTx<'_>,
    id: NamespaceId,
    name: &str,
    profile: &Profile,
    avatar_url: &str,
) -> Result<()> {
    tx.prepare_cached(UPDATE)?.execute(named_params! {
        ":id": id, ":company": profile.company, ":email": profile.email, ":description": profile.description,
        ":resources": profile.resources, ":avatar_url": avatar_url, ":avatar_sha256": profile.avatar_sha256,
        ":metadata_sha256": unit::keep(tx, name, profile)?, ":now": tx.now,
    })?;
    tx.prepare_cached("DELETE FROM namespace_link WHERE namespace_id = :id")?
        .execute(named_params! {":id": id})?;
    for (position, link) in (0_i64..).zip(&profile.links) {
        tx.prepare_cached(ADD_LINK)?.execute(named_params! {
            ":id": id, ":position": position, ":name": link.name, ":url": link.url,
        })?;
    }
    Ok(())
}

/// Deletes a namespace; the caller has made sure that it has no collections.
pub fn delete(tx: &WriteTx<'_>, id: NamespaceId) -> Result<()> {
    tx.prepare_cached("DELETE FROM namespace WHERE id = :id")?
        .execute(named_params! {":id": id})?;
    Ok(())
}
