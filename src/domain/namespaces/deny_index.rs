//! Namespaces whose owners do not want what is in them to be learned from by machines (contract 04 §4.5).

use rusqlite::named_params;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::namespaces::queries;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::policy::object::Object;
use crate::policy::permit::Permit;

// CROSS so that it reads what is denied rather than all namespaces.
const LIST: &str = "
    SELECT n.name FROM ai_denied_namespace d CROSS JOIN namespace n ON n.id = d.namespace_id ORDER BY n.name";

/// The names of all that are denied, sorted.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<String>> {
    let mut statement = tx.prepare_cached(LIST)?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Denies the namespace called `name`. That it is denied already is a conflict.
pub fn add(tx: &WriteTx<'_>, permit: &Permit, name: &str) -> Result<()> {
    let id = changeable(tx, permit, name)?;
    let added = tx
        .prepare_cached(
            "INSERT INTO ai_denied_namespace (namespace_id) VALUES (:id) ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! {":id": id})?;
    if added == 0 {
        return Err(Error::Conflict(Conflict::DenialExists(name.to_owned())));
    }
    audit::record(tx, permit, format!("namespace {name}"))
}

/// Denies it no longer.
pub fn remove(tx: &WriteTx<'_>, permit: &Permit, name: &str) -> Result<()> {
    let id = changeable(tx, permit, name)?;
    let removed = tx
        .prepare_cached("DELETE FROM ai_denied_namespace WHERE namespace_id = :id")?
        .execute(named_params! {":id": id})?;
    if removed == 0 {
        return Err(Error::NotFound(Noun::Denial(name.to_owned())));
    }
    audit::record(tx, permit, format!("namespace {name}"))
}

/// The namespace called `name`. That there is none is a fault of the request here, not a page that is missing.
fn changeable(tx: &ReadTx<'_>, permit: &Permit, name: &str) -> Result<NamespaceId> {
    let missing = || {
        let message = format!("There is no namespace {name}.");
        Error::invalid("reference", "invalid", message)
    };
    let id = queries::find_id(tx, name)?.ok_or_else(missing)?;
    permit.on(Object::Namespace(id))?;
    Ok(id)
}
