//! The bytes of artifacts and logos, behind links this server signed (contract 02, ART-1).
//!
//! No credentials are looked at: clients do not send them across the redirect that leads here.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::web::Path;
use uuid::Uuid;

use crate::content;
use crate::domain::collections::artifacts;
use crate::domain::collections::namespaces::avatar;
use crate::domain::repositories::distributions;
use crate::http::href;
use crate::http::kit::download;
use crate::http::kit::failure::Answer;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::signed_link;
use crate::http::kit::signed_link::AVATARS;
use crate::policy::action::Action;
use crate::state::App;
use crate::state::blocking;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.path(
        "/pulp/content/{base_path:.+}/{file:[^/]+\\.tar\\.gz}",
        [get(Action::ArtifactRead, read).query(|params| signed_link::seal(params).is_some())],
    );
    r.path(
        &format!("{}{{id:[0-9a-f-]{{36}}}}/", href::AVATARS),
        [get(Action::ArtifactRead, read_avatar)
            .query(|params| signed_link::seal(params).is_some())],
    );
}

fn refuse() -> HttpResponse {
    HttpResponse::build(StatusCode::FORBIDDEN)
        .content_type("text/plain; charset=utf-8")
        .body("403: Access not authenticated")
}

async fn read(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, String)>,
    params: Params,
) -> Answer<HttpResponse> {
    let (base_path, file) = path.into_inner();
    if !signed_link::is_valid(
        &app.signing_key(),
        &base_path,
        &file,
        &params,
        app.clock.now(),
    ) {
        return Ok(refuse());
    }
    let open = {
        let app = app.clone();
        move || {
            let artifact = app.db.read(|tx| {
                let served = distributions::find(tx, &base_path)?;
                artifacts::find(tx, served.repository, &file)
            })?;
            let bytes = app
                .store
                .open_blob(&artifact.sha256)
                .map_err(content::storage)?;
            Ok((bytes, artifact.sha256))
        }
    };
    let (bytes, digest) = blocking(open).await?;
    Ok(download::respond(
        &request,
        bytes,
        &digest,
        download::ARTIFACT,
    )?)
}

/// What a browser may do with an image that it opens by itself: show it. An SVG can hold scripts.
const HARMLESS: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

async fn read_avatar(
    app: Data<App>,
    request: HttpRequest,
    id: Path<Uuid>,
    params: Params,
) -> Answer<HttpResponse> {
    let unit = *id;
    let (key, now) = (app.signing_key(), app.clock.now());
    if !signed_link::is_valid(&key, AVATARS, &unit.to_string(), &params, now) {
        return Ok(refuse());
    }
    let open = {
        let app = app.clone();
        move || {
            let avatar = app.db.read(|tx| avatar::find(tx, unit))?;
            let bytes = app.store.open_blob(&avatar.sha256);
            Ok((bytes.map_err(content::storage)?, avatar))
        }
    };
    let (bytes, avatar) = blocking(open).await?;
    let mut response = download::respond(&request, bytes, &avatar.sha256, &avatar.media_type)?;
    let headers = response.headers_mut();
    let harmless = HeaderValue::from_static(HARMLESS);
    headers.insert(header::CONTENT_SECURITY_POLICY, harmless);
    // Another image has another unit, and so another link.
    let for_ever = HeaderValue::from_static("private, max-age=3600, immutable");
    headers.insert(header::CACHE_CONTROL, for_ever);
    Ok(response)
}
