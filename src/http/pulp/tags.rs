//! Tags with their counts (contract 03, CNT-11).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::search::tags;
use crate::domain::search::tags::TagFilter;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/pulp_ansible/tags/",
        [get(Action::PulpTagList, list)],
    );
}

#[derive(Serialize, ToSchema)]
#[schema(as = pulp::tags::Tag)]
struct Tag {
    name: String,
    count: u64,
}

/// Tags of all versions, by name. This list is strict and has no filter.
async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<Tag>>> {
    params.only(&[])?;
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| tags::list(tx, &seen, &TagFilter::default(), page.0))
        .await?;
    let found = found.map(|tag| Tag {
        name: tag.name,
        count: tag.count,
    });
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}
