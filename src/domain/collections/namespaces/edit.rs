//! Namespaces made, changed and deleted by the API, with what follows from it for repositories.

use crate::db::tx::WriteTx;
use crate::domain::collections::namespaces::avatar;
use crate::domain::collections::namespaces::spread;
use crate::domain::namespaces::Namespace;
use crate::domain::namespaces::edit;
use crate::domain::namespaces::edit::Draft;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::policy::permit::Permit;

/// Adds a namespace; a worker fetches its logo.
pub fn create(tx: &WriteTx<'_>, asked: Asked<'_>, draft: &Draft) -> Result<Namespace> {
    let namespace = edit::create(tx, asked.permit, draft)?;
    want_logo(tx, asked, namespace.id, draft)?;
    Ok(namespace)
}

/// Changes a namespace, here and in the repositories that hold collections of it. The task that is noted for those is
/// done already; fetching a logo is another one.
pub fn update(tx: &WriteTx<'_>, asked: Asked<'_>, name: &str, draft: &Draft) -> Result<Namespace> {
    let namespace = edit::update(tx, asked.permit, name, draft)?;
    let made = spread::spread(tx, namespace.id)?;
    if !made.is_empty() {
        queue::record(tx, asked, &[], &made)?;
    }
    spread::forget(tx, name)?;
    want_logo(tx, asked, namespace.id, draft)?;
    Ok(namespace)
}

/// The same address again means the image that is there now.
fn want_logo(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    namespace: NamespaceId,
    draft: &Draft,
) -> Result<()> {
    match draft.avatar_url.as_deref() {
        None | Some("") => Ok(()),
        Some(_) => {
            let by = asked.permit.account()?.id;
            avatar::want(tx, namespace, Some(by), asked.correlation_id)
        }
    }
}

/// Deletes a namespace, with what is said of it.
pub fn delete(tx: &WriteTx<'_>, permit: &Permit, name: &str) -> Result<()> {
    edit::delete(tx, permit, name)?;
    spread::forget(tx, name)
}
