//! Collection versions and their signatures as content.

use anyhow::Context;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::collections::catalog::CatalogVersion;
use crate::domain::collections::catalog::Documents;
use crate::domain::collections::signatures::CatalogSignature;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;

/// **PulpCollectionVersion** of contract 03 §3.6. Of all digests only the SHA-256 is computed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PulpCollectionVersion {
    #[schema(value_type = Value)]
    vuln_report: Option<()>,
    artifact: String,
    pulp_href: String,
    pulp_created: Timestamp,
    pulp_labels: NoLabels,
    prn: String,
    pulp_last_updated: Timestamp,
    sha256: String,
    #[schema(value_type = Value)]
    md5: Option<()>,
    #[schema(value_type = Value)]
    sha1: Option<()>,
    #[schema(value_type = Value)]
    sha224: Option<()>,
    #[schema(value_type = Value)]
    sha384: Option<()>,
    #[schema(value_type = Value)]
    sha512: Option<()>,
    id: Uuid,
    authors: Vec<String>,
    #[schema(value_type = Value)]
    dependencies: Box<RawValue>,
    description: String,
    documentation: String,
    homepage: String,
    issues: String,
    license: Vec<String>,
    name: String,
    namespace: String,
    origin_repository: String,
    tags: Vec<Tag>,
    version: String,
    requires_ansible: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    large: Option<Large>,
}

/// Content carries no labels here.
#[derive(Debug, Serialize, ToSchema)]
struct NoLabels {}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = pulp::content::Tag)]
struct Tag {
    name: String,
}

/// What is left out of lists: the web client reads it of the one version that it asks for.
#[derive(Debug, Serialize, ToSchema)]
struct Large {
    #[schema(value_type = Value)]
    contents: Box<RawValue>,
    #[schema(value_type = Value)]
    docs_blob: Option<Box<RawValue>>,
    #[schema(value_type = Value)]
    manifest: Box<RawValue>,
    #[schema(value_type = Value)]
    files: Box<RawValue>,
}

/// The `metadata` object as it is kept.
#[derive(Deserialize)]
struct Metadata {
    authors: Vec<String>,
    contents: Box<RawValue>,
    dependencies: Box<RawValue>,
    description: String,
    documentation: String,
    homepage: String,
    issues: String,
    license: Vec<String>,
    repository: String,
    tags: Vec<String>,
}

impl PulpCollectionVersion {
    /// The version, linked below the root of the request, with its documents if they are wanted. Fails if a stored
    /// document is no JSON.
    pub fn new(found: CatalogVersion, large: Option<Documents>, mount: &Mount) -> Result<Self> {
        let metadata: Metadata =
            serde_json::from_str(&found.metadata).context("stored metadata is no JSON")?;
        let raw =
            |text: String| RawValue::from_string(text).context("a stored document is no JSON");
        let large = match large {
            None => None,
            Some(documents) => Some(Large {
                contents: metadata.contents,
                docs_blob: documents.docs_blob,
                manifest: raw(documents.manifest)?,
                files: raw(documents.files)?,
            }),
        };
        Ok(Self {
            vuln_report: None,
            artifact: href::content::artifact(mount, found.uuid),
            pulp_href: href::collection_version(mount, found.uuid),
            pulp_created: found.created_at,
            pulp_labels: NoLabels {},
            prn: format!("prn:ansible.collectionversion:{}", found.uuid),
            pulp_last_updated: found.updated_at,
            sha256: found.sha256.to_string(),
            md5: None,
            sha1: None,
            sha224: None,
            sha384: None,
            sha512: None,
            id: found.uuid,
            authors: metadata.authors,
            dependencies: metadata.dependencies,
            description: metadata.description,
            documentation: metadata.documentation,
            homepage: metadata.homepage,
            issues: metadata.issues,
            license: metadata.license,
            name: found.name,
            namespace: found.namespace,
            origin_repository: metadata.repository,
            tags: metadata.tags.into_iter().map(|name| Tag { name }).collect(),
            version: found.version,
            requires_ansible: found.requires_ansible,
            large,
        })
    }
}

/// A signature as contract 03 §3.6 has it. Nothing here signs, so there is no service that did.
#[derive(Debug, Serialize, ToSchema)]
pub struct PulpCollectionSignature {
    vuln_report: Option<()>,
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    pulp_labels: NoLabels,
    signed_collection: String,
    pubkey_fingerprint: String,
    signing_service: Option<()>,
}

impl PulpCollectionSignature {
    /// The signature, linked below the root of the request.
    pub fn new(found: CatalogSignature, mount: &Mount) -> Self {
        Self {
            vuln_report: None,
            pulp_href: href::content::collection_signature(mount, found.uuid),
            prn: format!("prn:ansible.collectionversionsignature:{}", found.uuid),
            pulp_created: found.created_at,
            pulp_last_updated: found.updated_at,
            pulp_labels: NoLabels {},
            signed_collection: href::collection_version(mount, found.version),
            pubkey_fingerprint: found.fingerprint,
            signing_service: None,
        }
    }
}
