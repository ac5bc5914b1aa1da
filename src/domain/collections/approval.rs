//! Which versions must be signed before they are approved, where `GALAXY_REQUIRE_SIGNATURE_FOR_APPROVAL` is on
//! (contract 09 §9.2). The two ways to approve ask differently, as in the reference.

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::domain::collections::signatures::is_signed;
use crate::domain::repositories::pipeline;
use crate::domain::repositories::pipeline::Pipeline;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;
use crate::kernel::ids::VersionId;

const LACKS_SIGNATURE: &str = "
    SELECT EXISTS (SELECT 1 FROM repository WHERE id = :to AND name = 'published')
       AND NOT EXISTS (SELECT 1 FROM collection_signature WHERE version_id = :version)";

/// Whether a version that moves by its names is approved by that, and no repository has a signature of it.
pub fn lacks_signature(tx: &ReadTx<'_>, version: VersionId, to: RepositoryId) -> Result<bool> {
    let values = named_params! {":version": version, ":to": to};
    Ok(tx
        .prepare_cached(LACKS_SIGNATURE)?
        .query_row(values, |row| row.get(0))?)
}

/// Whether what goes to these repositories by its ids is approved by that.
pub fn is_approval(tx: &ReadTx<'_>, to: &[RepositoryId]) -> Result<bool> {
    for repository in to {
        if pipeline::stage(tx, *repository)? == Pipeline::Approved {
            return Ok(true);
        }
    }
    Ok(false)
}

const IS_SIGNED_IN: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM collection_version v
                      JOIN repository_content rc ON rc.content_id = v.id AND rc.removed IS NULL
                     WHERE v.id = :version AND rc.repository_id = :repository AND ",
    is_signed!(),
    ")"
);

/// Whether a repository holds a version and a signature of it.
pub fn is_signed_in(tx: &ReadTx<'_>, version: VersionId, repository: RepositoryId) -> Result<bool> {
    let values = named_params! {":version": version, ":repository": repository};
    Ok(tx
        .prepare_cached(IS_SIGNED_IN)?
        .query_row(values, |row| row.get(0))?)
}
