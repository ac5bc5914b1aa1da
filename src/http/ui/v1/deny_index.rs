//! What machines should not learn from (contract 04 §4.5). None of it is there unless a setting says so.
//!
//! There are no standalone roles here, so of the two scopes of the reference nothing is ever in `legacy_namespace`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Serialize;
use utoipa::ToSchema;

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
    r.api(
        "/_ui/v1/ai_deny_index/",
        [get(Action::DenyIndexRead, list).query(filter)],
    );
    r.api(
        "/_ui/v1/ai_deny_index/{scope}/",
        [post(Action::DenyIndexAdd, add)
            .creates::<Denial>()
            .body(reference)],
    );
    r.api(
        "/_ui/v1/ai_deny_index/{scope}/{reference}/",
        [delete(Action::DenyIndexRemove, remove).empty(StatusCode::NO_CONTENT)],
    );
}

/// The scope of namespaces of collections.
const NAMESPACES: &str = "namespace";
/// The scope of namespaces of standalone roles.
const ROLES: &str = "legacy_namespace";

#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
struct Denials {
    results: Vec<Denial>,
    count: usize,
}

/// The scope and the name that are wanted.
fn filter(params: &Params) -> (Option<String>, Option<String>) {
    let text = |name| params.last(name).map(str::to_owned);
    (text("scope"), text("reference"))
}

async fn list(app: Data<App>, params: Params) -> Answer<Json<Denials>> {
    there(&app)?;
    let (scope, reference) = filter(&params);
    let is_meant = |wanted: &Option<String>, value: &str| {
        wanted
            .as_deref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let mut names = app.read(deny_index::list).await?;
    names.retain(|name| is_meant(&scope, NAMESPACES) && is_meant(&reference, name));
    Ok(Json(Denials {
        count: names.len(),
        results: names.into_iter().map(Denial::of).collect(),
    }))
}

/// The name of what is added.
fn reference(body: &mut Body) -> Result<String> {
    let name = body.filled_text("reference");
    body.check()?;
    Ok(name)
}

async fn add(
    app: Data<App>,
    permit: ReqData<Permit>,
    scope: Path<String>,
    mut body: Body,
) -> Answer<HttpResponse> {
    there(&app)?;
    let name = reference(&mut body)?;
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
