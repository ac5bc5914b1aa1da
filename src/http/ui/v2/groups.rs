//! Groups (contract 04, V2-6, V2-7).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::groups;
use crate::domain::accounts::groups::GroupFilter;
use crate::http::kit::account_handlers;
use crate::http::kit::accounts;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::Suffix;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::numbered::Paged;
use crate::http::kit::page::numbered::Sizes;
use crate::http::kit::page::numbered::ui_v2_window;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::post;
use crate::http::kit::routes::put;
use crate::http::ui::v2::shapes::groups::GroupShape;
use crate::kernel::ids::GroupId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v2/groups/",
        [
            get(Action::PlatformRead, list)
                .query(filter)
                .query(ui_v2_window),
            post(Action::PlatformWrite, add)
                .creates::<GroupShape>()
                .body(accounts::name),
        ],
    );
    r.api(
        "/_ui/v2/groups/{id:[0-9]+}/",
        [
            get(Action::PlatformRead, show),
            put(Action::PlatformWrite, rename).body(accounts::name),
            patch(Action::PlatformWrite, change).body(accounts::sent_name),
            delete(Action::PlatformWrite, account_handlers::delete_group)
                .empty(StatusCode::NO_CONTENT),
        ],
    );
}

fn filter(params: &Params) -> GroupFilter {
    GroupFilter {
        name: Filters::of(params).text("name", &[Suffix::Exact]),
        ..GroupFilter::default()
    }
}

async fn list(app: Data<App>, mount: Mount, params: Params) -> Answer<Json<Paged<GroupShape>>> {
    let window = Sizes::UI_V2.window(&params)?;
    let filter = filter(&params);
    let found = app
        .read(move |tx| groups::list(tx, &filter, window))
        .await?
        .map(GroupShape::from);
    Ok(Json(Paged::ui_v2(found, window, &mount, &params)?))
}

async fn show(app: Data<App>, id: Path<i64>) -> Answer<Json<GroupShape>> {
    let id = GroupId(id.into_inner());
    let group = app.read(move |tx| groups::get(tx, id)).await?;
    Ok(Json(group.into()))
}

async fn add(app: Data<App>, permit: ReqData<Permit>, mut body: Body) -> Answer<HttpResponse> {
    let name = accounts::name(&mut body)?;
    let group = app
        .write(move |tx| groups::add(tx, &permit, &name).map_err(accounts::unique))
        .await?;
    Ok(HttpResponse::Created().json(GroupShape::from(group)))
}

async fn rename(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<GroupShape>> {
    let id = GroupId(id.into_inner());
    app.read(move |tx| groups::get(tx, id)).await?;
    let name = accounts::name(&mut body)?;
    let group = app
        .write(move |tx| groups::rename(tx, &permit, id, &name).map_err(accounts::unique))
        .await?;
    Ok(Json(group.into()))
}

/// Without a name there is nothing to change.
async fn change(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    body: Body,
) -> Answer<Json<GroupShape>> {
    match body.has("name") {
        true => rename(app, permit, id, body).await,
        false => show(app, id).await,
    }
}
