//! Roles (contract 04, V2-13, V2-14).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::roles::RoleDraft;
use crate::domain::accounts::roles::definitions;
use crate::domain::accounts::roles::granted::Holders;
use crate::domain::accounts::roles::listing::RoleFilter;
use crate::domain::accounts::roles::listing::RoleOrder;
use crate::http::kit::accounts;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::UI_NAME;
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
use crate::http::ui::v2::role_assignments;
use crate::http::ui::v2::shapes::content_type;
use crate::http::ui::v2::shapes::role_assignments::RoleAssignment;
use crate::http::ui::v2::shapes::role_definitions::RoleDefinition;
use crate::kernel::error::Result;
use crate::kernel::ids::RoleId;
use crate::policy::action::Action;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v2/role_definitions/",
        [
            get(Action::PlatformRead, list)
                .query(filter)
                .query(ui_v2_window),
            post(Action::PlatformWrite, add)
                .creates::<RoleDefinition>()
                .body(whole),
        ],
    );
    r.api(
        "/_ui/v2/role_definitions/{id:[0-9]+}/",
        [
            get(Action::PlatformRead, show),
            put(Action::PlatformWrite, replace).body(|body| (require(body), read(body, false))),
            patch(Action::PlatformWrite, change).body(|body| read(body, false)),
            delete(Action::PlatformWrite, remove).empty(StatusCode::NO_CONTENT),
        ],
    );
    r.api(
        "/_ui/v2/role_definitions/{id:[0-9]+}/user_assignments/",
        [get(Action::PlatformRead, list_users).query(ui_v2_window)],
    );
    r.api(
        "/_ui/v2/role_definitions/{id:[0-9]+}/team_assignments/",
        [get(Action::PlatformRead, list_teams).query(ui_v2_window)],
    );
}

fn filter(params: &Params) -> RoleFilter {
    RoleFilter {
        name: Filters::of(params).text("name", UI_NAME),
        is_locked: params.boolean("managed"),
        order: RoleOrder::OldestFirst,
        ..RoleFilter::default()
    }
}

async fn list(app: Data<App>, mount: Mount, params: Params) -> Answer<Json<Paged<RoleDefinition>>> {
    let window = Sizes::UI_V2.window(&params)?;
    let filter = filter(&params);
    let found = app
        .read(move |tx| definitions::list(tx, &filter, window))
        .await?
        .map(|definition| RoleDefinition::new(definition, &mount));
    Ok(Json(Paged::ui_v2(found, window, &mount, &params)?))
}

async fn show(app: Data<App>, mount: Mount, id: Path<i64>) -> Answer<Json<RoleDefinition>> {
    let id = RoleId(id.into_inner());
    let definition = app.read(move |tx| definitions::get(tx, id)).await?;
    Ok(Json(RoleDefinition::new(definition, &mount)))
}

/// All of a new role: the name and the permissions must be there.
fn whole(body: &mut Body) -> Result<RoleDraft> {
    require(body);
    read(body, true)
}

/// What of a role is sent. The kind of thing it is for follows from its permissions; one that a new role is said to
/// be for must agree with them.
fn read(body: &mut Body, is_new: bool) -> Result<RoleDraft> {
    accounts::refuse_null(body, &["description", "permissions"]);
    let name = body.has("name").then(|| body.filled_text("name"));
    let description = body.sent_text("description");
    let names = body.texts("permissions");
    let permissions = names.map(|names| permissions(body, &names));
    if is_new {
        let kind = body
            .sent_text("content_type")
            .filter(|text| !text.is_empty());
        check_kind(body, kind, permissions.unwrap_or_default());
    }
    body.check()?;
    Ok(RoleDraft {
        name,
        description: description.map(Some),
        permissions,
    })
}

fn permissions(body: &mut Body, names: &[String]) -> PermissionSet {
    let mut found = Vec::new();
    for name in names {
        match definitions::permission(name) {
            Some(permission) => found.push(permission),
            None => {
                let message =
                    format!("Cannot use permission with api_slug '{name}', object does not exist");
                body.fault("permissions", "does_not_exist", message);
            }
        }
    }
    found.into_iter().collect()
}

fn check_kind(body: &mut Body, name: Option<String>, permissions: PermissionSet) {
    let Some(name) = name else {
        return;
    };
    let Some(kind) = content_type::parse(&name) else {
        let message = format!("Invalid pk \"{name}\" - object does not exist.");
        body.fault("content_type", "does_not_exist", message);
        return;
    };
    let others: Vec<String> = permissions
        .iter()
        .filter(|permission| permission.kind() != kind)
        .map(code_name)
        .collect();
    if !others.is_empty() {
        let (others, model) = (others.join(", "), kind.model());
        let message = format!("Permissions {others} are not valid for {model} roles");
        body.fault("permissions", "invalid", message);
    }
}

fn code_name(permission: Permission) -> String {
    let name = permission.as_str();
    let code_name = name
        .split_once('.')
        .map_or(name, |(_, code_name)| code_name);
    format!("\"{code_name}\"")
}

fn require(body: &mut Body) {
    for field in ["name", "permissions"] {
        if !body.has(field) {
            body.fault(field, "required", "This field is required.");
        }
    }
}

async fn add(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let draft = whole(&mut body)?;
    let definition = app
        .write(move |tx| definitions::create(tx, &permit, &draft))
        .await?;
    Ok(HttpResponse::Created().json(RoleDefinition::new(definition, &mount)))
}

async fn replace(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<RoleDefinition>> {
    require(&mut body);
    change(app, mount, permit, id, body).await
}

async fn change(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<RoleDefinition>> {
    let id = RoleId(id.into_inner());
    // That a role does not change is told before what is wrong with the body.
    app.read(move |tx| definitions::get_own(tx, id)).await?;
    let draft = read(&mut body, false)?;
    let definition = app
        .write(move |tx| definitions::update(tx, &permit, id, &draft))
        .await?;
    Ok(Json(RoleDefinition::new(definition, &mount)))
}

async fn remove(app: Data<App>, permit: ReqData<Permit>, id: Path<i64>) -> Answer<HttpResponse> {
    let id = RoleId(id.into_inner());
    app.write(move |tx| definitions::delete(tx, &permit, id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn list_users(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    params: Params,
) -> Answer<Json<Paged<RoleAssignment>>> {
    let viewer = permit.viewer().clone();
    role_assignments::list_of((&app, viewer), &mount, &params, Holders::Users, RoleId(*id)).await
}

async fn list_teams(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    params: Params,
) -> Answer<Json<Paged<RoleAssignment>>> {
    let viewer = permit.viewer().clone();
    role_assignments::list_of((&app, viewer), &mount, &params, Holders::Teams, RoleId(*id)).await
}
