//! Collections and their versions as the web interface shows them.

use anyhow::Context;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::collections::catalog::CatalogVersion;
use crate::domain::collections::catalog::Documents;
use crate::domain::collections::shelf::Said;
use crate::domain::collections::shelf::Sibling;
use crate::domain::collections::signatures::Attached;
use crate::http::namespaces::shapes::NamespaceSummary;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;

/// The words of contract 09 §9.5.
const fn sign_state(is_signed: bool) -> &'static str {
    match is_signed {
        true => "signed",
        false => "unsigned",
    }
}

/// **CVItem** of contract 04 §4.3.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v1::collections::VersionItem)]
pub struct VersionItem {
    id: Uuid,
    namespace: String,
    name: String,
    version: String,
    requires_ansible: Option<String>,
    created_at: Timestamp,
    metadata: Metadata,
    #[schema(value_type = Value)]
    contents: Box<RawValue>,
    sign_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository_list: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value)]
    docs_blob: Option<Option<Box<RawValue>>>,
}

/// The `metadata` object as it is kept, with the signatures.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = ui::v1::collections::Metadata)]
struct Metadata {
    #[schema(value_type = Value)]
    dependencies: Box<RawValue>,
    #[schema(value_type = Value)]
    contents: Box<RawValue>,
    documentation: String,
    homepage: String,
    issues: String,
    repository: String,
    description: String,
    authors: Vec<String>,
    license: Vec<String>,
    tags: Vec<String>,
    #[serde(default, skip_deserializing)]
    signatures: Vec<SignatureItem>,
}

/// Nothing here signs, so there is no service that did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v1::collections::SignatureItem)]
struct SignatureItem {
    signature: String,
    pubkey_fingerprint: String,
    signing_service: Option<()>,
}

impl From<Attached> for SignatureItem {
    fn from(found: Attached) -> Self {
        Self {
            signature: found.signature,
            pubkey_fingerprint: found.fingerprint,
            signing_service: None,
        }
    }
}

impl VersionItem {
    /// The version with its signatures. Fails if a stored document is no JSON.
    pub fn new(found: CatalogVersion, signatures: Vec<Attached>) -> Result<Self> {
        let mut metadata: Metadata =
            serde_json::from_str(&found.metadata).context("stored metadata is no JSON")?;
        let sign_state = sign_state(!signatures.is_empty());
        metadata.signatures = signatures.into_iter().map(SignatureItem::from).collect();
        Ok(Self {
            id: found.uuid,
            namespace: found.namespace,
            name: found.name,
            version: found.version,
            requires_ansible: found.requires_ansible,
            created_at: found.created_at,
            contents: metadata.contents.clone(),
            metadata,
            sign_state,
            repository_list: None,
            docs_blob: None,
        })
    }

    /// The same with the names of the repositories it is in.
    pub fn in_repositories(self, names: Vec<String>) -> Self {
        Self {
            repository_list: Some(names),
            ..self
        }
    }

    /// The same with its documentation.
    pub fn with_docs(self, documents: Documents) -> Self {
        Self {
            docs_blob: Some(documents.docs_blob),
            ..self
        }
    }
}

/// **CollectionListItem** of contract 04 §4.3.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionItem {
    id: Uuid,
    namespace: Option<NamespaceSummary>,
    name: String,
    download_count: u64,
    latest_version: VersionItem,
    deprecated: bool,
    sign_state: &'static str,
}

impl CollectionItem {
    /// A collection by its highest version and the signatures of that. Fails if a stored document is no JSON.
    pub fn new(
        (latest, signatures): (CatalogVersion, Vec<Attached>),
        namespace: Option<NamespaceSummary>,
        said: Said,
    ) -> Result<Self> {
        Ok(Self {
            id: latest.uuid,
            sign_state: sign_state(!signatures.is_empty()),
            namespace,
            name: latest.name.clone(),
            download_count: said.download_count,
            latest_version: VersionItem::new(latest, signatures)?,
            deprecated: said.deprecated,
        })
    }
}

/// **CollectionDetailItem** of contract 04 §4.3.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionPage {
    id: Uuid,
    namespace: Option<NamespaceSummary>,
    name: String,
    download_count: u64,
    latest_version: VersionItem,
    all_versions: Vec<SiblingItem>,
    sign_state: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct SiblingItem {
    id: String,
    version: String,
    created: String,
    sign_state: &'static str,
}

impl CollectionPage {
    /// One version of a collection with its documentation, and the names of all of them.
    pub fn new(item: CollectionItem, documents: Documents, siblings: Vec<Sibling>) -> Self {
        let sibling = |sibling: Sibling| SiblingItem {
            id: sibling.uuid,
            version: sibling.version,
            // As the reference has it, where another language writes its own form (contract 01, corrections).
            created: sibling
                .created_at
                .to_string()
                .replace('T', " ")
                .replace('Z', "+00:00"),
            sign_state: sign_state(sibling.is_signed),
        };
        Self {
            id: item.id,
            namespace: item.namespace,
            name: item.name,
            download_count: item.download_count,
            latest_version: item.latest_version.with_docs(documents),
            all_versions: siblings.into_iter().map(sibling).collect(),
            sign_state: item.sign_state,
        }
    }
}
