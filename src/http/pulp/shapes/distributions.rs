//! Distributions.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::repositories::served;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::kernel::clock::Timestamp;

/// **Distribution** of contract 03 §3.4. All of them serve the newest version of a repository.
#[derive(Debug, Serialize, ToSchema)]
pub struct Distribution {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    base_path: String,
    content_guard: String,
    no_content_change_since: Option<Timestamp>,
    hidden: bool,
    pulp_labels: BTreeMap<String, String>,
    name: String,
    repository: Option<String>,
    #[serde(flatten)]
    address: Address,
}

/// What tells the two lists of distributions apart.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Address {
    /// The list of distributions of collections.
    Ansible {
        client_url: String,
        repository_version: Option<String>,
    },
    /// The list of all distributions (DIS-7).
    Base { base_url: String },
}

impl Distribution {
    /// The distribution, linked below the root of the request.
    pub fn new(found: served::Distribution, origin: &Origin, mount: &Mount) -> Self {
        let client_url = format!("{}/pulp_ansible/galaxy/{}/", origin.0, found.base_path);
        Self::of(
            found,
            mount,
            Address::Ansible {
                client_url,
                repository_version: None,
            },
        )
    }

    /// The distribution as the list of all shows it.
    pub fn base(found: served::Distribution, origin: &Origin, mount: &Mount) -> Self {
        let base_url = format!("{}/pulp/content/{}/", origin.0, found.base_path);
        Self::of(found, mount, Address::Base { base_url })
    }

    fn of(found: served::Distribution, mount: &Mount, address: Address) -> Self {
        let repository = found
            .repository
            .map(|found| href::content::repository(mount, found.uuid));
        Self {
            pulp_href: href::content::distribution(mount, found.uuid),
            prn: format!("prn:ansible.ansibledistribution:{}", found.uuid),
            pulp_created: found.created_at,
            pulp_last_updated: found.updated_at,
            base_path: found.base_path,
            content_guard: href::content::content_guard(mount),
            no_content_change_since: None,
            hidden: found.is_hidden,
            pulp_labels: found.labels,
            name: found.name,
            repository,
            address,
        }
    }
}
