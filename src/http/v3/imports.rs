//! Following an import (contract 02 §2.5).

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::imports::queries;
use crate::http::kit::asked::Form;
use crate::http::kit::failure::Answer;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::wait;
use crate::http::v3::PLUGIN;
use crate::http::v3::shapes::imports::ImportDetail;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// How long an answer is held back for an import that runs. `ansible-galaxy` sleeps two seconds
/// after an answer that is not final, so a shorter wait here saves it a longer one there.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    for prefix in [PLUGIN, "/v3"] {
        r.api(
            &format!("{prefix}/imports/collections/{{id:[0-9a-fA-F-]{{36}}}}/"),
            [get(Action::ImportRead, show).query(since)],
        );
    }
}

/// From when on the lines of the log are wanted.
fn since(params: &Params) -> Result<Option<Timestamp>> {
    params.note("since", || Form::Time);
    let Some(text) = params.last("since") else {
        return Ok(None);
    };
    let message = "Enter a valid date/time, such as 2026-03-01T12:34:56Z.";
    let found = Timestamp::parse(text);
    found
        .map(Some)
        .ok_or_else(|| Error::invalid("since", "invalid", message))
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<Uuid>,
    params: Params,
) -> Answer<Json<ImportDetail>> {
    let id = id.into_inner();
    let permit = Arc::new(permit.into_inner());
    let since = since(&params)?;
    let find = |permit: Arc<Permit>| app.read(move |tx| queries::find(tx, &permit, id, since));
    let import = find(Arc::clone(&permit)).await?;
    if import.task.finished_at.is_some() || since.is_some() {
        return Ok(Json(ImportDetail::from(import)));
    }
    wait::until_finished(&app, import.task.id, PATIENCE).await;
    let import = find(permit).await?;
    Ok(Json(ImportDetail::from(import)))
}
