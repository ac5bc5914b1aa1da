//! Whether the process is up, whether it can serve, and its numbers.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use crate::domain::accounts::users;
use crate::http::href;
use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::policy::action::Action;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.path("/livez/", [get(Action::Probe, live)]);
    r.path("/readyz/", [get(Action::Probe, ready)]);
    r.path("/healthz/", [get(Action::Probe, ready)]);
    r.path("/metrics/", [get(Action::MetricsRead, metrics)]);
    r.path("/pulp/api/{rest:.*}", [get(Action::Discover, old_pulp)]);
    r.api("/status/healthz/", [get(Action::Probe, ready)]);
    r.api("/status/metrics/", [get(Action::MetricsRead, metrics)]);
}

/// The process runs.
async fn live() -> HttpResponse {
    text("OK")
}

/// The process can answer: the database reads.
async fn ready(app: Data<App>) -> Answer<HttpResponse> {
    app.read(users::any_superuser).await?;
    Ok(text("OK"))
}

/// Prometheus text.
async fn metrics(app: Data<App>) -> HttpResponse {
    text(app.metrics.render())
}

/// Scripts from before the hub had a root of its own.
async fn old_pulp(request: HttpRequest) -> HttpResponse {
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let location = format!("{}{query}", href::moved_pulp(request.path()));
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, location))
        .finish()
}

fn text(body: impl Into<String>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(body.into())
}
