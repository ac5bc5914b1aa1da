//! The answer to what is done by a task: 202, and where to look how far it has come.

use std::time::Duration;

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::tasks::queue::Begun;
use crate::http::kit::wait;
use crate::state::App;

/// How long an answer is held back for a task that something it needs kept from being done at once. Clients take a
/// task that still waits for one that has gone well (contract 01 §1.8).
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the task is.
#[derive(Serialize, ToSchema)]
pub struct Started {
    task: String,
}

/// 202 with `{"task": path}`, once the task has ended or some time has passed.
pub async fn answer(app: &App, begun: Begun, path: String) -> HttpResponse {
    finished(app, begun).await;
    HttpResponse::Accepted().json(Started { task: path })
}

/// Returns once the task has ended or some time has passed.
pub async fn finished(app: &App, begun: Begun) {
    wait::until_finished(app, begun.id, PATIENCE).await;
}
