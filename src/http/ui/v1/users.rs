//! Users (contract 04 §4.4).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::users::change::Change;
use crate::domain::accounts::users::profiles;
use crate::domain::accounts::users::profiles::UserFilter;
use crate::http::kit::account_handlers;
use crate::http::kit::accounts;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::UI_TEXT;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::post;
use crate::http::kit::routes::put;
use crate::http::ui::users;
use crate::http::ui::v1::shapes::users::UserShape;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/users/",
        [
            get(Action::UserList, list).query(filter),
            post(Action::UserCreate, add)
                .creates::<UserShape>()
                .body(whole),
        ],
    );
    r.api(
        "/_ui/v1/users/{id:[0-9]+}/",
        [
            get(Action::UserRead, show),
            put(Action::UserUpdate, replace).body(whole),
            patch(Action::UserUpdate, change).body(read),
            delete(Action::UserDelete, account_handlers::delete_user).empty(StatusCode::NO_CONTENT),
        ],
    );
}

/// This list ignores what it does not know.
fn filter(params: &Params) -> Result<UserFilter> {
    Ok(UserFilter {
        group: accounts::number(params, "groups")?,
        group_name: params.last("groups__name").map(str::to_owned),
        ..users::filter(params, UI_TEXT)?
    })
}

async fn list(
    app: Data<App>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<UserShape>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| profiles::list(tx, &filter, page.0))
        .await?;
    Ok(Json(Paged::new(
        found.map(UserShape::from),
        &mount,
        &params,
    )))
}

async fn show(app: Data<App>, id: Path<i64>) -> Answer<Json<UserShape>> {
    let id = UserId(id.into_inner());
    let profile = app.read(move |tx| profiles::get(tx, id)).await?;
    Ok(Json(profile.into()))
}

/// All of a user: the name must be there.
fn whole(body: &mut Body) -> Change {
    accounts::require_username(body);
    read(body)
}

/// What the body says of a user; what is wrong with it is noted there.
fn read(body: &mut Body) -> Change {
    accounts::refuse_null(body, &["password", "is_superuser"]);
    let groups = accounts::groups(body);
    Change {
        is_superuser: body.boolean("is_superuser"),
        groups,
        ..accounts::change(body)
    }
}

async fn add(app: Data<App>, permit: ReqData<Permit>, mut body: Body) -> Answer<HttpResponse> {
    let change = whole(&mut body);
    body.check()?;
    let profile = accounts::create(&app, permit.into_inner(), change).await?;
    Ok(HttpResponse::Created().json(UserShape::from(profile)))
}

/// As the reference has it: only the name is needed, and what is left out stays as it is.
async fn replace(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<UserShape>> {
    accounts::require_username(&mut body);
    change(app, permit, id, body).await
}

async fn change(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<UserShape>> {
    let change = read(&mut body);
    body.check()?;
    let id = UserId(id.into_inner());
    let profile = accounts::update(&app, permit.into_inner(), id, change).await?;
    Ok(Json(profile.into()))
}
