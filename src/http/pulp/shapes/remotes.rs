//! Remotes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::remotes::listing;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::remotes::shapes::Secret;
use crate::http::remotes::shapes::set;
use crate::kernel::clock::Timestamp;

/// **Remote** of contract 03 §3.5. Nothing was mirrored yet, so there is no last task.
#[derive(Debug, Serialize, ToSchema)]
pub struct Remote {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    name: String,
    url: String,
    pulp_labels: BTreeMap<String, String>,
    policy: &'static str,
    hidden_fields: [Secret; 6],
    ca_cert: Option<String>,
    client_cert: Option<String>,
    tls_validation: bool,
    proxy_url: Option<String>,
    max_retries: Option<i64>,
    total_timeout: Option<f64>,
    connect_timeout: Option<f64>,
    sock_connect_timeout: Option<f64>,
    sock_read_timeout: Option<f64>,
    headers: Option<Vec<Map<String, Value>>>,
    download_concurrency: Option<i64>,
    rate_limit: Option<i64>,
    requirements_file: Option<String>,
    auth_url: Option<String>,
    sync_dependencies: bool,
    signed_only: bool,
    sync_highest_versions: Option<i64>,
    last_sync_task: Option<()>,
}

impl Remote {
    /// The remote, linked below the root of the request. Secrets are told of, not told.
    pub fn new(found: listing::Remote, mount: &Mount) -> Self {
        let profile = found.profile;
        Self {
            pulp_href: href::content::remote(mount, found.uuid),
            prn: format!("prn:ansible.collectionremote:{}", found.uuid),
            pulp_created: found.created_at,
            pulp_last_updated: found.updated_at,
            name: found.name,
            hidden_fields: [
                Secret::new("client_key", &profile.client_key),
                Secret::new("proxy_username", &profile.proxy_username),
                Secret::new("proxy_password", &profile.proxy_password),
                Secret::new("username", &profile.username),
                Secret::new("password", &profile.password),
                Secret::new("token", &profile.token),
            ],
            url: profile.url,
            pulp_labels: profile.labels,
            policy: "immediate",
            ca_cert: set(profile.ca_cert),
            client_cert: set(profile.client_cert),
            tls_validation: profile.tls_validation,
            proxy_url: set(profile.proxy_url),
            max_retries: profile.max_retries,
            total_timeout: profile.total_timeout,
            connect_timeout: profile.connect_timeout,
            sock_connect_timeout: profile.sock_connect_timeout,
            sock_read_timeout: profile.sock_read_timeout,
            headers: Some(profile.headers).filter(|headers| !headers.is_empty()),
            download_concurrency: profile.download_concurrency,
            rate_limit: profile.rate_limit,
            requirements_file: set(profile.requirements_file),
            auth_url: set(profile.auth_url),
            sync_dependencies: profile.sync_dependencies,
            signed_only: profile.signed_only,
            sync_highest_versions: profile.sync_highest_versions,
            last_sync_task: None,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.pulp_href
    }
}
