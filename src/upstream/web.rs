//! HTTP to other servers, with an end to everything: time, size, and where it may lead.

use std::pin::Pin;
use std::time::Duration;

use anyhow::Context;
use openidconnect::AsyncHttpClient;
use openidconnect::HttpRequest;
use openidconnect::HttpResponse;
use openidconnect::http;
use reqwest::Client;
use reqwest::ClientBuilder;
use reqwest::Response;
use reqwest::redirect::Policy;
use rustls::crypto::CryptoProvider;
use url::Url;

use crate::config::single_sign_on::is_private_way;

/// Until the other side has taken the connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Until its answer is here in full.
const ANSWER: Duration = Duration::from_secs(10);
/// Longest answer of a provider: their documents have some kilobytes.
const LENGTH_MAX: usize = 1024 * 1024;

/// Asks other servers.
#[derive(Debug)]
pub struct Web {
    client: Client,
    /// Whether a request may leave the machine without TLS.
    allows_http: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The address would be asked without TLS.
    #[error("{0} is not https")]
    Unprotected(String),
    /// Not reached, or too slow.
    #[error("{0}")]
    Failed(#[from] reqwest::Error),
    /// More than anybody should read.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// No request or no answer.
    #[error("{0}")]
    Malformed(#[from] http::Error),
}

/// A client with an end to its patience.
pub(super) fn builder() -> ClientBuilder {
    if CryptoProvider::get_default().is_none() {
        // Another thread may have been first with the same.
        let _is_there = rustls::crypto::ring::default_provider().install_default();
    }
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        // Requests come from reactors that live and end on their own; a connection is used once.
        .pool_max_idle_per_host(0)
        .user_agent(concat!("pocket-galaxy/", env!("CARGO_PKG_VERSION")))
}

/// The body of an answer, unless it is longer than `length_max` bytes.
pub(super) async fn read(mut response: Response, length_max: usize) -> Result<Vec<u8>, WebError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > length_max {
            return Err(WebError::TooLong(length_max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

impl Web {
    /// A client that trusts what the system trusts (`SSL_CERT_FILE` names other authorities), and follows no redirect:
    /// the place that is asked must be the one that was written.
    ///
    /// # Errors
    ///
    /// The system has no authorities to trust.
    pub fn new(allows_http: bool) -> anyhow::Result<Self> {
        let client = builder()
            .redirect(Policy::none())
            .build()
            .context("cannot prepare TLS")?;
        Ok(Self {
            client,
            allows_http,
        })
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, WebError> {
        let (parts, body) = request.into_parts();
        let address = parts.uri.to_string();
        let url = Url::parse(&address)
            .ok()
            .filter(|url| is_private_way(url) || (self.allows_http && url.scheme() == "http"))
            .ok_or(WebError::Unprotected(address))?;
        let request = self
            .client
            .request(parts.method, url)
            .headers(parts.headers)
            .body(body);
        let response = request.send().await?;
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let bytes = read(response, LENGTH_MAX).await?;
        Ok(answer.body(bytes)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Web {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
