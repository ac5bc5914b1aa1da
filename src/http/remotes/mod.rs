//! Remotes as the web interface sees them, with what is mirrored from each: the one of a distribution below
//! `v3/sync/config/`, and all below `_ui/v1/remotes/` (contract 02 §2.10, 04 §4.4).

pub mod body;
pub mod shapes;

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::remotes::edit;
use crate::domain::remotes::mirrored;
use crate::domain::remotes::profile::Draft;
use crate::domain::repositories::distributions;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::BasePath;
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
use crate::http::kit::routes::unknown_route;
use crate::http::remotes::shapes::RemoteConfig;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/v3/sync/config/",
        [
            get(Action::SyncConfigRead, show_of_distribution),
            put(Action::RemoteConfigure, configure_of_distribution).body(whole),
        ],
    );
    r.api(
        "/_ui/v1/remotes/",
        [
            get(Action::RemoteConfigRead, list),
            // The reference lets nobody make one here (contract 04, URM-2).
            post(Action::Disabled, unknown_route),
        ],
    );
    r.api(
        "/_ui/v1/remotes/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::RemoteConfigRead, show),
            put(Action::RemoteConfigure, replace).body(whole),
            patch(Action::RemoteConfigure, change).body(body::configuration),
            // Neither does it delete one here.
            delete(Action::Disabled, unknown_route),
        ],
    );
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<RemoteConfig>>> {
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| mirrored::list(tx, &seen, page.0))
        .await?;
    let found = found.map(|source| RemoteConfig::new(source, &mount));
    Ok(Json(Paged::new(found, &mount, &params)))
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    id: Path<Uuid>,
) -> Answer<Json<RemoteConfig>> {
    let found = app.read(move |tx| mirrored::get(tx, &permit, *id)).await?;
    Ok(Json(RemoteConfig::new(found, &mount)))
}

async fn show_of_distribution(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    base_path: BasePath,
) -> Answer<Json<RemoteConfig>> {
    let permit = permit.into_inner();
    let id = behind(&app, &permit, base_path).await?;
    let found = app.read(move |tx| mirrored::get(tx, &permit, id)).await?;
    Ok(Json(RemoteConfig::new(found, &mount)))
}

async fn configure_of_distribution(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    base_path: BasePath,
    body: Body,
) -> Answer<Json<RemoteConfig>> {
    let permit = permit.into_inner();
    let id = behind(&app, &permit, base_path).await?;
    configure((app, permit, mount), id, body, whole).await
}

/// The remote of what a base path serves.
async fn behind(app: &App, permit: &Permit, base_path: BasePath) -> Result<Uuid> {
    let permit = permit.clone();
    app.read(move |tx| {
        let served = distributions::visible(tx, &permit, &base_path.0)?;
        mirrored::remote_of(tx, served.repository, &base_path.0)
    })
    .await
}

async fn replace(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    id: Path<Uuid>,
    body: Body,
) -> Answer<Json<RemoteConfig>> {
    configure((app, permit.into_inner(), mount), *id, body, whole).await
}

async fn change(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    id: Path<Uuid>,
    body: Body,
) -> Answer<Json<RemoteConfig>> {
    configure(
        (app, permit.into_inner(), mount),
        *id,
        body,
        body::configuration,
    )
    .await
}

/// All of a remote: the address must be there.
fn whole(body: &mut Body) -> Result<Draft> {
    if !body.has("url") {
        body.fault("url", "required", "This field is required.");
    }
    body::configuration(body)
}

/// Changes what is sent.
async fn configure(
    (app, permit, mount): (Data<App>, Permit, Mount),
    id: Uuid,
    mut body: Body,
    read: fn(&mut Body) -> Result<Draft>,
) -> Answer<Json<RemoteConfig>> {
    let asker = permit.clone();
    // That it is missing, or not the caller's, is told before what is wrong with the body.
    app.read(move |tx| edit::changeable(tx, &asker, id)).await?;
    let draft = read(&mut body)?;
    let changed = app
        .write(move |tx| {
            let remote = edit::configure(tx, &permit, id, &draft)?;
            mirrored::source(tx, &permit, remote)
        })
        .await?;
    Ok(Json(RemoteConfig::new(changed, &mount)))
}
