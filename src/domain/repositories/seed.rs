//! The repositories every installation has from its first start (contract 09 §9.1).

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::repositories::pipeline;
use crate::kernel::error::Result;
use crate::kernel::ids::RepositoryId;

/// How many older versions these repositories keep.
const RETAIN: i64 = 1;
const HIDE_FROM_SEARCH: (&str, &str) = ("hide_from_search", "");

/// Name and base path, description, labels.
type Shipped = (
    &'static str,
    Option<&'static str>,
    &'static [(&'static str, &'static str)],
);

const SHIPPED: &[Shipped] = &[
    (
        "staging",
        None,
        &[(pipeline::LABEL, "staging"), HIDE_FROM_SEARCH],
    ),
    (
        "rejected",
        None,
        &[(pipeline::LABEL, "rejected"), HIDE_FROM_SEARCH],
    ),
    (
        "published",
        Some("Certified content repository"),
        &[(pipeline::LABEL, "approved")],
    ),
    ("community", Some("Community content repository"), &[]),
    (
        "rh-certified",
        Some("Red Hat certified content repository"),
        &[],
    ),
    ("validated", Some("Validated collections"), &[]),
];

/// Whether every installation has a repository and a distribution of this name: neither may go (contract 09 §9.1).
pub fn is_shipped(name: &str) -> bool {
    SHIPPED.iter().any(|(shipped, ..)| *shipped == name)
}

/// Whether this installation has been seeded: no repository can be deleted down to none.
pub fn is_done(tx: &ReadTx<'_>) -> Result<bool> {
    Ok(
        tx.query_row("SELECT EXISTS (SELECT 1 FROM repository)", [], |row| {
            row.get(0)
        })?,
    )
}

/// Adds the shipped repositories, each with an empty version 0 and a distribution of its name.
pub fn seed(tx: &WriteTx<'_>) -> Result<()> {
    SHIPPED.iter().try_for_each(|shipped| add(tx, shipped))
}

/// Two of them have a remote of the same name (contract 04, URM-1).
const ADD_REPOSITORY: &str = "
    INSERT INTO repository (uuid, name, description, retain_repo_versions, remote_id, created_at, updated_at)
    VALUES (:uuid, :name, :description, :retain, (SELECT id FROM remote WHERE name = :name), :now, :now)";

const ADD_LABEL: &str =
    "INSERT INTO repository_label (repository_id, key, value) VALUES (:id, :key, :value)";

const ADD_VERSION: &str = "
    INSERT INTO repository_version (repository_id, number, created_at) VALUES (:id, 0, :now)";

const ADD_DISTRIBUTION: &str = "
    INSERT INTO distribution (uuid, name, base_path, repository_id, created_at, updated_at)
    VALUES (:uuid, :name, :name, :id, :now, :now)";

fn add(tx: &WriteTx<'_>, (name, description, labels): &Shipped) -> Result<()> {
    tx.execute(
        ADD_REPOSITORY,
        named_params! {
            ":uuid": Uuid::now_v7().to_string(), ":name": name, ":description": description,
            ":retain": RETAIN, ":now": tx.now,
        },
    )?;
    let id = RepositoryId(tx.last_insert_rowid());
    for (key, value) in *labels {
        tx.execute(
            ADD_LABEL,
            named_params! {":id": id, ":key": key, ":value": value},
        )?;
    }
    tx.execute(ADD_VERSION, named_params! {":id": id, ":now": tx.now})?;
    tx.execute(
        ADD_DISTRIBUTION,
        named_params! {":uuid": Uuid::now_v7().to_string(), ":name": name, ":id": id, ":now": tx.now},
    )?;
    Ok(())
}
