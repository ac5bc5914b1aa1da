//! Tasks in full, asking one to end, and forgetting those that have (contract 03 §3.2).
//!
//! Tasks are in no group here and none names one, so there is no route of groups (PTK-6).

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
use crate::domain::tasks::purge;
use crate::domain::tasks::queries::TaskFilter;
use crate::domain::tasks::queue;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::body::Body;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Answer;
use crate::http::kit::failure::Failure;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::post;
use crate::http::kit::started;
use crate::http::kit::task_filter;
use crate::http::kit::wait;
use crate::http::pulp::shapes::tasks::PulpTask;
use crate::kernel::clock::Timestamp;
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
    r.api(
        "/pulp/api/v3/tasks/",
        [get(Action::TaskList, list).query(filter)],
    );
    r.api(
        "/pulp/api/v3/tasks/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::TaskRead, show).query(Keys::of),
            patch(Action::TaskCancel, cancel)
                .gives::<PulpTask>(StatusCode::OK)
                .body(read),
            delete(Action::TaskDelete, remove).empty(StatusCode::NO_CONTENT),
        ],
    );
    r.api(
        "/pulp/api/v3/tasks/purge/",
        [post(Action::TaskPurge, purge)
            .starts()
            .body(|body| (finished_before(body), states(body)))],
    );
}

fn filter(params: &Params) -> Result<TaskFilter> {
    task_filter::read(params, &href::content::TASK_PATHS)
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<PulpTask>>> {
    let filter = filter(&params)?;
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

async fn remove(app: Data<App>, permit: ReqData<Permit>, id: Path<Uuid>) -> Answer<HttpResponse> {
    let (permit, id) = (permit.into_inner(), id.into_inner());
    app.write(move |tx| purge::delete(tx, &permit, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How old a task must be that is purged, unless the request says: as old as the reference's own clients have it.
const OLD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

async fn purge(
    app: Data<App>,
    asking: Asking,
    mount: Mount,
    mut body: Body,
) -> Answer<HttpResponse> {
    let before = finished_before(&mut body).unwrap_or_else(|| app.clock.now().before(OLD));
    let states = states(&mut body);
    body.check()?;
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulpcore.app.tasks.purge.purge");
            purge::begin(tx, asked, before, &states)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}

fn finished_before(body: &mut Body) -> Option<Timestamp> {
    let text = body.sent_text("finished_before")?;
    let time = Timestamp::parse(&text);
    if time.is_none() {
        let message = "Datetime has wrong format. Write it as 2030-01-31T12:00:00Z.";
        body.fault("finished_before", "invalid", message);
    }
    time
}

/// The states that are named; what has gone well if there are none. Only those that a task can end in can be.
fn states(body: &mut Body) -> Vec<State> {
    let Some(words) = body.texts("states") else {
        return vec![State::Completed];
    };
    let mut states = Vec::new();
    for word in words {
        match State::parse(&word).filter(|state| purge::LAST.contains(state)) {
            Some(state) => states.push(state),
            None => {
                let message = format!("\"{word}\" is not a valid choice.");
                body.fault("states", "invalid_choice", message);
                break;
            }
        }
    }
    states
}
