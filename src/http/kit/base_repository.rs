//! A repository as every family shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::repositories::listing::Repository;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::kernel::clock::Timestamp;

/// What every list of repositories shows of one (contract 03, REP-22).
#[derive(Debug, Serialize, ToSchema)]
pub struct BaseRepository {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    versions_href: String,
    pulp_labels: BTreeMap<String, String>,
    latest_version_href: String,
    name: String,
    description: Option<String>,
    retain_repo_versions: Option<i64>,
    remote: Option<String>,
}

impl BaseRepository {
    /// The repository, linked below the root of the request.
    pub fn new(found: Repository, mount: &Mount) -> Self {
        let path = href::content::repository(mount, found.uuid);
        Self {
            prn: format!("prn:ansible.ansiblerepository:{}", found.uuid),
            pulp_created: found.created_at,
            pulp_last_updated: found.updated_at,
            versions_href: format!("{path}versions/"),
            pulp_labels: found.labels,
            latest_version_href: href::content::repository_version(
                mount,
                found.uuid,
                found.latest_version,
            ),
            name: found.name,
            description: found.description,
            retain_repo_versions: found.retain_repo_versions,
            remote: found
                .remote
                .map(|remote| href::content::remote(mount, remote)),
            pulp_href: path,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.pulp_href
    }
}
