//! Tasks as the v3 API shows them (contract 02 §2.5).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::imports::tasks_seen;
use crate::domain::tasks::queries;
use crate::domain::tasks::queries::TaskFilter;
use crate::http::href;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::task_filter;
use crate::http::v3::shapes::tasks::TaskDetail;
use crate::http::v3::shapes::tasks::TaskSummary;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file. An id that is no UUID is no route, as in the reference.
pub fn routes(r: &mut Routes) {
    r.api("/v3/tasks/", [get(Action::TaskList, list).query(filter)]);
    r.api(
        "/v3/tasks/{id:[0-9a-fA-F-]{36}}/",
        [get(Action::TaskRead, show)],
    );
}

fn filter(params: &Params) -> Result<TaskFilter> {
    task_filter::read(params, &href::content::TASK_PATHS)
}

async fn list(
    app: Data<App>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<TaskSummary>>> {
    let filter = filter(&params)?;
    let tasks = app
        .read(move |tx| queries::list(tx, &filter, page.0))
        .await?;
    Ok(Json(Paged::new(
        tasks.map(|task| TaskSummary::new(task, &mount)),
        &mount,
        &params,
    )))
}

async fn show(app: Data<App>, permit: ReqData<Permit>, id: Path<Uuid>) -> Answer<Json<TaskDetail>> {
    let (permit, id) = (permit.into_inner(), id.into_inner());
    let found = app
        .read(move |tx| tasks_seen::find(tx, &permit, id))
        .await?;
    Ok(Json(TaskDetail::from(found)))
}
