//! Making, changing and deleting remotes by the APIs (contract 03, REM-2 to REM-6; 02, SYN-2; 04, URM-4).

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::audit;
use crate::domain::remotes::checks;
use crate::domain::remotes::declared;
use crate::domain::remotes::is_shipped;
use crate::domain::remotes::listing;
use crate::domain::remotes::listing::Remote;
use crate::domain::remotes::profile::Draft;
use crate::domain::remotes::profile::RemoteProfile;
use crate::domain::tasks::locks::Lock;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Asked;
use crate::domain::tasks::queue::Begun;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::policy::object::Object;
use crate::policy::permit::Permit;

/// Makes a remote. Fails with a fault for everything that is wrong with the draft.
pub fn create(tx: &WriteTx<'_>, permit: &Permit, draft: &Draft) -> Result<Remote> {
    let name = draft.name.clone().unwrap_or_default();
    let profile = draft.onto(&RemoteProfile::fresh());
    let mut faults = checks::faults(&profile);
    faults.extend(taken(tx, &name, None)?);
    refuse(faults)?;
    declared::add(tx, &name, &profile)?;
    audit::record(tx, permit, format!("remote {name}"))?;
    listing::find(tx, &name)?.ok_or_else(|| anyhow::anyhow!("no remote {name}").into())
}

/// Changes a remote, as a task. `None` if the draft says nothing that is not so already.
pub fn update(
    tx: &WriteTx<'_>,
    asked: Asked<'_>,
    uuid: Uuid,
    draft: &Draft,
) -> Result<Option<Begun>> {
    let old = changeable(tx, asked.permit, uuid)?;
    match change(tx, asked.permit, &old, draft, None)? {
        false => Ok(None),
        true => queue::record(tx, asked, &[Lock::remote(uuid)], &[]).map(Some),
    }
}

/// Changes what is mirrored and from where, at once, and returns the remote as it is then. A public galaxy is not
/// to be mirrored whole, which is told to whoever says where from or what.
pub fn configure(tx: &WriteTx<'_>, permit: &Permit, uuid: Uuid, draft: &Draft) -> Result<Remote> {
    let old = changeable(tx, permit, uuid)?;
    let is_said = draft.url.is_some() || draft.requirements_file.is_some();
    let whole = checks::of_mirroring(&draft.onto(&old.profile)).filter(|_| is_said);
    change(tx, permit, &old, draft, whole)?;
    listing::get(tx, uuid)
}

/// Deletes a remote, as a task; repositories that were mirrored from it have none then. Nobody deletes those that every
/// installation has.
pub fn delete(tx: &WriteTx<'_>, asked: Asked<'_>, uuid: Uuid) -> Result<Begun> {
    let old = changeable(tx, asked.permit, uuid)?;
    if is_shipped(&old.name) {
        return Err(asked.permit.refusal());
    }
    declared::delete(tx, old.id)?;
    audit::record(tx, asked.permit, format!("remote {}", old.name))?;
    queue::record(tx, asked, &[Lock::remote(uuid)], &[])
}

/// The remote with that UUID, if the caller may do with it what they ask for: look at it, change it or delete it.
pub fn changeable(tx: &ReadTx<'_>, permit: &Permit, uuid: Uuid) -> Result<Remote> {
    let found = listing::get(tx, uuid)?;
    permit.on(Object::Remote(found.id))?;
    Ok(found)
}

/// Writes what a draft says of a remote. Returns whether that was anything new.
fn change(
    tx: &WriteTx<'_>,
    permit: &Permit,
    old: &Remote,
    draft: &Draft,
    besides: Option<Fault>,
) -> Result<bool> {
    let profile = draft.onto(&old.profile);
    let name = draft.name.as_ref().unwrap_or(&old.name);
    let mut faults = checks::faults(&profile);
    faults.extend(taken(tx, name, Some(old))?);
    faults.extend(besides);
    if is_shipped(&old.name) && *name != old.name {
        let message = format!("The remote {} is needed under this name.", old.name);
        faults.push(Fault::new(Some("name"), "invalid", message));
    }
    refuse(faults)?;
    if profile == old.profile && *name == old.name {
        return Ok(false);
    }
    if *name != old.name {
        tx.prepare_cached("UPDATE remote SET name = :name WHERE id = :id")?
            .execute(named_params! {":name": name, ":id": old.id})?;
    }
    declared::update(tx, old.id, &profile)?;
    let detail = match *name == old.name {
        true => String::new(),
        false => format!("renamed to {name}"),
    };
    audit::record_with(tx, permit, format!("remote {}", old.name), detail)?;
    Ok(true)
}

fn taken(tx: &ReadTx<'_>, name: &str, old: Option<&Remote>) -> Result<Option<Fault>> {
    let other = listing::find(tx, name)?.filter(|other| Some(other.id) != old.map(|old| old.id));
    Ok(other.map(|_| Fault::new(Some("name"), "unique", "This field must be unique.")))
}

fn refuse(faults: Vec<Fault>) -> Result<()> {
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::Invalid(faults)),
    }
}
