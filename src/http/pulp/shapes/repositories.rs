//! Repositories and their versions.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::repositories::listing::Repository;
use crate::domain::repositories::versions::Counts;
use crate::domain::repositories::versions::RepositoryVersion;
use crate::http::href;
use crate::http::kit::base_repository::BaseRepository;
use crate::http::kit::mount::Mount;
use crate::kernel::clock::Timestamp;

/// **Repository** of contract 03 §3.3. Nothing is mirrored yet, so there is no last time either.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnsibleRepository {
    #[serde(flatten)]
    base: BaseRepository,
    last_synced_metadata_time: Option<Timestamp>,
    gpgkey: Option<String>,
    #[schema(value_type = Value)]
    last_sync_task: Option<()>,
    private: bool,
}

impl AnsibleRepository {
    /// The repository, linked below the root of the request.
    pub fn new(mut found: Repository, mount: &Mount) -> Self {
        Self {
            last_synced_metadata_time: None,
            gpgkey: found.gpgkey.take(),
            last_sync_task: None,
            private: found.is_private,
            base: BaseRepository::new(found, mount),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        self.base.path()
    }
}

/// **RepositoryVersion** of contract 03 §3.3. Which version it was made from is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    number: i64,
    repository: String,
    base_version: Option<String>,
    content_summary: Summary,
    vuln_report: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Summary {
    added: BTreeMap<String, Held>,
    removed: BTreeMap<String, Held>,
    present: BTreeMap<String, Held>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Held {
    count: u64,
    href: String,
}

impl Version {
    /// A version of `repository`, linked below the root of the request.
    pub fn new(found: RepositoryVersion, repository: Uuid, mount: &Mount) -> Self {
        let path = href::content::repository_version(mount, repository, found.number);
        let prn = href::content::repository_version_prn(repository, found.number);
        let held = |counts: Counts, filter: &str| {
            let held = |(kind, count): (String, u64)| {
                let (name, list) = href::content::content_type(&kind);
                let href = format!("{}{list}?{filter}={path}", mount.root);
                (name, Held { count, href })
            };
            counts.into_iter().map(held).collect()
        };
        Self {
            vuln_report: format!("{}pulp/api/v3/vuln_report/?repo_versions={prn}", mount.root),
            prn,
            pulp_created: found.created_at,
            pulp_last_updated: found.created_at,
            number: found.number,
            repository: href::content::repository(mount, repository),
            base_version: None,
            content_summary: Summary {
                added: held(found.added, "repository_version_added"),
                removed: held(found.removed, "repository_version_removed"),
                present: held(found.present, "repository_version"),
            },
            pulp_href: path,
        }
    }
}
