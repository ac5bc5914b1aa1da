//! Changing what is in repositories (contract 03, REP-7, REP-10, REP-11).

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Path;
use uuid::Uuid;

use crate::domain::collections::modify;
use crate::domain::collections::modify::Unknown;
use crate::domain::collections::modify::Wanted;
use crate::domain::collections::transfer;
use crate::domain::collections::transfer::ById;
use crate::domain::repositories::queries;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::post;
use crate::http::kit::started;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    let repository = "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}";
    r.api(
        &format!("{repository}/modify/"),
        [post(Action::RepositoryModify, change).starts().body(units)],
    );
    r.api(
        &format!("{repository}/copy_collection_version/"),
        [post(Action::RepositoryTransfer, copy)
            .starts()
            .body(|body| destinations(body, (false, false)))],
    );
    r.api(
        &format!("{repository}/move_collection_version/"),
        [post(Action::RepositoryTransfer, relocate)
            .starts()
            .body(|body| destinations(body, (true, false)))],
    );
}

/// Most contents named in one request.
const UNITS_MAX: usize = 10_000;

async fn change(
    app: Data<App>,
    mount: Mount,
    asking: Asking,
    id: Path<Uuid>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let (asker, id) = (asking.clone(), id.into_inner());
    // That the repository is missing, or not the caller's, is told before what is wrong with the body.
    app.read(move |tx| queries::changeable(tx, asker.permit(), id))
        .await?;
    let wanted = units(&mut body)?;
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulpcore.app.tasks.repository.add_and_remove");
            modify::begin(tx, asked, id, &wanted)
        })
        .await?
        .map_err(|unknown| missing(&unknown, &mount))?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}

/// What a body says that a repository should hold.
fn units(body: &mut Body) -> Result<Wanted> {
    let fits = body.at_most("add_content_units", UNITS_MAX)
        && body.at_most("remove_content_units", UNITS_MAX);
    if !fits {
        body.check()?;
    }
    let removed = body.texts("remove_content_units").unwrap_or_default();
    let remove_all = removed.iter().any(|unit| unit == "*");
    if remove_all && removed.len() > 1 {
        let message = "Cannot supply content units and '*'.";
        body.fault("remove_content_units", "invalid", message);
    }
    let remove = match remove_all {
        true => Vec::new(),
        false => body.some_links("remove_content_units", href::content::parse_content),
    };
    let add = body.some_links("add_content_units", href::content::parse_content);
    let base = body.link("base_version", href::parse_repository_version);
    let overwrite = body.boolean("overwrite").unwrap_or(true);
    body.check()?;
    Ok(Wanted {
        base: base.flatten(),
        remove_all,
        remove,
        add,
        overwrite,
    })
}

/// The reference names what it did not find as the caller did, in the form of a list of its own language.
fn missing(unknown: &Unknown, mount: &Mount) -> Error {
    let paths: Vec<String> = unknown
        .contents
        .iter()
        .map(|uuid| format!("'{}'", href::collection_version(mount, *uuid)))
        .collect();
    let message = format!(
        "Could not find the following content units: [{}]",
        paths.join(", ")
    );
    let blame = Blame::Field(unknown.field.into());
    Error::Invalid(vec![Fault::of(blame, "does_not_exist", message)])
}

async fn copy(
    app: Data<App>,
    mount: Mount,
    asking: Asking,
    id: Path<Uuid>,
    body: Body,
) -> Answer<HttpResponse> {
    send(app, mount, (asking, *id), body, false).await
}

async fn relocate(
    app: Data<App>,
    mount: Mount,
    asking: Asking,
    id: Path<Uuid>,
    body: Body,
) -> Answer<HttpResponse> {
    send(app, mount, (asking, *id), body, true).await
}

async fn send(
    app: Data<App>,
    mount: Mount,
    (asking, id): (Asking, Uuid),
    mut body: Body,
    leave: bool,
) -> Answer<HttpResponse> {
    let asker = asking.clone();
    app.read(move |tx| queries::changeable(tx, asker.permit(), id))
        .await?;
    let signed = app.config.publishing.require_signature_for_approval;
    let wanted = destinations(&mut body, (leave, signed))?;
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulp_ansible.app.tasks.copy.copy_or_move_and_sign");
            transfer::by_id(tx, asked, id, &wanted)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}

/// Which versions go where, whether they `leave` where they are, and whether only what is `signed` may be approved.
/// Nothing signs here, so a signing service that is named is not there.
fn destinations(body: &mut Body, (leave, signed): (bool, bool)) -> Result<ById> {
    let fits = body.at_most("collection_versions", UNITS_MAX)
        && body.at_most("destination_repositories", UNITS_MAX);
    if !fits {
        body.check()?;
    }
    let versions = body.links("collection_versions", href::content::parse_content);
    let to = body.links("destination_repositories", href::content::parse_repository);
    if body.nullable_text("signing_service").flatten().is_some() {
        let message = "Invalid hyperlink - Object does not exist.";
        body.fault("signing_service", "does_not_exist", message);
    }
    body.check()?;
    Ok(ById {
        versions,
        to,
        leave,
        signed,
    })
}
