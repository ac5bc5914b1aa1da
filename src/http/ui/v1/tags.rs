//! Tags with their counts (contract 04, UTG-1 and UTG-2).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::search::tags;
use crate::domain::search::tags::Tag;
use crate::domain::search::tags::TagFilter;
use crate::domain::search::tags::TagOrder;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::UI_NAME;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/tags/",
        [get(Action::TagList, list_all).query(|params| filter(params, false))],
    );
    r.api(
        "/_ui/v1/tags/collections/",
        [get(Action::TagList, list_highest).query(|params| filter(params, true))],
    );
}

#[derive(Serialize, ToSchema)]
struct TagItem {
    name: String,
    count: u64,
}

impl From<Tag> for TagItem {
    fn from(tag: Tag) -> Self {
        Self {
            name: tag.name,
            count: tag.count,
        }
    }
}

const SORTS: &[(&str, TagOrder)] = &[
    ("name", TagOrder::Name),
    ("-name", TagOrder::NameDescending),
    ("count", TagOrder::Count),
    ("-count", TagOrder::CountDescending),
];

/// This list ignores what it does not know.
fn filter(params: &Params, only_highest: bool) -> Result<TagFilter> {
    Ok(TagFilter {
        name: Filters::of(params).text("name", UI_NAME),
        only_highest,
        order: params.order("sort", SORTS)?,
    })
}

/// Tags of all versions.
async fn list_all(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<TagItem>>> {
    let filter = filter(&params, false)?;
    list(app, &permit, mount, params, page, filter).await
}

/// Tags of the version that each repository shows of a collection.
async fn list_highest(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<TagItem>>> {
    let filter = filter(&params, true)?;
    list(app, &permit, mount, params, page, filter).await
}

async fn list(
    app: Data<App>,
    permit: &Permit,
    mount: Mount,
    params: Params,
    page: Offset,
    filter: TagFilter,
) -> Answer<Json<Paged<TagItem>>> {
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| tags::list(tx, &seen, &filter, page.0))
        .await?;
    Ok(Json(Paged::new(found.map(TagItem::from), &mount, &params)))
}
