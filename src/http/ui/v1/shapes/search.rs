//! What a search of the web interface finds.

use anyhow::Context;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::search::installable::Installable;
use crate::domain::search::installable::Kind;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::namespaces::shapes::avatar_url;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;

/// **SearchRow** of contract 04 §4.3.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchRow {
    name: String,
    namespace: String,
    description: String,
    #[serde(rename = "type")]
    kind: &'static str,
    latest_version: String,
    avatar_url: String,
    #[schema(value_type = Vec<serde_json::Value>)]
    contents: Box<RawValue>,
    download_count: u64,
    last_updated: Timestamp,
    deprecated: bool,
    tags: Vec<String>,
    /// Those of roles; collections have none.
    #[schema(value_type = Vec<String>)]
    platforms: [(); 0],
    relevance: f64,
    /// What is searched, free in form: here the words as they are.
    search: String,
}

/// What a row shows of the `metadata` object.
#[derive(Deserialize)]
struct Metadata {
    contents: Box<RawValue>,
    description: String,
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl SearchRow {
    /// The row of something, linked below the root and the origin of the request. Fails if a stored document is no JSON.
    pub fn new(found: Installable, links: (&Origin, &Mount)) -> Result<Self> {
        let no_json = "stored metadata is no JSON";
        let metadata: Metadata = serde_json::from_str(&found.metadata).context(no_json)?;
        let contents: Vec<Named> =
            serde_json::from_str(metadata.contents.get()).context(no_json)?;
        let mut words = vec![found.namespace.as_str(), found.name.as_str()];
        words.extend(metadata.tags.iter().map(String::as_str));
        words.extend(contents.iter().map(|content| content.name.as_str()));
        words.push(&metadata.description);
        Ok(Self {
            search: words.join(" "),
            kind: match found.kind {
                Kind::Collection => "collection",
                Kind::Role => "role",
            },
            name: found.name,
            namespace: found.namespace,
            description: metadata.description,
            latest_version: found.version,
            avatar_url: avatar_url(found.avatar_url, found.logo, links),
            contents: metadata.contents,
            download_count: found.download_count,
            last_updated: found.updated_at,
            deprecated: found.is_deprecated,
            tags: metadata.tags,
            platforms: [],
            relevance: found.relevance,
        })
    }
}
