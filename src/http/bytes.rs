//! The bytes of artifacts, behind links this server signed (contract 02, ART-1).
//!
//! No credentials are looked at: clients do not send them across the redirect that leads here.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Path;

use crate::content;
use crate::domain::collections::artifacts;
use crate::domain::repositories::distributions;
use crate::http::kit::download;
use crate::http::kit::failure::Answer;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::signed_link;
use crate::policy::action::Action;
use crate::state::App;
use crate::state::blocking;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.path(
        "/pulp/content/{base_path:.+}/{file:[^/]+\\.tar\\.gz}",
        [get(Action::ArtifactRead, read)],
    );
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
        return Ok(HttpResponse::build(StatusCode::FORBIDDEN)
            .content_type("text/plain; charset=utf-8")
            .body("403: Access not authenticated"));
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
    Ok(download::respond(&request, bytes, &digest)?)
}
