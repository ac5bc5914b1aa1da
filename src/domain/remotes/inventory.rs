//! Every remote, in one query.

use std::collections::BTreeMap;

use crate::db::tx::ReadTx;
use crate::kernel::error::Result;
use crate::kernel::ids::RemoteId;

/// What can be said of a remote beside its name. An empty text and no number mean that nothing is set.
#[derive(Clone, Default, PartialEq)]
pub struct RemoteProfile {
    /// Where the other galaxy is.
    pub url: String,
    /// What to mirror, as a requirements file.
    pub requirements_file: String,
    /// Where tokens are exchanged for others.
    pub auth_url: String,
    /// The token to present; a secret.
    pub token: String,
    /// The name to sign in with.
    pub username: String,
    /// The password to sign in with; a secret.
    pub password: String,
    /// The certificates that the other galaxy's is checked with.
    pub ca_cert: String,
    /// The certificate to present.
    pub client_cert: String,
    /// The key of that certificate; a secret.
    pub client_key: String,
    /// Whether the other galaxy's certificate is checked.
    pub tls_validation: bool,
    /// The proxy on the way.
    pub proxy_url: String,
    /// The name to sign in with at the proxy.
    pub proxy_username: String,
    /// The password to sign in with at the proxy; a secret.
    pub proxy_password: String,
    /// How many downloads run at a time.
    pub download_concurrency: Option<i64>,
    /// Requests per second.
    pub rate_limit: Option<i64>,
    /// How often a download is tried again.
    pub max_retries: Option<i64>,
    /// Seconds a download may take.
    pub total_timeout: Option<f64>,
    /// Seconds a connection may take to come about.
    pub connect_timeout: Option<f64>,
    /// Seconds the other side may take to answer.
    pub sock_connect_timeout: Option<f64>,
    /// Seconds between two pieces of a download.
    pub sock_read_timeout: Option<f64>,
    /// Whether dependencies are mirrored, too.
    pub sync_dependencies: bool,
    /// Whether only signed collections are mirrored.
    pub signed_only: bool,
    /// How many of the highest versions are mirrored.
    pub sync_highest_versions: Option<i64>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

/// A remote with its name.
#[derive(Clone)]
pub struct StoredRemote {
    /// The row.
    pub id: RemoteId,
    /// The name.
    pub name: String,
    /// Everything else.
    pub profile: RemoteProfile,
}

const REMOTES: &str = "
    SELECT r.id, r.name, r.url, ifnull(requirements_file, ''), ifnull(auth_url, ''), ifnull(token, ''),
           ifnull(username, ''), ifnull(password, ''), ifnull(ca_cert, ''), ifnull(client_cert, ''),
           ifnull(client_key, ''), tls_validation, ifnull(proxy_url, ''), ifnull(proxy_username, ''),
           ifnull(proxy_password, ''), download_concurrency, rate_limit, max_retries, total_timeout, connect_timeout,
           sock_connect_timeout, sock_read_timeout, sync_dependencies, signed_only, sync_highest_versions,
           l.key, l.value
      FROM remote r LEFT JOIN remote_label l ON l.remote_id = r.id
     ORDER BY r.name, l.key";

/// All remotes, by name.
pub fn remotes(tx: &ReadTx<'_>) -> Result<Vec<StoredRemote>> {
    let mut found: Vec<StoredRemote> = Vec::new();
    let mut statement = tx.prepare_cached(REMOTES)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if found.last().is_none_or(|last| last.id != id) {
            let profile = RemoteProfile {
                url: row.get(2)?,
                requirements_file: row.get(3)?,
                auth_url: row.get(4)?,
                token: row.get(5)?,
                username: row.get(6)?,
                password: row.get(7)?,
                ca_cert: row.get(8)?,
                client_cert: row.get(9)?,
                client_key: row.get(10)?,
                tls_validation: row.get(11)?,
                proxy_url: row.get(12)?,
                proxy_username: row.get(13)?,
                proxy_password: row.get(14)?,
                download_concurrency: row.get(15)?,
                rate_limit: row.get(16)?,
                max_retries: row.get(17)?,
                total_timeout: row.get(18)?,
                connect_timeout: row.get(19)?,
                sock_connect_timeout: row.get(20)?,
                sock_read_timeout: row.get(21)?,
                sync_dependencies: row.get(22)?,
                signed_only: row.get(23)?,
                sync_highest_versions: row.get(24)?,
                labels: BTreeMap::new(),
            };
            let name = row.get(1)?;
            found.push(StoredRemote { id, name, profile });
        }
        let key: Option<String> = row.get(25)?;
        if let (Some(remote), Some(key)) = (found.last_mut(), key) {
            remote.profile.labels.insert(key, row.get(26)?);
        }
    }
    Ok(found)
}
