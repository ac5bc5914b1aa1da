//! Publishing and downloading artifacts (contract 02 §2.3, §2.4).

use actix_web::http::StatusCode;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Path;
use actix_web::web::Payload;
use actix_web::web::ReqData;
use anyhow::Context;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::content::staging::Staged;
use crate::db::tx::ReadTx;
use crate::domain::collections::artifacts;
use crate::domain::imports::check;
use crate::domain::imports::submit;
use crate::domain::imports::submit::Upload;
use crate::domain::repositories::distributions::Served;
use crate::http::href;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::BasePath;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::params::Params;
use crate::http::kit::place::Place;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::kit::signed_link;
use crate::http::kit::trace::RequestId;
use crate::http::kit::upload;
use crate::http::kit::upload::Received;
use crate::http::kit::wait;
use crate::http::v3::PLUGIN;
use crate::kernel::error::Result;
use crate::observe::metrics;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;
use crate::state::blocking;

/// How long an upload's answer is held back for its import. Most end well within, so that clients
/// which sleep before their first look do not have to look twice.
const PATIENCE: Duration = Duration::from_millis(500);

/// The routes of this file: publishing, and downloading under the canonical and the legacy name.
pub fn routes(r: &mut Routes) {
    let tree = format!("{PLUGIN}/content/{{base_path:.+}}/collections/artifacts/");
    let file = "{file:[^/]+\\.tar\\.gz}";
    for path in ["/v3/artifacts/collections/", &tree] {
        r.api(
            path,
            [post(Action::CollectionUpload, publish)
                .gives::<Accepted>(StatusCode::ACCEPTED)
                // What a dry run found.
                .gives::<Value>(StatusCode::OK)
                .query(is_dry_run)],
        );
    }
    r.api(
        &format!("{tree}{file}"),
        [get(Action::CollectionDownload, download).empty(StatusCode::FOUND)],
    );
    let legacy = format!("/v3/artifacts/collections/{{base_path:.+}}/{file}");
    r.api(
        &legacy,
        [get(Action::CollectionDownload, download).empty(StatusCode::FOUND)],
    );
}

#[derive(Serialize, ToSchema)]
struct Accepted {
    task: String,
}

/// Takes a collection in; the import that this starts says whether it is published.
/// With `?dry_run=true` the answer says so itself, and nothing is stored.
async fn publish(
    app: Data<App>,
    mount: Mount,
    base_path: BasePath,
    permit: ReqData<Permit>,
    params: Params,
    (request_id, request, payload): (ReqData<RequestId>, HttpRequest, Payload),
) -> Answer<HttpResponse> {
    let Received {
        name,
        staged,
        announced,
    } = upload::receive(&app, &request, payload).await?;
    let target = app.publish.target(&base_path.0).to_owned();
    let correlation_id = request_id.into_inner().0;
    let upload = Upload {
        name,
        target: target.clone(),
        announced,
        correlation_id,
    };
    let permit = permit.into_inner();
    // Asked when the body has come: clients send all of it before they look at a refusal.
    if is_dry_run(&params)? {
        return dry_run(app, permit, upload, staged).await;
    }
    let accept = {
        let app = app.clone();
        move || {
            submit::accept(
                (&app.db, &app.store),
                &permit,
                &app.publish,
                &upload,
                staged,
            )
        }
    };
    let (task, uuid) = blocking(accept).await?;
    wait::until_finished(&app, task, PATIENCE).await;
    Ok(HttpResponse::Accepted().json(Accepted {
        task: href::import(&mount, &target, uuid),
    }))
}

fn is_dry_run(params: &Params) -> Result<bool> {
    params.switch("dry_run")
}

/// What would come of publishing: the same door and the same checks, then the log its import would have.
async fn dry_run(
    app: Data<App>,
    permit: Permit,
    upload: Upload,
    staged: Staged,
) -> Answer<HttpResponse> {
    let admit = {
        let app = app.clone();
        move || {
            submit::admit(&app.db, &permit, &app.publish, &upload, &staged)?;
            Ok((upload.name, staged))
        }
    };
    let (name, staged) = blocking(admit).await?;
    let turn = Arc::clone(&app.check_turns).acquire_owned().await;
    let turn = turn.context("the server is going down")?;
    // Lives as long as somebody waits for the answer.
    let asker = Arc::new(());
    let asked = Arc::downgrade(&asker);
    let check = move || {
        let _turn = turn;
        let is_given_up = || asked.strong_count() == 0;
        check::check_upload((&app.db, &app.limits), &name, staged, &is_given_up)
    };
    let findings = blocking(check).await?;
    drop(asker);
    Ok(HttpResponse::Ok().json(findings))
}

#[derive(Deserialize)]
struct ArtifactPath {
    file: String,
}

/// Sends the client on to the bytes, by a link that needs no credentials.
async fn download(
    app: Data<App>,
    place: Place,
    origin: Origin,
    path: Path<ArtifactPath>,
) -> Answer<HttpResponse> {
    let find =
        move |tx: &ReadTx<'_>, served: &Served| artifacts::find(tx, served.repository, &path.file);
    let (Served { base_path, .. }, artifact) = place.read(find).await?;
    metrics::download_attempt();
    if app.config.publishing.collect_download_count {
        app.downloads.count(&artifact.name);
    }
    let file = artifact.name.to_string();
    let signed = signed_link::sign(&app.signing_key(), &base_path, &file, app.clock.now());
    let bytes = href::artifact_bytes(&base_path, &artifact.name);
    let location = format!("{}{bytes}?{signed}", origin.0);
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, location))
        .finish())
}
