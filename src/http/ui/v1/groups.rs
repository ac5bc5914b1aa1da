//! Groups and who is in them (contract 04 §4.4).

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
use crate::http::kit::accounts::AUTH_GROUP;
use crate::http::kit::accounts::CORE_GROUP;
use crate::http::kit::accounts::GroupShape;
use crate::http::kit::accounts::MemberShape;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::UI_NAME;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/groups/",
        [
            get(Action::GroupList, list).query(filter),
            post(Action::GroupCreate, add)
                .creates::<GroupShape>()
                .body(accounts::name),
        ],
    );
    r.api(
        "/_ui/v1/groups/{id:[0-9]+}/",
        [
            get(Action::GroupRead, show),
            delete(Action::GroupDelete, account_handlers::delete_group)
                .empty(StatusCode::NO_CONTENT),
        ],
    );
    r.api(
        "/_ui/v1/groups/{id:[0-9]+}/users/",
        [
            get(Action::GroupMemberList, list_members),
            post(Action::GroupMemberAdd, account_handlers::add_member)
                .creates::<MemberShape>()
                .body(accounts::named_user),
        ],
    );
    r.api(
        "/_ui/v1/groups/{id:[0-9]+}/users/{user:[0-9]+}/",
        [
            delete(Action::GroupMemberRemove, account_handlers::remove_member)
                .empty(StatusCode::NO_CONTENT),
        ],
    );
}

const ORDERS: &[(&str, GroupOrder)] = &[
    ("name", GroupOrder::Name),
    ("-name", GroupOrder::NameDescending),
];

/// This list ignores filters it does not know.
fn filter(params: &Params) -> Result<GroupFilter> {
    Ok(GroupFilter {
        ids: None,
        name: Filters::of(params).text("name", UI_NAME),
        order: params.order("sort", ORDERS)?,
    })
}

async fn list(
    app: Data<App>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<GroupShape>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| groups::list(tx, &filter, page.0))
        .await?
        .map(|group| GroupShape::new(group, &mount, AUTH_GROUP));
    Ok(Json(Paged::new(found, &mount, &params)))
}

async fn show(app: Data<App>, mount: Mount, id: Path<i64>) -> Answer<Json<GroupShape>> {
    let id = GroupId(id.into_inner());
    let group = app.read(move |tx| groups::get(tx, id)).await?;
    Ok(Json(GroupShape::new(group, &mount, AUTH_GROUP)))
}

/// A name that is taken is a conflict here.
async fn add(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let name = accounts::name(&mut body)?;
    let permit = permit.into_inner();
    let group = app.write(move |tx| groups::add(tx, &permit, &name)).await?;
    Ok(GroupShape::new(group, &mount, CORE_GROUP).created())
}

async fn list_members(
    app: Data<App>,
    mount: Mount,
    id: Path<i64>,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<MemberShape>>> {
    let id = GroupId(id.into_inner());
    let found = app
        .read(move |tx| members::list(tx, id, page.0))
        .await?
        .map(|member| MemberShape::new(member, &mount));
    Ok(Json(Paged::new(found, &mount, &params)))
}
