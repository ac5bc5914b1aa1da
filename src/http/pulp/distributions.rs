//! Distributions: the names under which repositories are served (contract 03 §3.4).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::repositories::served;
use crate::domain::repositories::served::DistributionField;
use crate::domain::repositories::served::DistributionFilter;
use crate::domain::repositories::serving;
use crate::domain::repositories::serving::Draft;
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
use crate::http::pulp::shapes::distributions::Distribution;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
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
        "/pulp/api/v3/distributions/",
        [get(Action::BaseDistributionList, list_all).query(filter)],
    );
    r.api(
        "/pulp/api/v3/distributions/ansible/ansible/",
        [
            get(Action::DistributionList, list).query(filter),
            post(Action::DistributionCreate, add).starts().body(whole),
        ],
    );
    r.api(
        "/pulp/api/v3/distributions/ansible/ansible/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::DistributionRead, show).query(Keys::of),
            put(Action::DistributionUpdate, replace)
                .gives::<Distribution>(StatusCode::OK)
                .starts()
                .body(whole),
            patch(Action::DistributionUpdate, change)
                .gives::<Distribution>(StatusCode::OK)
                .starts()
                .body(parts),
            delete(Action::DistributionDelete, remove).starts(),
        ],
    );
}

const FIELDS: &[Field<DistributionField>] = &[
    (
        "",
        Holds::Itself(href::content::parse_distribution),
        DistributionField::Uuid,
    ),
    ("name", Holds::Text(PULP_NAME), DistributionField::Name),
    (
        "base_path",
        Holds::Text(PULP_NAME),
        DistributionField::BasePath,
    ),
    (
        "repository",
        Holds::Object(href::content::parse_repository),
        DistributionField::Repository,
    ),
    ("pulp_created", Holds::Time, DistributionField::Created),
    ("pulp_last_updated", Holds::Time, DistributionField::Updated),
];

fn filter(params: &Params) -> Result<DistributionFilter> {
    let mut filters = Filters::of(params);
    let filter = DistributionFilter {
        fields: filters.fields(FIELDS)?,
        labels: filters.labels("pulp_label_select")?,
        with_content: filters.one("with_content", href::content::parse_content)?,
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
) -> Answer<Json<Paged<Distribution>>> {
    let found = find(&app, &permit, &params, page.0).await?;
    let found = found.map(|distribution| Distribution::new(distribution, &origin, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

/// Distributions of all types. There is one type, but here they say where the bytes are.
async fn list_all(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<Distribution>>> {
    let found = find(&app, &permit, &params, page.0).await?;
    let found = found.map(|distribution| Distribution::base(distribution, &origin, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn find(
    app: &Data<App>,
    permit: &Permit,
    params: &Params,
    window: Window,
) -> Answer<Page<served::Distribution>> {
    let filter = filter(params)?;
    let seen = Repositories::of(permit.viewer());
    Ok(app
        .read(move |tx| served::list(tx, &seen, &filter, window))
        .await?)
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    id: Path<Uuid>,
) -> Answer<Json<Chosen<Distribution>>> {
    let found = app.read(move |tx| served::get(tx, &permit, *id)).await?;
    Ok(Json(Chosen::new(
        Distribution::new(found, &origin, &mount),
        &params,
    )))
}

/// What a distribution can be told by; the last seven are read only, and ignored. There is one content guard, which
/// all of them have.
const BODY: &[&str] = &[
    "name",
    "base_path",
    "repository",
    "repository_version",
    "pulp_labels",
    "hidden",
    "content_guard",
    "pulp_href",
    "prn",
    "pulp_created",
    "pulp_last_updated",
    "client_url",
    "no_content_change_since",
];

/// All of a distribution: name and base path must be there.
fn whole(body: &mut Body) -> Result<Draft> {
    for name in ["base_path", "name"] {
        if !body.has(name) {
            body.fault(name, "required", "This field is required.");
        }
    }
    parts(body)
}

/// What of a distribution is sent.
fn parts(body: &mut Body) -> Result<Draft> {
    body.only(BODY);
    let version = body.link("repository_version", href::parse_repository_version);
    let draft = Draft {
        name: body.has("name").then(|| body.filled_text("name")),
        base_path: body.has("base_path").then(|| body.filled_text("base_path")),
        repository: body.link("repository", href::content::parse_repository),
        labels: body.labels("pulp_labels"),
        is_hidden: body.boolean("hidden"),
    };
    if version.flatten().is_some() {
        if draft.repository.flatten().is_some() {
            return Err(Error::Invalid(vec![Fault::new(None, "invalid", BOTH)]));
        }
        body.fault("repository_version", "invalid", ONE_VERSION);
    }
    body.check()?;
    Ok(draft)
}

const BOTH: &str =
    "Only one of the attributes 'repository' and 'repository_version' may be used simultaneously.";
const ONE_VERSION: &str = "This server serves the newest version of a repository only. Name the repository; to serve \
    what an older version held, make it the newest with its modify/ and base_version.";

async fn add(app: Data<App>, asking: Asking, mount: Mount, mut body: Body) -> Answer<HttpResponse> {
    let draft = whole(&mut body)?;
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulpcore.app.tasks.base.general_create");
            serving::create(tx, asked, &draft)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}

/// Who asks, and by which name of the server.
type From = (Asking, Origin);

async fn replace(
    app: Data<App>,
    from: From,
    mount: Mount,
    id: Path<Uuid>,
    body: Body,
) -> Answer<HttpResponse> {
    update(app, from, mount, *id, body, whole).await
}

async fn change(
    app: Data<App>,
    from: From,
    mount: Mount,
    id: Path<Uuid>,
    body: Body,
) -> Answer<HttpResponse> {
    update(app, from, mount, *id, body, parts).await
}

/// What changes nothing is answered with the distribution, as in the reference.
async fn update(
    app: Data<App>,
    (asking, origin): From,
    mount: Mount,
    id: Uuid,
    mut body: Body,
    read: fn(&mut Body) -> Result<Draft>,
) -> Answer<HttpResponse> {
    let asker = asking.clone();
    // That it is missing, or not the caller's, is told before what is wrong with the body.
    app.read(move |tx| serving::changeable(tx, asker.permit(), id))
        .await?;
    let draft = read(&mut body)?;
    let asker = asking.clone();
    let begun = app
        .write(move |tx| {
            let asked = asker.task("pulpcore.app.tasks.base.ageneral_update");
            serving::update(tx, asked, id, &draft)
        })
        .await?;
    if let Some(begun) = begun {
        let path = href::pulp_task(&mount, begun.uuid);
        return Ok(started::answer(&app, begun, path).await);
    }
    let found = app
        .read(move |tx| served::get(tx, asking.permit(), id))
        .await?;
    Ok(HttpResponse::Ok().json(Distribution::new(found, &origin, &mount)))
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
            serving::delete(tx, asked, *id)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}
