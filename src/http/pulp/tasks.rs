//! Tasks in full, and asking one to end (contract 03 §3.2).

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::imports;
use crate::domain::imports::tasks_seen;
use crate::domain::tasks::State;
use crate::domain::tasks::queue;
use crate::http::href;
use crate::http::kit::body::Body;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::failure::Answer;
use crate::http::kit::failure::Failure;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::task_filter;
use crate::http::kit::wait;
use crate::http::pulp::shapes::tasks::PulpTask;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// How long the answer to a cancellation is held back: an import that runs looks about three times a second
/// whether it is still wanted.
const PATIENCE: Duration = Duration::from_secs(1);

/// The routes of this file. An id that is no UUID is no route, as in the reference.
pub fn routes(r: &mut Routes) {
    r.api("/pulp/api/v3/tasks/", [get(Action::TaskList, list)]);
    r.api(
        "/pulp/api/v3/tasks/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::TaskRead, show),
            patch(Action::TaskCancel, cancel),
        ],
    );
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<PulpTask>>> {
    let filter = task_filter::read(&params, &href::content::TASK_PATHS)?;
    let permit = permit.into_inner();
    let found = app
        .read(move |tx| tasks_seen::list(tx, &permit, &filter, page.0))
        .await?;
    let found = found.map(|task| PulpTask::new(task, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    params: Params,
    id: Path<Uuid>,
) -> Answer<Json<Chosen<PulpTask>>> {
    let (permit, id) = (permit.into_inner(), id.into_inner());
    let found = app
        .read(move |tx| tasks_seen::find(tx, &permit, id))
        .await?;
    Ok(Json(Chosen::new(PulpTask::new(found, &mount), &params)))
}

/// Answers with the task; 409 says that it ended before it could be canceled.
async fn cancel(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<Uuid>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let permit = Arc::new(permit.into_inner());
    let holder = Arc::clone(&permit);
    let task = app
        .read(move |tx| queue::cancelable(tx, &holder, id))
        .await?;
    read(&mut body)?;
    let row = task.id();
    let ask = {
        let permit = Arc::clone(&permit);
        app.write(move |tx| imports::run::cancel(tx, &permit, &task))
    };
    match ask.await {
        Ok(()) => wait::until_finished(&app, row, PATIENCE).await,
        Err(Error::Conflict(Conflict::TaskFinished)) => {}
        Err(error) => return Err(Failure(error)),
    }
    let found = app
        .read(move |tx| tasks_seen::find(tx, &permit, id))
        .await?;
    let status = match found.0.state {
        State::Canceled | State::Canceling => StatusCode::OK,
        _ => StatusCode::CONFLICT,
    };
    Ok(HttpResponse::build(status).json(PulpTask::new(found, &mount)))
}

/// `{"state": "canceled"}` is all that can be asked for.
fn read(body: &mut Body) -> Result<()> {
    let state = body.required_text("state");
    body.check()?;
    if state != State::Canceled.as_str() {
        let message = "The only acceptable value for 'state' is 'canceled'.";
        body.fault("state", "invalid_choice", message);
    }
    body.check()
}
