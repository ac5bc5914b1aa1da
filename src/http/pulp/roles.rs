//! Roles: those that came with the server, and those people make (contract 03 §3.7, PRL).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::accounts::roles;
use crate::domain::accounts::roles::RoleDraft;
use crate::domain::accounts::roles::listing;
use crate::domain::accounts::roles::listing::RoleFilter;
use crate::domain::accounts::roles::listing::RoleOrder;
use crate::http::href;
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
use crate::http::pulp::shapes::roles::PulpRole;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file. An id that is no UUID is no route, as in the reference.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/roles/",
        [
            get(Action::RoleList, list).query(filter),
            post(Action::RoleCreate, add)
                .creates::<PulpRole>()
                .body(whole),
        ],
    );
    r.api(
        "/pulp/api/v3/roles/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::RoleRead, show).query(Keys::of),
            put(Action::RoleUpdate, replace).body(whole),
            patch(Action::RoleUpdate, change).body(parts),
            delete(Action::RoleDelete, remove).empty(StatusCode::NO_CONTENT),
        ],
    );
}

const ORDERINGS: &[(&str, RoleOrder)] = &[
    ("-pulp_created", RoleOrder::NewestFirst),
    ("pulp_created", RoleOrder::OldestFirst),
    ("name", RoleOrder::Name),
    ("-name", RoleOrder::NameDescending),
    ("description", RoleOrder::Description),
    ("-description", RoleOrder::DescriptionDescending),
    ("locked", RoleOrder::Locked),
    ("-locked", RoleOrder::LockedDescending),
    ("pulp_last_updated", RoleOrder::Updated),
    ("-pulp_last_updated", RoleOrder::UpdatedDescending),
];

fn filter(params: &Params) -> Result<RoleFilter> {
    let mut filters = Filters::of(params);
    let of_kind = filters.raw("for_object_type").map(|list| {
        let message = || format!("Invalid value: {list}.");
        href::object::parse_list(list)
            .ok_or_else(|| Error::invalid("for_object_type", "invalid", message()))
    });
    let filter = RoleFilter {
        name: filters.text("name", PULP_NAME),
        description: filters.text("description", PULP_NAME),
        is_locked: filters.boolean("locked"),
        contains: params.values("contains_permission")?,
        only_about: of_kind.transpose()?,
        order: params.ordering(ORDERINGS)?,
    };
    filters.raw("contains_permission");
    filters.strict()?;
    Ok(filter)
}

async fn list(
    app: Data<App>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<PulpRole>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| listing::list(tx, &filter, page.0))
        .await?;
    let found = found.map(|role| PulpRole::new(role, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    mount: Mount,
    params: Params,
    id: Path<Uuid>,
) -> Answer<Json<Chosen<PulpRole>>> {
    let role = app.read(move |tx| roles::get(tx, *id)).await?;
    Ok(Json(Chosen::new(PulpRole::new(role, &mount), &params)))
}

async fn add(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let draft = whole(&mut body)?;
    let role = app
        .write(move |tx| roles::create(tx, &permit, &draft))
        .await?;
    let shape = PulpRole::new(role, &mount);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, shape.path()))
        .json(shape))
}

async fn replace(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<Uuid>,
    body: Body,
) -> Answer<Json<PulpRole>> {
    update(app, mount, permit, *id, body, whole).await
}

async fn change(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<Uuid>,
    body: Body,
) -> Answer<Json<PulpRole>> {
    update(app, mount, permit, *id, body, parts).await
}

async fn update(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Uuid,
    mut body: Body,
    read: fn(&mut Body) -> Result<RoleDraft>,
) -> Answer<Json<PulpRole>> {
    // That a role is locked is told before what is wrong with the body.
    app.read(move |tx| roles::get_unlocked(tx, id)).await?;
    let draft = read(&mut body)?;
    let role = app
        .write(move |tx| roles::update(tx, &permit, id, &draft))
        .await?;
    Ok(Json(PulpRole::new(role, &mount)))
}

async fn remove(app: Data<App>, permit: ReqData<Permit>, id: Path<Uuid>) -> Answer<HttpResponse> {
    app.write(move |tx| roles::delete(tx, &permit, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a role can be told by; the first five are read only, and ignored.
const FIELDS: &[&str] = &[
    "pulp_href",
    "prn",
    "pulp_created",
    "pulp_last_updated",
    "locked",
    "name",
    "description",
    "permissions",
];

/// All of a role: the name and the permissions must be there.
fn whole(body: &mut Body) -> Result<RoleDraft> {
    if !body.has("name") {
        body.fault("name", "required", "This field is required.");
    }
    if !body.has("permissions") {
        body.fault("permissions", "required", "This field is required.");
    }
    parts(body)
}

/// What of a role is sent.
fn parts(body: &mut Body) -> Result<RoleDraft> {
    body.only(FIELDS);
    let name = body.has("name").then(|| body.filled_text("name"));
    let description = body.nullable_text("description");
    if description.as_ref().and_then(Option::as_deref) == Some("") {
        body.fault("description", "blank", "This field may not be blank.");
    }
    let names = body.has("permissions").then(|| body.texts("permissions"));
    if names == Some(None) && body.is_null("permissions") {
        body.fault("permissions", "null", "This field may not be null.");
    }
    let names = names.flatten();
    let permissions = match names.as_deref().map(roles::parse_permissions) {
        Some(Err(Error::Invalid(faults))) => {
            body.blame(faults);
            None
        }
        Some(permissions) => Some(permissions?),
        None => None,
    };
    body.check()?;
    Ok(RoleDraft {
        name,
        description,
        permissions,
    })
}
