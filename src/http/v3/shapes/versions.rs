//! A collection version, in a list and by itself.

use anyhow::Context;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::collections::signatures::Attached;
use crate::domain::collections::versions;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::name::ArtifactName;
use crate::kernel::version::Version;

/// **VersionItem** of contract 02 §2.3.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = v3::versions::VersionItem)]
pub struct VersionItem {
    version: String,
    href: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    requires_ansible: Option<String>,
    #[schema(value_type = Vec<String>)]
    marks: [String; 0],
}

impl VersionItem {
    /// The line as the distribution in `collection` shows it.
    pub fn new(line: versions::VersionLine, collection: &href::Collection<'_>) -> Self {
        Self {
            href: collection.version(&line.version),
            version: line.version,
            created_at: line.created_at,
            updated_at: line.updated_at,
            requires_ansible: line.requires_ansible,
            marks: [],
        }
    }
}

/// **VersionDetail** of contract 02 §2.3. Every key is read by `ansible-galaxy` or a mirror.
#[derive(Serialize, ToSchema)]
pub struct VersionPage {
    #[serde(flatten)]
    item: VersionItem,
    artifact: ArtifactFile,
    collection: CollectionLink,
    download_url: String,
    name: String,
    namespace: NamespaceLink,
    signatures: Vec<SignatureItem>,
    #[schema(value_type = Value)]
    metadata: Box<RawValue>,
    git_url: Option<String>,
    git_commit_sha: Option<String>,
    #[schema(value_type = Value)]
    manifest: Box<RawValue>,
    #[schema(value_type = Value)]
    files: Box<RawValue>,
}

/// Nothing here signs, so there is no service that did.
#[derive(Serialize, ToSchema)]
#[schema(as = v3::versions::SignatureItem)]
struct SignatureItem {
    signature: String,
    pubkey_fingerprint: String,
    signing_service: Option<()>,
    pulp_created: Timestamp,
}

impl From<Attached> for SignatureItem {
    fn from(found: Attached) -> Self {
        Self {
            signature: found.signature,
            pubkey_fingerprint: found.fingerprint,
            signing_service: None,
            pulp_created: found.created_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct ArtifactFile {
    filename: String,
    sha256: String,
    size: u64,
}

#[derive(Serialize, ToSchema)]
struct CollectionLink {
    id: Uuid,
    name: String,
    href: String,
}

#[derive(Serialize, ToSchema)]
struct NamespaceLink {
    name: String,
    metadata_sha256: Option<String>,
}

impl VersionPage {
    /// The version as the distribution `base_path` shows it. Fails if a stored document is no JSON.
    pub fn new(
        detail: versions::VersionDetail,
        mount: &Mount,
        origin: &Origin,
        base_path: &str,
    ) -> Result<Self> {
        let href = href::Collection {
            root: mount.root,
            base_path,
            namespace: &detail.namespace,
            name: &detail.name,
        };
        let version = Version::parse(&detail.line.version)
            .context("a stored version is no semantic version")?;
        let file = ArtifactName {
            namespace: detail.namespace.clone(),
            name: detail.name.clone(),
            version,
        };
        Ok(Self {
            item: VersionItem::new(detail.line, &href),
            artifact: ArtifactFile {
                filename: file.to_string(),
                sha256: detail.sha256.to_string(),
                size: detail.size,
            },
            collection: CollectionLink {
                id: detail.collection_uuid,
                name: detail.name.clone(),
                href: href.to_string(),
            },
            download_url: format!(
                "{}{}",
                origin.0,
                href::artifact(mount.root, base_path, &file)
            ),
            name: detail.name.clone(),
            namespace: NamespaceLink {
                name: detail.namespace.clone(),
                metadata_sha256: detail.namespace_sha256,
            },
            signatures: detail
                .signatures
                .into_iter()
                .map(SignatureItem::from)
                .collect(),
            metadata: raw(detail.metadata)?,
            git_url: None,
            git_commit_sha: None,
            manifest: raw(detail.manifest)?,
            files: raw(detail.files)?,
        })
    }
}

/// The documentation of a version that came without any, in the form of the reference.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct DocsBlob {
    docs_blob: NoDocs,
}

#[derive(Debug, Default, Serialize, ToSchema)]
struct NoDocs {
    collection_readme: NoPage,
    #[schema(value_type = Vec<Value>)]
    documentation_files: [(); 0],
    #[schema(value_type = Vec<Value>)]
    contents: [(); 0],
}

#[derive(Debug, Default, Serialize, ToSchema)]
struct NoPage {
    name: Option<String>,
    html: Option<String>,
}

/// A stored document goes out as it is, without being taken apart.
fn raw(json: String) -> Result<Box<RawValue>> {
    Ok(RawValue::from_string(json).context("a stored document is no JSON")?)
}
