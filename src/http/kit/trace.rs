//! The outermost layer: request id, log line, metrics, and the headers every answer has.

use std::time::Instant;

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::http::header::HeaderName;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::Next;
use uuid::Uuid;

use crate::http::kit::idle;
use crate::http::kit::idle::Answer;
use crate::observe::metrics;

const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");

/// What a request is called in the log, in its answer's `Correlation-ID`, and in the tasks it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Middleware around everything.
pub async fn follow<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Answer>, Error> {
    let connection = idle::begin(request.request());
    let started = Instant::now();
    let id = RequestId(sent_id(&request).unwrap_or_else(|| Uuid::new_v4().simple().to_string()));
    let (method, path) = (request.method().clone(), request.path().to_owned());
    request.extensions_mut().insert(id.clone());
    let mut response = next.call(request).await?;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "unknown".to_owned());
    metrics::request(known(&method), route, status, took);
    let milliseconds = took.as_secs_f64() * 1e3;
    tracing::info!(request_id = id.0, %method, path, status, milliseconds, "request");
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(CORRELATION_ID, id);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::X_FRAME_OPTIONS,
        HeaderValue::from_static("SAMEORIGIN"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    Ok(response.map_body(|_, body| Answer::new(body.boxed(), connection)))
}

/// The id the client chose, if it is one that can be logged as it is.
fn sent_id(request: &ServiceRequest) -> Option<String> {
    let text = request.headers().get(CORRELATION_ID)?.to_str().ok()?;
    let plain = (8..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain.then(|| text.to_owned())
}

/// The method as a label: names that clients make up would each stay in the metrics for good.
fn known(method: &Method) -> &'static str {
    const NAMES: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    NAMES
        .into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("other")
}
