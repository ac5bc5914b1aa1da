//! Users (contract 03 §3.3). What they hold is elsewhere; what the rules of changing them are is `domain`'s.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::users::change::Change;
use crate::domain::accounts::users::change::NewPassword;
use crate::domain::accounts::users::profiles;
use crate::domain::accounts::users::profiles::UserFilter;
use crate::domain::accounts::users::profiles::UserOrder;
use crate::http::href;
use crate::http::kit::account_handlers;
use crate::http::kit::accounts;
use crate::http::kit::body::Body;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::PULP_NAME;
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
use crate::http::kit::routes::put;
use crate::http::pulp::shapes::users::PulpUser;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/users/",
        [
            get(Action::UserList, list).query(filter),
            post(Action::UserCreate, add)
                .creates::<PulpUser>()
                .body(whole),
        ],
    );
    r.api(
        "/pulp/api/v3/users/{id:[0-9]+}/",
        [
            get(Action::UserRead, show).query(Keys::of),
            put(Action::UserUpdate, replace).body(whole),
            patch(Action::UserUpdate, change).body(read),
            delete(Action::UserDelete, account_handlers::delete_user).empty(StatusCode::NO_CONTENT),
        ],
    );
}

/// Newest first unless another order is asked for.
const ORDERS: &[(&str, UserOrder)] = &[
    ("id", UserOrder::Id),
    ("-id", UserOrder::IdDescending),
    ("pk", UserOrder::Id),
    ("-pk", UserOrder::IdDescending),
    ("username", UserOrder::Username),
    ("-username", UserOrder::UsernameDescending),
    ("first_name", UserOrder::FirstName),
    ("-first_name", UserOrder::FirstNameDescending),
    ("last_name", UserOrder::LastName),
    ("-last_name", UserOrder::LastNameDescending),
    ("email", UserOrder::Email),
    ("-email", UserOrder::EmailDescending),
    ("date_joined", UserOrder::Joined),
    ("-date_joined", UserOrder::JoinedDescending),
];

fn filter(params: &Params) -> Result<UserFilter> {
    let mut filters = Filters::of(params);
    let filter = UserFilter {
        username: filters.text("username", PULP_NAME),
        first_name: filters.text("first_name", PULP_NAME),
        last_name: filters.text("last_name", PULP_NAME),
        email: filters.text("email", PULP_NAME),
        is_active: filters.boolean("is_active"),
        is_staff: filters.boolean("is_staff"),
        order: params.ordering_or(UserOrder::IdDescending, ORDERS)?,
        ..UserFilter::default()
    };
    filters.strict()?;
    Ok(filter)
}

async fn list(
    app: Data<App>,
    mount: Mount,
    origin: Origin,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<PulpUser>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| profiles::list(tx, &filter, page.0))
        .await?
        .map(|user| PulpUser::new(user, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    mount: Mount,
    id: Path<i64>,
    params: Params,
) -> Answer<Json<Chosen<PulpUser>>> {
    let id = UserId(id.into_inner());
    let user = app.read(move |tx| profiles::get(tx, id)).await?;
    Ok(Json(Chosen::new(PulpUser::new(user, &mount), &params)))
}

/// All of a user: the name must be there.
fn whole(body: &mut Body) -> Change {
    accounts::require_username(body);
    read(body)
}

/// What the body says of a user. A password of null is one that nobody knows.
fn read(body: &mut Body) -> Change {
    accounts::refuse_null(body, &["is_active", "is_staff"]);
    let mut change = accounts::change(body);
    if body.is_null("password") {
        change.password = Some(NewPassword::Nobodys);
    }
    if body.boolean("is_staff") == Some(true) {
        body.fault("is_staff", "invalid", "This server has no staff users.");
    }
    Change {
        is_active: body.boolean("is_active"),
        ..change
    }
}

async fn add(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let change = whole(&mut body);
    body.check()?;
    let user = accounts::create(&app, permit.into_inner(), change).await?;
    let location = href::user(&mount, user.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(PulpUser::new(user, &mount)))
}

async fn replace(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<PulpUser>> {
    accounts::require_username(&mut body);
    change(app, mount, permit, id, body).await
}

async fn change(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<PulpUser>> {
    let change = read(&mut body);
    body.check()?;
    let id = UserId(id.into_inner());
    let user = accounts::update(&app, permit.into_inner(), id, change).await?;
    Ok(Json(PulpUser::new(user, &mount)))
}
