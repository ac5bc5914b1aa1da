//! Writing and deleting remotes as a document declares them: already checked.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::WriteTx;
use crate::domain::remotes::profile::RemoteProfile;
use crate::kernel::error::Result;
use crate::kernel::ids::RemoteId;

const ADD: &str = "
    INSERT INTO remote (uuid, name, url, created_at, updated_at) VALUES (:uuid, :name, :url, :now, :now)";

/// Adds a remote.
pub fn add(tx: &WriteTx<'_>, name: &str, profile: &RemoteProfile) -> Result<RemoteId> {
    let uuid = Uuid::now_v7().to_string();
    tx.prepare_cached(ADD)?.execute(
        named_params! {":uuid": uuid, ":name": name, ":url": profile.url, ":now": tx.now},
    )?;
    let id = RemoteId(tx.last_insert_rowid());
    update(tx, id, profile)?;
    Ok(id)
}

const UPDATE: &str = "
    UPDATE remote SET url = :url, requirements_file = nullif(:requirements_file, ''), auth_url = nullif(:auth_url, ''),
           token = nullif(:token, ''), username = nullif(:username, ''), password = nullif(:password, ''),
           ca_cert = nullif(:ca_cert, ''), client_cert = nullif(:client_cert, ''),
           client_key = nullif(:client_key, ''), tls_validation = :tls_validation,
           proxy_url = nullif(:proxy_url, ''), proxy_username = nullif(:proxy_username, ''),
           proxy_password = nullif(:proxy_password, ''), download_concurrency = :download_concurrency,
           rate_limit = :rate_limit, max_retries = :max_retries, total_timeout = :total_timeout,
           connect_timeout = :connect_timeout, sock_connect_timeout = :sock_connect_timeout,
           sock_read_timeout = :sock_read_timeout, sync_dependencies = :sync_dependencies,
           signed_only = :signed_only, sync_highest_versions = :sync_highest_versions,
           headers = nullif(:headers, '[]'), updated_at = :now
     WHERE id = :id";

const ADD_LABEL: &str =
    "INSERT INTO remote_label (remote_id, key, value) VALUES (:id, :key, :value)";

/// Writes everything of a remote but its name, labels included.
pub fn update(tx: &WriteTx<'_>, id: RemoteId, profile: &RemoteProfile) -> Result<()> {
    let headers = serde_json::json!(profile.headers).to_string();
    tx.prepare_cached(UPDATE)?.execute(named_params! {
        ":id": id, ":now": tx.now,
        ":url": profile.url, ":requirements_file": profile.requirements_file, ":auth_url": profile.auth_url,
        ":token": profile.token, ":username": profile.username, ":password": profile.password,
        ":ca_cert": profile.ca_cert, ":client_cert": profile.client_cert, ":client_key": profile.client_key,
        ":tls_validation": profile.tls_validation, ":proxy_url": profile.proxy_url,
        ":proxy_username": profile.proxy_username, ":proxy_password": profile.proxy_password,
        ":download_concurrency": profile.download_concurrency, ":rate_limit": profile.rate_limit,
        ":max_retries": profile.max_retries, ":total_timeout": profile.total_timeout,
        ":connect_timeout": profile.connect_timeout, ":sock_connect_timeout": profile.sock_connect_timeout,
        ":sock_read_timeout": profile.sock_read_timeout, ":sync_dependencies": profile.sync_dependencies,
        ":signed_only": profile.signed_only, ":sync_highest_versions": profile.sync_highest_versions,
        ":headers": headers,
    })?;
    tx.prepare_cached("DELETE FROM remote_label WHERE remote_id = :id")?
        .execute(named_params! {":id": id})?;
    for (key, value) in &profile.labels {
        tx.prepare_cached(ADD_LABEL)?
            .execute(named_params! {":id": id, ":key": key, ":value": value})?;
    }
    Ok(())
}

/// Deletes a remote; repositories that were mirrored from it have none then.
pub fn delete(tx: &WriteTx<'_>, id: RemoteId) -> Result<()> {
    tx.prepare_cached("DELETE FROM remote WHERE id = :id")?
        .execute(named_params! {":id": id})?;
    Ok(())
}
