//! Teams (contract 04, V2-10, V2-11).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::groups::organizations::DEFAULT_NAME;
use crate::domain::accounts::groups::teams;
use crate::domain::accounts::groups::teams::TeamFilter;
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
use crate::http::ui::v2::shapes::teams::TeamShape;
use crate::kernel::error::Result;
use crate::kernel::filter::TextFilter;
use crate::kernel::ids::GroupId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v2/teams/",
        [
            get(Action::PlatformRead, list)
                .query(filter)
                .query(ui_v2_window),
            post(Action::PlatformWrite, add)
                .creates::<TeamShape>()
                .body(read),
        ],
    );
    r.api(
        "/_ui/v2/teams/{id:[0-9]+}/",
        [
            get(Action::PlatformRead, show),
            put(Action::PlatformWrite, rename).body(accounts::name),
            patch(Action::PlatformWrite, change).body(accounts::sent_name),
            delete(Action::PlatformWrite, remove).empty(StatusCode::NO_CONTENT),
        ],
    );
}

/// Cases do not count for parts of a name, whatever the filter is called.
fn filter(params: &Params) -> TeamFilter {
    let mut name = Filters::of(params).text("name", &[Suffix::Exact, Suffix::IContains]);
    let part = params.last("name__contains");
    name.extend(part.map(|text| TextFilter::ContainsAnyCase(text.to_owned())));
    TeamFilter {
        name,
        uuid: params.last("resource__ansible_id").map(str::to_owned),
    }
}

async fn list(app: Data<App>, mount: Mount, params: Params) -> Answer<Json<Paged<TeamShape>>> {
    let window = Sizes::UI_V2.window(&params)?;
    let filter = filter(&params);
    let found = app
        .read(move |tx| teams::list(tx, &filter, window))
        .await?
        .map(TeamShape::from);
    Ok(Json(Paged::ui_v2(found, window, &mount, &params)?))
}

async fn show(app: Data<App>, id: Path<i64>) -> Answer<Json<TeamShape>> {
    let id = GroupId(id.into_inner());
    let team = app.read(move |tx| teams::get(tx, id)).await?;
    Ok(Json(team.into()))
}

/// The name of a team, and that of its organization.
fn read(body: &mut Body) -> Result<(String, String)> {
    let name = body.filled_text("name");
    let organization = match body.has("organization") {
        true => body.filled_text("organization"),
        false => DEFAULT_NAME.to_owned(),
    };
    body.check()?;
    Ok((name, organization))
}

async fn add(app: Data<App>, permit: ReqData<Permit>, mut body: Body) -> Answer<HttpResponse> {
    let (name, organization) = read(&mut body)?;
    let team = app
        .write(move |tx| teams::add(tx, &permit, &name, &organization))
        .await?;
    Ok(HttpResponse::Created().json(TeamShape::from(team)))
}

/// The organization of a team does not change.
async fn rename(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<TeamShape>> {
    let id = GroupId(id.into_inner());
    app.read(move |tx| teams::get(tx, id)).await?;
    let name = accounts::name(&mut body)?;
    let team = app
        .write(move |tx| teams::rename(tx, &permit, id, &name))
        .await?;
    Ok(Json(team.into()))
}

/// Without a name there is nothing to change.
async fn change(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    body: Body,
) -> Answer<Json<TeamShape>> {
    match body.has("name") {
        true => rename(app, permit, id, body).await,
        false => show(app, id).await,
    }
}

async fn remove(app: Data<App>, permit: ReqData<Permit>, id: Path<i64>) -> Answer<HttpResponse> {
    let id = GroupId(id.into_inner());
    app.write(move |tx| teams::delete(tx, &permit, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
