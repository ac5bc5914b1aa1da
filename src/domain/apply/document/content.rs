//! Namespaces, repositories, distributions and remotes of a document.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::apply::document::located::List;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::document::secret::Secret;

/// A namespace.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Namespace {
    /// The name: lower case letters, digits and `_`, 3 to 64.
    pub name: Located<String>,
    /// Whose it is, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Located<String>>,
    /// An address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Located<String>>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Located<String>>,
    /// A page of Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Located<String>>,
    /// Where the logo is to be fetched from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<Located<String>>,
    /// Links, in their order: this list, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<List<Link>>,
    /// Who may publish into it and change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owners: Option<Owners>,
}

/// A link on the page of a namespace.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Link {
    /// The text.
    pub name: Located<String>,
    /// The address.
    pub url: Located<String>,
}

/// The owners of a namespace: those who hold the role `galaxy.collection_namespace_owner` on it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Owners {
    /// Names of users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<List<String>>,
    /// Names of groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<List<String>>,
}

/// A repository.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Repository {
    /// The name.
    pub name: Located<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Located<String>>,
    /// Whether only those may see it who hold a role on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<Located<bool>>,
    /// How many of its versions are kept; 0 keeps all. A new repository keeps 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_repo_versions: Option<Located<i64>>,
    /// Labels, such as `pipeline: staging`: this map, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Located<BTreeMap<String, String>>>,
    /// Name of the remote it is mirrored from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<Located<String>>,
    /// The public key that signatures are checked with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpgkey: Option<Located<String>>,
}

/// A name under which a repository is served.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Distribution {
    /// The name.
    pub name: Located<String>,
    /// The path it is served under; the name, if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_path: Option<Located<String>>,
    /// Name of the repository it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<Located<String>>,
}

/// Another galaxy that content can be mirrored from.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Remote {
    /// The name.
    pub name: Located<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Located<String>>,
    /// What to mirror, as the text of a requirements file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirements_file: Option<Located<String>>,
    /// Where tokens are exchanged for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<Located<String>>,
    /// The token to present.
    #[serde(skip_serializing)]
    pub token: Option<Located<Secret>>,
    /// The name to sign in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Located<String>>,
    /// The password to sign in with.
    #[serde(skip_serializing)]
    pub password: Option<Located<Secret>>,
    /// The certificates that its own is checked with, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_cert: Option<Located<String>>,
    /// The certificate to present, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_cert: Option<Located<String>>,
    /// The key of that certificate, as PEM.
    #[serde(skip_serializing)]
    pub client_key: Option<Located<Secret>>,
    /// Whether its certificate is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_validation: Option<Located<bool>>,
    /// The proxy on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<Located<String>>,
    /// The name to sign in with at the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_username: Option<Located<String>>,
    /// The password to sign in with at the proxy.
    #[serde(skip_serializing)]
    pub proxy_password: Option<Located<Secret>>,
    /// How many downloads run at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_concurrency: Option<Located<i64>>,
    /// Requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<Located<i64>>,
    /// How often a download is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<Located<i64>>,
    /// Seconds a download may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_timeout: Option<Located<f64>>,
    /// Seconds until a connection must have come about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_timeout: Option<Located<f64>>,
    /// Seconds until the other side must have answered a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sock_connect_timeout: Option<Located<f64>>,
    /// Seconds between two pieces of a download.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sock_read_timeout: Option<Located<f64>>,
    /// Whether dependencies are mirrored, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_dependencies: Option<Located<bool>>,
    /// Whether only signed collections are mirrored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_only: Option<Located<bool>>,
    /// How many of the highest versions are mirrored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_highest_versions: Option<Located<i64>>,
    /// Labels: this map, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Located<BTreeMap<String, String>>>,
}
