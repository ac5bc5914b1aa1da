//! A remote and what is mirrored from it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::remotes::mirrored::Mirrored;
use crate::domain::remotes::mirrored::Outlet;
use crate::domain::remotes::mirrored::Source;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::kernel::clock::Timestamp;

/// Requests per second where nothing is said about them.
const RATE_LIMIT: i64 = 8;

/// **RemoteConfig** of contract 02 §2.10. Nothing was mirrored yet, so there are no last tasks.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemoteConfig {
    pk: Uuid,
    name: String,
    url: String,
    auth_url: Option<String>,
    policy: &'static str,
    requirements_file: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    username: Option<String>,
    tls_validation: bool,
    client_cert: Option<String>,
    ca_cert: Option<String>,
    last_sync_task: LastSync,
    repositories: Vec<Repository>,
    pulp_href: String,
    download_concurrency: Option<i64>,
    proxy_url: Option<String>,
    proxy_username: Option<String>,
    write_only_fields: Vec<Secret>,
    rate_limit: i64,
    signed_only: bool,
    sync_highest_versions: Option<i64>,
}

/// How it went to mirror last: an empty object when that has not been done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = remotes::LastSync)]
struct LastSync {}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = remotes::Repository)]
struct Repository {
    name: String,
    description: Option<String>,
    next_version: i64,
    distributions: Vec<Distribution>,
    created_at: Timestamp,
    updated_at: Timestamp,
    last_sync_task: LastSync,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = remotes::Distribution)]
struct Distribution {
    name: String,
    base_path: String,
    content_guard: &'static str,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A field that is not shown, and whether it has a value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = remotes::Secret)]
pub struct Secret {
    name: &'static str,
    is_set: bool,
}

impl Secret {
    /// A field and its value.
    pub fn new(name: &'static str, value: &str) -> Self {
        Self {
            name,
            is_set: !value.is_empty(),
        }
    }
}

/// A text that is set, or null.
pub fn set(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl RemoteConfig {
    /// The remote, linked below the root of the request.
    pub fn new(found: Source, mount: &Mount) -> Self {
        let remote = found.remote;
        let profile = remote.profile;
        Self {
            pk: remote.uuid,
            name: remote.name,
            url: profile.url,
            auth_url: set(profile.auth_url),
            policy: "immediate",
            requirements_file: set(profile.requirements_file),
            created_at: remote.created_at,
            updated_at: remote.updated_at,
            username: set(profile.username),
            tls_validation: profile.tls_validation,
            client_cert: set(profile.client_cert),
            ca_cert: set(profile.ca_cert),
            last_sync_task: LastSync {},
            repositories: found
                .repositories
                .into_iter()
                .map(Repository::from)
                .collect(),
            pulp_href: href::content::remote(mount, remote.uuid),
            download_concurrency: profile.download_concurrency,
            proxy_url: set(profile.proxy_url),
            proxy_username: set(profile.proxy_username),
            // The reference names the key twice; once is enough for a client that looks for a name.
            write_only_fields: vec![
                Secret::new("client_key", &profile.client_key),
                Secret::new("token", &profile.token),
                Secret::new("password", &profile.password),
                Secret::new("proxy_password", &profile.proxy_password),
            ],
            rate_limit: profile.rate_limit.unwrap_or(RATE_LIMIT),
            signed_only: profile.signed_only,
            sync_highest_versions: profile.sync_highest_versions,
        }
    }
}

impl From<Mirrored> for Repository {
    fn from(found: Mirrored) -> Self {
        Self {
            name: found.name,
            description: found.description,
            next_version: found.next_version,
            distributions: found
                .distributions
                .into_iter()
                .map(Distribution::from)
                .collect(),
            created_at: found.created_at,
            updated_at: found.updated_at,
            last_sync_task: LastSync {},
        }
    }
}

impl From<Outlet> for Distribution {
    fn from(found: Outlet) -> Self {
        Self {
            name: found.name,
            base_path: found.base_path,
            content_guard: href::content::CONTENT_GUARD,
            created_at: found.created_at,
            updated_at: found.updated_at,
        }
    }
}
