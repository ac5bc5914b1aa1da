//! Groups and who is in them (contract 03 §3.3).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::groups;
use crate::domain::accounts::groups::GroupFilter;
use crate::domain::accounts::groups::GroupOrder;
use crate::domain::accounts::groups::members;
use crate::http::kit::account_handlers;
use crate::http::kit::accounts;
use crate::http::kit::accounts::CORE_GROUP;
use crate::http::kit::accounts::GroupShape;
use crate::http::kit::accounts::MemberShape;
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
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/groups/",
        [
            get(Action::GroupList, list).query(filter),
            post(Action::GroupCreate, add)
                .creates::<GroupShape>()
                .body(accounts::name),
        ],
    );
    r.api(
        "/pulp/api/v3/groups/{id:[0-9]+}/",
        [
            get(Action::GroupRead, show).query(Keys::of),
            put(Action::GroupUpdate, rename).body(accounts::name),
            patch(Action::GroupUpdate, change).body(accounts::sent_name),
            delete(Action::GroupDelete, account_handlers::delete_group)
                .empty(StatusCode::NO_CONTENT),
        ],
    );
    r.api(
        "/pulp/api/v3/groups/{id:[0-9]+}/users/",
        [
            get(Action::PulpMemberList, list_members),
            post(Action::PulpMemberAdd, account_handlers::add_member)
                .creates::<MemberShape>()
                .body(accounts::named_user),
        ],
    );
    r.api(
        "/pulp/api/v3/groups/{id:[0-9]+}/users/{user:[0-9]+}/",
        [
            delete(Action::PulpMemberRemove, account_handlers::remove_member)
                .empty(StatusCode::NO_CONTENT),
        ],
    );
}

/// Newest first unless another order is asked for.
const ORDERS: &[(&str, GroupOrder)] = &[
    ("id", GroupOrder::Id),
    ("-id", GroupOrder::IdDescending),
    ("pk", GroupOrder::Id),
    ("-pk", GroupOrder::IdDescending),
    ("name", GroupOrder::Name),
    ("-name", GroupOrder::NameDescending),
];

fn filter(params: &Params) -> Result<GroupFilter> {
    let mut filters = Filters::of(params);
    let filter = GroupFilter {
        ids: filters.numbers("id")?,
        name: filters.text("name", PULP_NAME),
        order: params.ordering_or(GroupOrder::IdDescending, ORDERS)?,
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
) -> Answer<Json<Paged<GroupShape>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| groups::list(tx, &filter, page.0))
        .await?
        .map(|group| GroupShape::new(group, &mount, CORE_GROUP));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    mount: Mount,
    id: Path<i64>,
    params: Params,
) -> Answer<Json<Chosen<GroupShape>>> {
    let id = GroupId(id.into_inner());
    let group = app.read(move |tx| groups::get(tx, id)).await?;
    let shape = GroupShape::new(group, &mount, CORE_GROUP);
    Ok(Json(Chosen::new(shape, &params)))
}

async fn add(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let name = accounts::name(&mut body)?;
    let permit = permit.into_inner();
    let group = app
        .write(move |tx| groups::add(tx, &permit, &name).map_err(accounts::unique))
        .await?;
    Ok(GroupShape::new(group, &mount, CORE_GROUP).created())
}

async fn rename(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<GroupShape>> {
    let name = accounts::name(&mut body)?;
    let (permit, id) = (permit.into_inner(), GroupId(id.into_inner()));
    let group = app
        .write(move |tx| groups::rename(tx, &permit, id, &name).map_err(accounts::unique))
        .await?;
    Ok(Json(GroupShape::new(group, &mount, CORE_GROUP)))
}

/// Without a name there is nothing to change.
async fn change(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    body: Body,
) -> Answer<Json<GroupShape>> {
    if body.has("name") {
        return rename(app, mount, permit, id, body).await;
    }
    let id = GroupId(id.into_inner());
    let group = app.read(move |tx| groups::get(tx, id)).await?;
    Ok(Json(GroupShape::new(group, &mount, CORE_GROUP)))
}

async fn list_members(
    app: Data<App>,
    mount: Mount,
    origin: Origin,
    id: Path<i64>,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<MemberShape>>> {
    Filters::of(&params).strict()?;
    let id = GroupId(id.into_inner());
    let found = app
        .read(move |tx| members::list(tx, id, page.0))
        .await?
        .map(|member| MemberShape::new(member, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}
