//! Deprecating and deleting collections (contract 02, COL-4, COL-5, COL-8). Their routes are those of
//! [`super::collections`] and [`super::versions`].

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Path;
use serde::Deserialize;

use crate::domain::collections::retire;
use crate::domain::collections::retire::Name;
use crate::domain::tasks::queue::Begun;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::place::Place;
use crate::http::kit::started;
use crate::kernel::error::Result;
use crate::state::App;

/// The parts of a collection's path; what else a pattern holds is not looked at.
#[derive(Deserialize)]
pub(super) struct CollectionPath {
    namespace: String,
    name: String,
}

/// The same of one of its versions.
#[derive(Deserialize)]
pub(super) struct VersionPath {
    namespace: String,
    name: String,
    version: String,
}

/// `{"deprecated": bool}`; an empty body changes nothing, and is answered alike.
pub(super) async fn deprecate(
    app: Data<App>,
    place: Place,
    asking: Asking,
    mount: Mount,
    path: Path<CollectionPath>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let CollectionPath { namespace, name } = path.into_inner();
    let wanted = Name { namespace, name };
    let checked = wanted.clone();
    // That it is missing, or not the caller's, is told before what is wrong with the body.
    let place = place
        .checked(move |tx, permit, served| retire::check_deprecation(tx, permit, served, &checked))
        .await?;
    let deprecated = read(&mut body)?;
    let begun = place
        .write(move |tx, served| {
            let asked = asking.task("pulpcore.app.tasks.repository.add_and_remove");
            retire::deprecate(tx, asked, served, &wanted, deprecated)
        })
        .await?;
    Ok(accepted(&app, &mount, begun).await)
}

/// Whether the collection shall be deprecated.
pub(super) fn read(body: &mut Body) -> Result<Option<bool>> {
    if body.is_null("deprecated") {
        body.fault("deprecated", "null", "This field may not be null.");
    }
    let deprecated = body.boolean("deprecated");
    body.check()?;
    Ok(deprecated)
}

pub(super) async fn delete_collection(
    app: Data<App>,
    place: Place,
    asking: Asking,
    mount: Mount,
    path: Path<CollectionPath>,
) -> Answer<HttpResponse> {
    let CollectionPath { namespace, name } = path.into_inner();
    let wanted = Name { namespace, name };
    let begun = place
        .write(move |tx, served| {
            let asked = asking.task("pulp_ansible.app.tasks.deletion.delete_collection");
            retire::delete_collection(tx, asked, served, &wanted)
        })
        .await?;
    Ok(accepted(&app, &mount, begun).await)
}

pub(super) async fn delete_version(
    app: Data<App>,
    place: Place,
    asking: Asking,
    mount: Mount,
    path: Path<VersionPath>,
) -> Answer<HttpResponse> {
    let VersionPath {
        namespace,
        name,
        version,
    } = path.into_inner();
    let wanted = Name { namespace, name };
    let begun = place
        .write(move |tx, served| {
            let asked = asking.task("pulp_ansible.app.tasks.deletion.delete_collection_version");
            retire::delete_version(tx, asked, served, (&wanted, &version))
        })
        .await?;
    Ok(accepted(&app, &mount, begun).await)
}

async fn accepted(app: &App, mount: &Mount, begun: Begun) -> HttpResponse {
    started::answer(app, begun, href::pulp_task(mount, begun.uuid)).await
}
