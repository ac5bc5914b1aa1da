//! Scheme and host for the few links that must be absolute.

use std::future::Ready;
use std::future::ready;
use std::net::IpAddr;

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::http::header::HeaderName;
use actix_web::web::Data;

use crate::http::kit::failure::Failure;
use crate::http::kit::operation::Takes;
use crate::state::App;

/// `https://hub.example.com`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(pub String);

impl Takes for Origin {}

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
    let Seen { scheme, host } = seen(app, request);
    match host {
        Some(host) => format!("{scheme}://{host}"),
        None => format!("{scheme}://{}", settings.address),
    }
}

/// What the client asked for, as far as it can be believed.
struct Seen<'r> {
    scheme: &'static str,
    host: Option<&'r str>,
}

fn seen<'r>(app: &App, request: &'r HttpRequest) -> Seen<'r> {
    let trusted = request
        .peer_addr()
        .is_some_and(|peer| app.config.listen.trusted_proxies.trusts(peer.ip()));
    let forwarded = |name: &'static str| {
        let name = HeaderName::from_static(name);
        trusted.then(|| first(request, name)).flatten()
    };
    let scheme = match forwarded("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    let host = forwarded("x-forwarded-host")
        .or_else(|| first(request, header::HOST))
        .filter(|host| is_host(host));
    Seen { scheme, host }
}

/// Whether the browser speaks https: a trusted proxy says so, or the host it asked for is that of our links, and
/// they say so.
pub fn is_https(app: &App, request: &HttpRequest) -> bool {
    let Seen { scheme, host } = seen(app, request);
    let links = app.config.listen.content_origin.as_ref();
    let linked = links.and_then(|origin| origin.as_str().strip_prefix("https://"));
    let is_linked = |host: &str| linked.is_some_and(|linked| linked.eq_ignore_ascii_case(host));
    scheme == "https" || host.is_some_and(is_linked)
}

/// Whether `text`, the value of an `Origin` header, is where our own pages come from: the host of this request, or
/// that of our links.
pub fn is_own(app: &App, request: &HttpRequest, text: &str) -> bool {
    let Seen { scheme, host } = seen(app, request);
    let links = app.config.listen.content_origin.as_ref();
    let is_linked = links.is_some_and(|origin| origin.as_str().eq_ignore_ascii_case(text));
    let is_asked = |host| text.eq_ignore_ascii_case(&format!("{scheme}://{host}"));
    is_linked || host.is_some_and(is_asked)
}

/// Where the client is: the other end of the connection, or, behind proxies that are trusted, the last address they
/// put into `X-Forwarded-For` that is none of theirs. What a client writes there itself stands further left.
pub fn address(app: &App, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let proxies = &app.config.listen.trusted_proxies;
    let lines = request
        .headers()
        .get_all(HeaderName::from_static("x-forwarded-for"));
    let named: Vec<&str> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    let mut nearest = peer;
    for text in named.iter().rev() {
        if !proxies.trusts(nearest) {
            break;
        }
        match text.trim().parse::<IpAddr>() {
            Ok(address) => nearest = address.to_canonical(),
            Err(_) => break,
        }
    }
    Some(nearest)
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
