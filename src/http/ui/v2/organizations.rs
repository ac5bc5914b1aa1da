//! Organizations (contract 04, V2-8, V2-9).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::groups::organizations;
use crate::domain::accounts::groups::organizations::OrganizationFilter;
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
use crate::http::ui::v2::shapes::organizations::OrganizationShape;
use crate::kernel::ids::OrganizationId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v2/organizations/",
        [
            get(Action::PlatformRead, list)
                .query(filter)
                .query(ui_v2_window),
            post(Action::PlatformWrite, add)
                .creates::<OrganizationShape>()
                .body(accounts::name),
        ],
    );
    r.api(
        "/_ui/v2/organizations/{id:[0-9]+}/",
        [
            get(Action::PlatformRead, show),
            put(Action::PlatformWrite, rename).body(accounts::name),
            patch(Action::PlatformWrite, change).body(accounts::sent_name),
            delete(Action::PlatformWrite, remove).empty(StatusCode::NO_CONTENT),
        ],
    );
}

fn filter(params: &Params) -> OrganizationFilter {
    OrganizationFilter {
        name: Filters::of(params).text("name", &[Suffix::Exact]),
        uuid: params.last("resource__ansible_id").map(str::to_owned),
    }
}

async fn list(
    app: Data<App>,
    mount: Mount,
    params: Params,
) -> Answer<Json<Paged<OrganizationShape>>> {
    let window = Sizes::UI_V2.window(&params)?;
    let filter = filter(&params);
    let found = app
        .read(move |tx| organizations::list(tx, &filter, window))
        .await?
        .map(OrganizationShape::from);
    Ok(Json(Paged::ui_v2(found, window, &mount, &params)?))
}

async fn show(app: Data<App>, id: Path<i64>) -> Answer<Json<OrganizationShape>> {
    let id = OrganizationId(id.into_inner());
    let organization = app.read(move |tx| organizations::get(tx, id)).await?;
    Ok(Json(organization.into()))
}

async fn add(app: Data<App>, permit: ReqData<Permit>, mut body: Body) -> Answer<HttpResponse> {
    let name = accounts::name(&mut body)?;
    let organization = app
        .write(move |tx| organizations::add(tx, &permit, &name))
        .await?;
    Ok(HttpResponse::Created().json(OrganizationShape::from(organization)))
}

async fn rename(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<OrganizationShape>> {
    let id = OrganizationId(id.into_inner());
    app.read(move |tx| organizations::get(tx, id)).await?;
    let name = accounts::name(&mut body)?;
    let organization = app
        .write(move |tx| organizations::rename(tx, &permit, id, &name).map_err(accounts::unique))
        .await?;
    Ok(Json(organization.into()))
}

/// Without a name there is nothing to change.
async fn change(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    body: Body,
) -> Answer<Json<OrganizationShape>> {
    match body.has("name") {
        true => rename(app, permit, id, body).await,
        false => show(app, id).await,
    }
}

async fn remove(app: Data<App>, permit: ReqData<Permit>, id: Path<i64>) -> Answer<HttpResponse> {
    let id = OrganizationId(id.into_inner());
    app.write(move |tx| organizations::delete(tx, &permit, id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
