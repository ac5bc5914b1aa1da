//! A collection in an index.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::collections::index::IndexLine;
use crate::http::href;
use crate::kernel::clock::Timestamp;

/// **Collection** of contract 02 §2.3.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionDetail {
    href: String,
    namespace: String,
    name: String,
    deprecated: bool,
    versions_url: String,
    highest_version: VersionLink,
    created_at: Timestamp,
    updated_at: Timestamp,
    download_count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct VersionLink {
    href: String,
    version: String,
}

impl CollectionDetail {
    /// The line as the distribution `base_path` shows it.
    pub fn new(line: IndexLine, root: &str, base_path: &str) -> Self {
        let href = href::Collection {
            root,
            base_path,
            namespace: &line.namespace,
            name: &line.name,
        };
        Self {
            href: href.to_string(),
            versions_url: href.versions(),
            highest_version: VersionLink {
                href: href.version(&line.highest_version),
                version: line.highest_version,
            },
            deprecated: line.deprecated,
            created_at: line.created_at,
            updated_at: line.updated_at,
            download_count: line.download_count,
            namespace: line.namespace,
            name: line.name,
        }
    }
}
