//! What a search finds.

use anyhow::Context;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::collections::namespaces::listing::Unit;
use crate::domain::repositories::listing::Repository;
use crate::domain::search::versions::Hit;
use crate::http::href;
use crate::http::kit::base_repository::BaseRepository;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;

/// **SearchHit** of contract 02 §2.7.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    repository: BaseRepository,
    collection_version: FoundVersion,
    repository_version: &'static str,
    namespace_metadata: Option<NamespaceMetadata>,
    is_highest: bool,
    is_deprecated: bool,
    is_signed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct FoundVersion {
    pulp_href: String,
    namespace: String,
    name: String,
    version: String,
    requires_ansible: Option<String>,
    pulp_created: Timestamp,
    #[schema(value_type = Value)]
    contents: Box<RawValue>,
    #[schema(value_type = Value)]
    dependencies: Box<RawValue>,
    description: String,
    tags: Vec<Tag>,
}

/// Tags are objects here, and texts on the page of a version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = v3::search::Tag)]
struct Tag {
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct NamespaceMetadata {
    pulp_href: String,
    name: String,
    company: String,
    description: String,
    avatar_url: Option<String>,
}

/// What is shown of the `metadata` object as it is kept.
#[derive(Deserialize)]
struct Metadata {
    contents: Box<RawValue>,
    dependencies: Box<RawValue>,
    description: String,
    tags: Vec<String>,
}

impl SearchHit {
    /// The hit, linked below the root and the origin of the request. Fails if a stored document is no JSON. Every
    /// distribution serves the newest version of its repository.
    pub fn new(
        hit: Hit,
        repository: Repository,
        (origin, mount): (&Origin, &Mount),
    ) -> Result<Self> {
        let metadata: Metadata =
            serde_json::from_str(&hit.metadata).context("stored metadata is no JSON")?;
        let avatar = |uuid| format!("{}{}", origin.0, href::content::avatar(mount, uuid));
        let about = |unit: Unit| NamespaceMetadata {
            pulp_href: href::content::namespace_unit(mount, unit.uuid),
            avatar_url: unit.avatar_sha256.is_some().then(|| avatar(unit.uuid)),
            name: unit.name,
            company: unit.company,
            description: unit.description,
        };
        Ok(Self {
            repository: BaseRepository::new(repository, mount),
            namespace_metadata: hit.unit.map(about),
            collection_version: FoundVersion {
                pulp_href: href::collection_version(mount, hit.uuid),
                namespace: hit.namespace,
                name: hit.name,
                version: hit.version,
                requires_ansible: hit.requires_ansible,
                pulp_created: hit.created_at,
                contents: metadata.contents,
                dependencies: metadata.dependencies,
                description: metadata.description,
                tags: metadata.tags.into_iter().map(|name| Tag { name }).collect(),
            },
            repository_version: "latest",
            is_highest: hit.is_highest,
            is_deprecated: hit.is_deprecated,
            is_signed: hit.is_signed,
        })
    }
}
