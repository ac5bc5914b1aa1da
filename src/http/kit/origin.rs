//! Scheme and host for the few links that must be absolute.

use std::future::Ready;
use std::future::ready;

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::http::header::HeaderName;
use actix_web::web::Data;

use crate::http::kit::failure::Failure;
use crate::state::App;

/// `https://hub.example.com`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(pub String);

impl FromRequest for Origin {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>();
        ready(match app {
            Some(app) => Ok(Self(of(app, request))),
            None => Err(Failure(anyhow::anyhow!("no app on the request").into())),
        })
    }
}

/// The configured origin; else what a trusted proxy says the client asked for; else the `Host` of the request.
///
/// `X-Forwarded-*` from anybody else is ignored: it would let a stranger choose where others download from.
fn of(app: &App, request: &HttpRequest) -> String {
    let settings = &app.config.listen;
    if let Some(origin) = &settings.content_origin {
        return origin.to_string();
    }
    let trusted = request
        .peer_addr()
        .is_some_and(|peer| settings.trusted_proxies.trusts(peer.ip()));
    let forwarded = |name: &'static str| {
        let name = HeaderName::from_static(name);
        trusted.then(|| first(request, name)).flatten()
    };
    let scheme = forwarded("x-forwarded-proto")
        .filter(|scheme| *scheme == "https")
        .unwrap_or("http");
    let host = forwarded("x-forwarded-host")
        .or_else(|| first(request, header::HOST))
        .filter(|host| is_host(host));
    match host {
        Some(host) => format!("{scheme}://{host}"),
        None => format!("{scheme}://{}", settings.address),
    }
}

/// The first element of a header that proxies append to.
fn first(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    let value = request.headers().get(name)?.to_str().ok()?;
    value
        .split(',')
        .next()
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// Name or address with an optional port, and nothing that could break out of a URL.
fn is_host(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
}
