//! What machines should not learn from (contract 04 §4.5). None of it is there unless a setting says so.
//!
//! There are no standalone roles here, so of the two scopes of the reference nothing is ever in `legacy_namespace`.

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Serialize;

use crate::domain::namespaces::deny_index;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api("/_ui/v1/ai_deny_index/", [get(Action::DenyIndexRead, list)]);
    r.api(
        "/_ui/v1/ai_deny_index/{scope}/",
        [post(Action::DenyIndexAdd, add)],
    );
    r.api(
        "/_ui/v1/ai_deny_index/{scope}/{reference}/",
        [delete(Action::DenyIndexRemove, remove)],
    );
}

/// The scope of namespaces of collections.
const NAMESPACES: &str = "namespace";
/// The scope of namespaces of standalone roles.
const ROLES: &str = "legacy_namespace";

#[derive(Serialize)]
struct Denial {
    scope: &'static str,
    reference: String,
}

impl Denial {
    fn of(reference: String) -> Self {
        Self {
            scope: NAMESPACES,
            reference,
        }
    }
}

/// All at once: this list has no pages.
#[derive(Serialize)]
struct Denials {
    results: Vec<Denial>,
    count: usize,
}

async fn list(app: Data<App>, params: Params) -> Answer<Json<Denials>> {
    there(&app)?;
    let is_meant = |param: &str, value: &str| {
        params
            .last(param)
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let mut names = app.read(deny_index::list).await?;
    names.retain(|name| is_meant("scope", NAMESPACES) && is_meant("reference", name));
    Ok(Json(Denials {
        count: names.len(),
        results: names.into_iter().map(Denial::of).collect(),
    }))
}

async fn add(
    app: Data<App>,
    permit: ReqData<Permit>,
    scope: Path<String>,
    mut body: Body,
) -> Answer<HttpResponse> {
    there(&app)?;
    let name = body.filled_text("reference");
    body.check()?;
    check(&scope)?;
    let permit = permit.into_inner();
    let denied = name.clone();
    app.write(move |tx| deny_index::add(tx, &permit, &denied))
        .await?;
    Ok(HttpResponse::Created().json(Denial::of(name)))
}

async fn remove(
    app: Data<App>,
    permit: ReqData<Permit>,
    path: Path<(String, String)>,
) -> Answer<HttpResponse> {
    there(&app)?;
    let (scope, name) = path.into_inner();
    check(&scope)?;
    let permit = permit.into_inner();
    app.write(move |tx| deny_index::remove(tx, &permit, &name))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Fails if the index is off.
fn there(app: &App) -> Result<()> {
    match app.config.publishing.ai_deny_index {
        true => Ok(()),
        false => Err(Error::NotFound(Noun::Route)),
    }
}

/// Fails for a scope in which there is nothing.
fn check(scope: &str) -> Result<()> {
    match scope {
        NAMESPACES => Ok(()),
        ROLES => {
            let message = "There are no standalone roles here.";
            Err(Error::invalid("reference", "invalid", message))
        }
        _ => {
            let message = format!("\"{scope}\" is not a valid choice.");
            Err(Error::invalid("scope", "invalid_choice", message))
        }
    }
}
