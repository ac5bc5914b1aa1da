//! Remotes of collections (contract 03, REM-1 to REM-6); who holds roles on them is in [`super::object_roles`].

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::remotes::edit;
use crate::domain::remotes::listing;
use crate::domain::remotes::listing::RemoteField;
use crate::domain::remotes::listing::RemoteFilter;
use crate::domain::remotes::profile::Draft;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::body::Body;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::PULP_NAME;
use crate::http::kit::filter::field::Field;
use crate::http::kit::filter::field::Holds;
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
use crate::http::kit::started;
use crate::http::pulp::shapes::remotes::Remote;
use crate::http::remotes::body::parts;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file. An id that is no UUID is no route, as in the reference.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/remotes/ansible/collection/",
        [
            get(Action::RemoteList, list).query(filter),
            post(Action::RemoteCreate, add)
                .creates::<Remote>()
                .body(whole),
        ],
    );
    r.api(
        "/pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::RemoteRead, show).query(Keys::of),
            put(Action::RemoteUpdate, replace)
                .gives::<Remote>(StatusCode::OK)
                .starts()
                .body(whole),
            patch(Action::RemoteUpdate, change)
                .gives::<Remote>(StatusCode::OK)
                .starts()
                .body(some),
            delete(Action::RemoteDelete, remove).starts(),
        ],
    );
}

const FIELDS: &[Field<RemoteField>] = &[
    (
        "",
        Holds::Itself(href::content::parse_remote),
        RemoteField::Uuid,
    ),
    ("name", Holds::Text(PULP_NAME), RemoteField::Name),
    ("url", Holds::Text(PULP_NAME), RemoteField::Url),
    ("pulp_created", Holds::Time, RemoteField::Created),
    ("pulp_last_updated", Holds::Time, RemoteField::Updated),
];

fn filter(params: &Params) -> Result<RemoteFilter> {
    let mut filters = Filters::of(params);
    let filter = RemoteFilter {
        fields: filters.fields(FIELDS)?,
        labels: filters.labels("pulp_label_select")?,
        order: filters.ordering(FIELDS)?,
    };
    filters.raw("pulp_type"); // there is one
    filters.strict()?;
    Ok(filter)
}

async fn list(
    app: Data<App>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<Remote>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| listing::list(tx, &filter, page.0))
        .await?;
    let found = found.map(|remote| Remote::new(remote, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    id: Path<Uuid>,
) -> Answer<Json<Chosen<Remote>>> {
    let found = app
        .read(move |tx| edit::changeable(tx, &permit, *id))
        .await?;
    Ok(Json(Chosen::new(Remote::new(found, &mount), &params)))
}

/// What a remote can be told by; the last six are read only, and ignored.
const BODY: &[&str] = &[
    "name",
    "url",
    "pulp_labels",
    "policy",
    "ca_cert",
    "client_cert",
    "client_key",
    "tls_validation",
    "proxy_url",
    "proxy_username",
    "proxy_password",
    "username",
    "password",
    "token",
    "max_retries",
    "total_timeout",
    "connect_timeout",
    "sock_connect_timeout",
    "sock_read_timeout",
    "headers",
    "download_concurrency",
    "rate_limit",
    "requirements_file",
    "auth_url",
    "sync_dependencies",
    "signed_only",
    "sync_highest_versions",
    "pulp_href",
    "prn",
    "pulp_created",
    "pulp_last_updated",
    "hidden_fields",
    "last_sync_task",
];

/// All of a remote: name and address must be there.
fn whole(body: &mut Body) -> Result<Draft> {
    for name in ["name", "url"] {
        if !body.has(name) {
            body.fault(name, "required", "This field is required.");
        }
    }
    some(body)
}

/// What of a remote is sent.
fn some(body: &mut Body) -> Result<Draft> {
    body.only(BODY);
    parts(body)
}

async fn add(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    mut body: Body,
) -> Answer<HttpResponse> {
    let draft = whole(&mut body)?;
    let made = app
        .write(move |tx| edit::create(tx, &permit, &draft))
        .await?;
    let shape = Remote::new(made, &mount);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, shape.path()))
        .json(shape))
}

async fn replace(
    app: Data<App>,
    asking: Asking,
    mount: Mount,
    id: Path<Uuid>,
    body: Body,
) -> Answer<HttpResponse> {
    update(app, asking, mount, *id, body, whole).await
}

async fn change(
    app: Data<App>,
    asking: Asking,
    mount: Mount,
    id: Path<Uuid>,
    body: Body,
) -> Answer<HttpResponse> {
    update(app, asking, mount, *id, body, some).await
}

/// What changes nothing is answered with the remote, as in the reference.
async fn update(
    app: Data<App>,
    asking: Asking,
    mount: Mount,
    id: Uuid,
    mut body: Body,
    read: fn(&mut Body) -> Result<Draft>,
) -> Answer<HttpResponse> {
    let asker = asking.clone();
    // That it is missing, or not the caller's, is told before what is wrong with the body.
    let found = app
        .read(move |tx| edit::changeable(tx, asker.permit(), id))
        .await?;
    let draft = read(&mut body)?;
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulpcore.app.tasks.base.ageneral_update");
            edit::update(tx, asked, id, &draft)
        })
        .await?;
    let Some(begun) = begun else {
        return Ok(HttpResponse::Ok().json(Remote::new(found, &mount)));
    };
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}

async fn remove(
    app: Data<App>,
    asking: Asking,
    mount: Mount,
    id: Path<Uuid>,
) -> Answer<HttpResponse> {
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulpcore.app.tasks.base.ageneral_delete");
            edit::delete(tx, asked, *id)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}
