//! Signing in with a form and out again (contract 04, UI-2 to UI-4), and where one is signed in.

use actix_web::http::StatusCode;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::HttpResponseBuilder;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::signing_in::by_form;
use crate::domain::accounts::signing_in::by_form::Form;
use crate::domain::accounts::signing_in::sessions;
use crate::domain::accounts::signing_in::sessions::Browser;
use crate::domain::accounts::signing_in::sessions::Lifetime;
use crate::domain::accounts::signing_in::sessions::Listed;
use crate::domain::audit;
use crate::http::kit::attempt;
use crate::http::kit::body::Body;
use crate::http::kit::cookie;
use crate::http::kit::csrf;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::kit::viewer::Current;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::ids::SessionId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::principal::Via;
use crate::state::App;

/// The routes of this file. An id that is no number is no route.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/auth/login/",
        [
            get(Action::SessionStart, prepare).empty(StatusCode::NO_CONTENT),
            post(Action::SessionStart, login)
                .empty(StatusCode::NO_CONTENT)
                .body(credentials),
        ],
    );
    r.api(
        "/_ui/v1/auth/logout/",
        [post(Action::SessionEnd, logout).empty(StatusCode::NO_CONTENT)],
    );
    r.api("/_ui/v1/auth/sessions/", [get(Action::SessionList, list)]);
    r.api(
        "/_ui/v1/auth/sessions/{id:[0-9]{1,18}}/",
        [delete(Action::SessionRevoke, revoke).empty(StatusCode::NO_CONTENT)],
    );
}

/// An answer that belongs to one browser at one time.
fn done() -> HttpResponseBuilder {
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"));
    response
}

/// Gives the browser the token that the form must send back; one it has is prolonged.
async fn prepare(app: Data<App>, request: HttpRequest) -> Answer<HttpResponse> {
    let token = match csrf::sent(&request) {
        Some(token) => token.to_owned(),
        None => csrf::generate()?,
    };
    let mut response = done();
    if let Some(cookie) = cookie::csrf(&app, &request, &token) {
        response.append_header((header::SET_COOKIE, cookie));
    }
    Ok(response.finish())
}

/// The username and the password of a form.
fn credentials(body: &mut Body) -> Result<(String, String)> {
    let username = body.filled_text("username");
    let password = body.filled_secret("password");
    body.check()?;
    Ok((username, password))
}

/// Opens a session; both cookies are new ones.
async fn login(app: Data<App>, request: HttpRequest, mut body: Body) -> Answer<HttpResponse> {
    let (username, password) = credentials(&mut body)?;
    let user_agent = request.headers().get(header::USER_AGENT);
    let form = Form {
        username: username.clone(),
        password,
        browser: Browser {
            address: origin::address(&app, &request),
            user_agent: user_agent.map_or(String::new(), |text| {
                String::from_utf8_lossy(text.as_bytes()).into_owned()
            }),
        },
        before: cookie::read(&request, cookie::SESSION).map(str::to_owned),
    };
    let sign_in = {
        let app = Arc::clone(&app);
        let lifetime = Lifetime {
            length: app.config.access.session_age,
            slides: true,
        };
        move || by_form::sign_in(&app.db, &app.verified, &app.grants, &form, lifetime)
    };
    let Some(session) = attempt::check(&app, &request, &username, sign_in).await? else {
        // The reference has no body here.
        return Ok(HttpResponse::Forbidden().finish());
    };
    let mut response = done();
    let (age, token) = (app.config.access.session_age, csrf::generate()?);
    for cookie in cookie::begun(&app, &request, &session, age, &token) {
        response.append_header((header::SET_COOKIE, cookie));
    }
    Ok(response.finish())
}

/// Whoever is not signed in is out already.
async fn logout(
    app: Data<App>,
    permit: ReqData<Permit>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let permit = permit.into_inner();
    let is_session = permit
        .viewer()
        .account()
        .is_some_and(|account| account.via == Via::Session);
    let mut response = HttpResponse::NoContent();
    if is_session && let Some(cookie) = cookie::read(&request, cookie::SESSION) {
        let cookie = cookie.to_owned();
        app.write(move |tx| by_form::sign_out(tx, &permit, &cookie))
            .await?;
        response.append_header((header::SET_COOKIE, cookie::cleared()));
    }
    Ok(response.finish())
}

/// A session as its user sees it.
#[derive(Serialize, ToSchema)]
struct Session {
    id: SessionId,
    address: String,
    browser: String,
    created_at: Timestamp,
    used_at: Timestamp,
    expires_at: Timestamp,
    /// Whether it is the one that asks.
    is_current: bool,
}

impl Session {
    fn new(listed: Listed, current: Option<SessionId>) -> Self {
        Self {
            is_current: current == Some(listed.id),
            id: listed.id,
            address: listed.address,
            browser: listed.user_agent,
            created_at: listed.created_at,
            used_at: listed.used_at,
            expires_at: listed.expires_at,
        }
    }
}

async fn list(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    current: Option<ReqData<Current>>,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<Session>>> {
    let (user, now) = (permit.account()?.id, app.clock.now());
    let found = app
        .read(move |tx| sessions::list(tx, user, now, page.0))
        .await?;
    let current = current.map(|current| current.into_inner().0);
    let found = found.map(|listed| Session::new(listed, current));
    Ok(Json(Paged::new(found, &mount, &params)))
}

async fn revoke(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<SessionId>,
) -> Answer<HttpResponse> {
    let (permit, id) = (permit.into_inner(), id.into_inner());
    app.write(move |tx| {
        let account = permit.account()?;
        sessions::revoke(tx, account.id, id)?;
        audit::record(tx, &permit, format!("session of {}", account.username))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
