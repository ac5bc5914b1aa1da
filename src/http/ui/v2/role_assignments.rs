//! Roles that users and teams were given (contract 04, V2-15 to V2-18).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::accounts::roles::definitions;
use crate::domain::accounts::roles::granted;
use crate::domain::accounts::roles::granted::GrantedFilter;
use crate::domain::accounts::roles::granted::Holders;
use crate::domain::accounts::roles::granting;
use crate::domain::accounts::roles::granting::On;
use crate::domain::accounts::roles::granting::Wanted;
use crate::domain::accounts::roles::granting::Whom;
use crate::http::kit::accounts;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::numbered::Paged;
use crate::http::kit::page::numbered::Sizes;
use crate::http::kit::page::numbered::ui_v2_window;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::ui::v2::shapes::role_assignments::RoleAssignment;
use crate::kernel::error::Result;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::RoleId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::principal::Viewer;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v2/role_user_assignments/",
        [
            get(Action::PlatformRead, list::<OfUsers>)
                .query(filter::<OfUsers>)
                .query(ui_v2_window),
            post(Action::PlatformWrite, add::<OfUsers>)
                .creates::<RoleAssignment>()
                .body(read::<OfUsers>),
        ],
    );
    r.api(
        "/_ui/v2/role_user_assignments/{id:[0-9]+}/",
        [
            get(Action::PlatformRead, show::<OfUsers>),
            delete(Action::PlatformWrite, remove::<OfUsers>).empty(StatusCode::NO_CONTENT),
        ],
    );
    r.api(
        "/_ui/v2/role_team_assignments/",
        [
            get(Action::PlatformRead, list::<OfTeams>)
                .query(filter::<OfTeams>)
                .query(ui_v2_window),
            post(Action::PlatformWrite, add::<OfTeams>)
                .creates::<RoleAssignment>()
                .body(read::<OfTeams>),
        ],
    );
    r.api(
        "/_ui/v2/role_team_assignments/{id:[0-9]+}/",
        [
            get(Action::PlatformRead, show::<OfTeams>),
            delete(Action::PlatformWrite, remove::<OfTeams>).empty(StatusCode::NO_CONTENT),
        ],
    );
}

/// One of the two lists: whose roles, and the fields that name who holds one.
trait Side: 'static {
    const HOLDERS: Holders;
    const ID: &'static str;
    const UUID: &'static str;
}

/// Roles of users.
struct OfUsers;
/// Roles of teams.
struct OfTeams;

impl Side for OfUsers {
    const HOLDERS: Holders = Holders::Users;
    const ID: &'static str = "user";
    const UUID: &'static str = "user_ansible_id";
}

impl Side for OfTeams {
    const HOLDERS: Holders = Holders::Teams;
    const ID: &'static str = "team";
    const UUID: &'static str = "team_ansible_id";
}

fn filter<S: Side>(params: &Params) -> Result<GrantedFilter> {
    Ok(GrantedFilter {
        role: accounts::number(params, "role_definition")?.map(RoleId),
        receiver: accounts::number(params, S::ID)?,
        receiver_uuid: params.last(S::UUID).map(str::to_owned),
        object: params.last("object_id").map(str::to_owned),
    })
}

async fn list<S: Side>(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    params: Params,
) -> Answer<Json<Paged<RoleAssignment>>> {
    let filter = filter::<S>(&params)?;
    let viewer = permit.viewer().clone();
    page((&app, viewer), &mount, &params, S::HOLDERS, filter).await
}

async fn page(
    (app, viewer): (&App, Viewer),
    mount: &Mount,
    params: &Params,
    holders: Holders,
    filter: GrantedFilter,
) -> Answer<Json<Paged<RoleAssignment>>> {
    let window = Sizes::UI_V2.window(params)?;
    let found = app
        .read(move |tx| granted::list(tx, &viewer, holders, &filter, window))
        .await?
        .map(|granted| RoleAssignment::new(granted, mount));
    Ok(Json(Paged::ui_v2(found, window, mount, params)?))
}

/// Who was given one role. Fails if there is no such role.
pub(super) async fn list_of(
    (app, viewer): (&App, Viewer),
    mount: &Mount,
    params: &Params,
    holders: Holders,
    role: RoleId,
) -> Answer<Json<Paged<RoleAssignment>>> {
    app.read(move |tx| definitions::get(tx, role)).await?;
    let filter = GrantedFilter {
        role: Some(role),
        ..GrantedFilter::default()
    };
    page((app, viewer), mount, params, holders, filter).await
}

async fn show<S: Side>(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
) -> Answer<Json<RoleAssignment>> {
    let id = AssignmentId(*id);
    let permit = permit.into_inner();
    let granted = app
        .read(move |tx| granted::get(tx, permit.viewer(), S::HOLDERS, id))
        .await?;
    Ok(Json(RoleAssignment::new(granted, &mount)))
}

/// Notes that not exactly one of two fields is there.
fn refuse_choice(body: &mut Body, id: &'static str, uuid: &'static str) {
    let message = format!("Provide exactly one of {id} or {uuid}");
    body.fault(id, "invalid", message.as_str());
    body.fault(uuid, "invalid", message);
}

fn uuid(body: &mut Body, field: &'static str) -> Option<Uuid> {
    let text = body.sent_text(field).filter(|text| !text.is_empty())?;
    let uuid = text.parse().ok();
    if uuid.is_none() {
        body.fault(field, "invalid", "Must be a valid UUID.");
    }
    uuid
}

fn read<S: Side>(body: &mut Body) -> Result<Wanted> {
    let role = body.integer("role_definition");
    if !body.has("role_definition") {
        body.fault("role_definition", "required", "This field is required.");
    }
    accounts::refuse_null(body, &["role_definition"]);
    let (id, by_uuid) = (body.integer(S::ID), uuid(body, S::UUID));
    let object = body.sent_text("object_id").filter(|text| !text.is_empty());
    let object_uuid = uuid(body, "object_ansible_id");
    // What is wrong with a field by itself is told first.
    body.check()?;
    let whom = match (id, by_uuid) {
        (Some(id), None) => Whom::Id(id),
        (None, Some(uuid)) => Whom::Uuid(uuid),
        _ => {
            refuse_choice(body, S::ID, S::UUID);
            Whom::Id(0)
        }
    };
    let on = match (object, object_uuid) {
        (None, None) => On::Everywhere,
        (Some(id), None) => On::Id(id),
        (None, Some(uuid)) => On::Uuid(uuid),
        (Some(_), Some(_)) => {
            refuse_choice(body, "object_id", "object_ansible_id");
            On::Everywhere
        }
    };
    body.check()?;
    Ok(Wanted {
        role: RoleId(role.unwrap_or_default()),
        whom,
        on,
    })
}

async fn add<S: Side>(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let wanted = read::<S>(&mut body)?;
    let granted = app
        .write(move |tx| granting::give(tx, &permit, S::HOLDERS, &wanted))
        .await?;
    Ok(HttpResponse::Created().json(RoleAssignment::new(granted, &mount)))
}

async fn remove<S: Side>(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
) -> Answer<HttpResponse> {
    let id = AssignmentId(*id);
    app.write(move |tx| granted::take(tx, &permit, S::HOLDERS, id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
