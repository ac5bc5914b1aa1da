//! Repositories (contract 03, REP-1 to REP-6, REP-22).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::collections::changes;
use crate::domain::repositories::edit;
use crate::domain::repositories::edit::Draft;
use crate::domain::repositories::listing;
use crate::domain::repositories::listing::Repository;
use crate::domain::repositories::listing::RepositoryField;
use crate::domain::repositories::listing::RepositoryFilter;
use crate::domain::repositories::queries;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::base_repository::BaseRepository;
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
use crate::http::kit::routes::unknown_route;
use crate::http::kit::started;
use crate::http::pulp::shapes::repositories::AnsibleRepository;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file. An id that is no UUID is no route, as in the reference.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/repositories/",
        [get(Action::BaseRepositoryList, list_all).query(filter)],
    );
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/",
        [
            get(Action::RepositoryList, list).query(filter),
            post(Action::RepositoryCreate, add)
                .creates::<AnsibleRepository>()
                .body(whole),
        ],
    );
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::RepositoryRead, show).query(Keys::of),
            put(Action::RepositoryUpdate, replace)
                .gives::<AnsibleRepository>(StatusCode::OK)
                .starts()
                .body(whole),
            patch(Action::RepositoryUpdate, change)
                .gives::<AnsibleRepository>(StatusCode::OK)
                .starts()
                .body(parts),
            delete(Action::RepositoryDelete, remove).starts(),
        ],
    );
    // The reference lets nobody use these; labels change with the repository (contract 03, REP-18).
    for verb in ["set_label", "unset_label"] {
        r.api(
            &format!("/pulp/api/v3/repositories/ansible/ansible/{{id:[0-9a-fA-F-]{{36}}}}/{verb}/"),
            [post(Action::Disabled, unknown_route)],
        );
    }
}

const FIELDS: &[Field<RepositoryField>] = &[
    (
        "",
        Holds::Itself(href::content::parse_repository),
        RepositoryField::Uuid,
    ),
    ("name", Holds::Text(PULP_NAME), RepositoryField::Name),
    (
        "description",
        Holds::Text(PULP_NAME),
        RepositoryField::Description,
    ),
    ("pulp_created", Holds::Time, RepositoryField::Created),
    ("pulp_last_updated", Holds::Time, RepositoryField::Updated),
    (
        "retain_repo_versions",
        Holds::Number,
        RepositoryField::Retained,
    ),
    (
        "remote",
        Holds::Object(href::content::parse_remote),
        RepositoryField::Remote,
    ),
    ("private", Holds::Flag, RepositoryField::Private),
];

fn filter(params: &Params) -> Result<RepositoryFilter> {
    let mut filters = Filters::of(params);
    let filter = RepositoryFilter {
        fields: filters.fields(FIELDS)?,
        labels: filters.labels("pulp_label_select")?,
        with_content: filters.one("with_content", href::content::parse_content)?,
        latest_with_content: filters.one("latest_with_content", href::content::parse_content)?,
        order: filters.ordering(FIELDS)?,
    };
    filters.raw("pulp_type"); // there is one
    filters.strict()?;
    Ok(filter)
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<AnsibleRepository>>> {
    let found = find(&app, &permit, &params, page.0).await?;
    let found = found.map(|repository| AnsibleRepository::new(repository, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

/// Repositories of all types. There is one type, but they are shown with less.
async fn list_all(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<BaseRepository>>> {
    let found = find(&app, &permit, &params, page.0).await?;
    let found = found.map(|repository| BaseRepository::new(repository, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn find(
    app: &Data<App>,
    permit: &Permit,
    params: &Params,
    window: Window,
) -> Answer<Page<Repository>> {
    let filter = filter(params)?;
    let seen = Repositories::of(permit.viewer());
    Ok(app
        .read(move |tx| listing::list(tx, &seen, &filter, window))
        .await?)
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    id: Path<Uuid>,
) -> Answer<Json<Chosen<AnsibleRepository>>> {
    let found = app.read(move |tx| listing::get(tx, &permit, *id)).await?;
    Ok(Json(Chosen::new(
        AnsibleRepository::new(found, &mount),
        &params,
    )))
}

/// What a repository can be told by; the last eight are read only, and ignored.
const BODY: &[&str] = &[
    "name",
    "description",
    "pulp_labels",
    "retain_repo_versions",
    "remote",
    "gpgkey",
    "private",
    "pulp_href",
    "prn",
    "pulp_created",
    "pulp_last_updated",
    "versions_href",
    "latest_version_href",
    "last_synced_metadata_time",
    "last_sync_task",
];

/// All of a repository: the name must be there.
fn whole(body: &mut Body) -> Result<Draft> {
    if !body.has("name") {
        body.fault("name", "required", "This field is required.");
    }
    parts(body)
}

/// What of a repository is sent.
fn parts(body: &mut Body) -> Result<Draft> {
    body.only(BODY);
    let draft = Draft {
        name: body.has("name").then(|| body.filled_text("name")),
        description: body.nullable_text("description"),
        labels: body.labels("pulp_labels"),
        is_private: body.boolean("private"),
        retain_repo_versions: body
            .has("retain_repo_versions")
            .then(|| body.integer("retain_repo_versions")),
        remote: body.link("remote", href::content::parse_remote),
        gpgkey: body.nullable_text("gpgkey"),
    };
    body.blame(draft.faults());
    body.check()?;
    Ok(draft)
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
    let shape = AnsibleRepository::new(made, &mount);
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
    update(app, asking, mount, *id, body, parts).await
}

/// What changes nothing is answered with the repository, as in the reference.
async fn update(
    app: Data<App>,
    asking: Asking,
    mount: Mount,
    id: Uuid,
    mut body: Body,
    read: fn(&mut Body) -> Result<Draft>,
) -> Answer<HttpResponse> {
    let asker = asking.clone();
    // That the repository is missing, or not the caller's, is told before what is wrong with the body.
    app.read(move |tx| queries::changeable(tx, asker.permit(), id))
        .await?;
    let draft = read(&mut body)?;
    let asker = asking.clone();
    let begun = app
        .write(move |tx| {
            let asked = asker.task("pulpcore.app.tasks.base.ageneral_update");
            edit::update(tx, asked, id, &draft)
        })
        .await?;
    if let Some(begun) = begun {
        let path = href::pulp_task(&mount, begun.uuid);
        return Ok(started::answer(&app, begun, path).await);
    }
    let found = app
        .read(move |tx| listing::get(tx, asking.permit(), id))
        .await?;
    Ok(HttpResponse::Ok().json(AnsibleRepository::new(found, &mount)))
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
            changes::delete_repository(tx, asked, *id)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}
