//! What can be said of a remote.

use std::collections::BTreeMap;

use serde_json::Map;
use serde_json::Value;

macro_rules! profile {
    ($($(#[doc = $doc:literal])+ $field:ident: $type:ty),+ $(,)?) => {
        /// What can be said of a remote beside its name. An empty text and no number mean that nothing is set.
        #[derive(Clone, Default, PartialEq)]
        pub struct RemoteProfile { $($(#[doc = $doc])+ pub $field: $type),+ }

        /// What is said of a remote; what is not said stays as it is, or is as in every new one.
        #[derive(Clone, Default)]
        pub struct Draft {
            /// The name.
            pub name: Option<String>,
            $($(#[doc = $doc])+ pub $field: Option<$type>),+
        }

        impl Draft {
            /// What it makes of a remote.
            pub fn onto(&self, old: &RemoteProfile) -> RemoteProfile {
                RemoteProfile {
                    $($field: self.$field.clone().unwrap_or_else(|| old.$field.clone())),+
                }
            }
        }
    };
}

profile! {
    /// Where the other galaxy is.
    url: String,
    /// What to mirror, as a requirements file.
    requirements_file: String,
    /// Where tokens are exchanged for others.
    auth_url: String,
    /// The token to present; a secret.
    token: String,
    /// The name to sign in with.
    username: String,
    /// The password to sign in with; a secret.
    password: String,
    /// The certificates that the other galaxy's is checked with, as PEM.
    ca_cert: String,
    /// The certificate to present, as PEM.
    client_cert: String,
    /// The key of that certificate; a secret.
    client_key: String,
    /// Whether the other galaxy's certificate is checked.
    tls_validation: bool,
    /// The proxy on the way.
    proxy_url: String,
    /// The name to sign in with at the proxy.
    proxy_username: String,
    /// The password to sign in with at the proxy; a secret.
    proxy_password: String,
    /// Headers that every request to the other galaxy carries.
    headers: Vec<Map<String, Value>>,
    /// How many downloads run at a time.
    download_concurrency: Option<i64>,
    /// Requests per second.
    rate_limit: Option<i64>,
    /// How often a download is tried again.
    max_retries: Option<i64>,
    /// Seconds a download may take.
    total_timeout: Option<f64>,
    /// Seconds a connection may take to come about.
    connect_timeout: Option<f64>,
    /// Seconds the other side may take to answer.
    sock_connect_timeout: Option<f64>,
    /// Seconds between two pieces of a download.
    sock_read_timeout: Option<f64>,
    /// Whether dependencies are mirrored, too.
    sync_dependencies: bool,
    /// Whether only signed collections are mirrored.
    signed_only: bool,
    /// How many of the highest versions are mirrored.
    sync_highest_versions: Option<i64>,
    /// Labels.
    labels: BTreeMap<String, String>,
}

impl RemoteProfile {
    /// What a remote is before anything is said of it.
    pub fn fresh() -> Self {
        Self {
            tls_validation: true,
            sync_dependencies: true,
            ..Self::default()
        }
    }
}
