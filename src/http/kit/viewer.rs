//! From the `Authorization` header, or a session's cookie, to a viewer (contract 01 §1.3).

use std::sync::Arc;

use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::domain::accounts::signing_in::authenticate;
use crate::domain::accounts::signing_in::uses::GRAIN;
use crate::http::kit::attempt;
use crate::http::kit::cookie;
use crate::http::kit::cookie::Prolonged;
use crate::http::kit::cookie::Stale;
use crate::http::kit::csrf;
use crate::http::kit::origin;
use crate::kernel::error::Credentials;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::SessionId;
use crate::policy::principal::Account;
use crate::policy::principal::Viewer;
use crate::state::App;

/// Beside a request that a session's cookie was sent with: that session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current(pub SessionId);

/// Who sent the request. Wrong credentials are refused, even where strangers are welcome;
/// schemes this server does not know, and unknown `Bearer` values, leave the caller a stranger.
///
/// A header wins over a cookie: it was sent on purpose.
pub async fn resolve(app: &App, request: &HttpRequest) -> Result<Viewer> {
    let found = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => by_header(app, request, value).await?,
        None => by_cookie(app, request).await?,
    };
    Ok(found.map_or(Viewer::Anonymous, Viewer::User))
}

async fn by_header(
    app: &App,
    request: &HttpRequest,
    value: &header::HeaderValue,
) -> Result<Option<Account>> {
    let value = value
        .to_str()
        .map_err(|_bytes| refused("Invalid authorization header."))?;
    let (scheme, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
    match scheme.to_ascii_lowercase().as_str() {
        "token" => match by_token(app, rest.trim()).await? {
            None => {
                app.attempts
                    .unknown_token(origin::address(app, request), app.clock.now())?;
                Err(refused("Invalid token."))
            }
            found => Ok(found),
        },
        "bearer" => match by_token(app, rest.trim()).await {
            Err(Error::Unauthenticated(_)) => Ok(None),
            found => found,
        },
        "basic" => by_password(app, request, rest.trim()).await.map(Some),
        _ => Ok(None),
    }
}

/// A cookie that stands for no session leaves the caller a stranger, and is cleared. One that does may change things
/// only from our own pages.
async fn by_cookie(app: &App, request: &HttpRequest) -> Result<Option<Account>> {
    let Some(cookie) = cookie::read(request, cookie::SESSION) else {
        return Ok(None);
    };
    let (cookie, now) = (cookie.to_owned(), app.clock.now());
    let (grants, uses) = (Arc::clone(&app.grants), Arc::clone(&app.uses));
    let found = app
        .read(move |tx| authenticate::by_session(tx, &grants, &uses, &cookie, now))
        .await?;
    let Some((account, session)) = found else {
        request.extensions_mut().insert(Stale);
        return Ok(None);
    };
    csrf::check(app, request)?;
    request.extensions_mut().insert(Current(session.id));
    if app.sliding().is_some() && session.slides && session.used_at.after(GRAIN) <= now {
        request.extensions_mut().insert(Prolonged);
    }
    Ok(Some(account))
}

async fn by_token(app: &App, token: &str) -> Result<Option<Account>> {
    if token.is_empty() {
        return Err(refused("Invalid token header. No credentials provided."));
    }
    if token.contains(char::is_whitespace) {
        return Err(refused(
            "Invalid token header. Token string should not contain spaces.",
        ));
    }
    let (token, now, lifetime) = (token.to_owned(), app.clock.now(), app.token_lifetime());
    let (grants, uses) = (Arc::clone(&app.grants), Arc::clone(&app.uses));
    app.read(move |tx| authenticate::by_token(tx, &grants, &uses, &token, now, lifetime))
        .await
}

async fn by_password(app: &App, request: &HttpRequest, encoded: &str) -> Result<Account> {
    if encoded.is_empty() {
        return Err(refused("Invalid basic header. No credentials provided."));
    }
    let decoded = BASE64_STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((username, password)) = decoded.as_deref().and_then(|text| text.split_once(':'))
    else {
        return Err(refused(
            "Invalid basic header. Credentials not correctly base64 encoded.",
        ));
    };
    let (name, password) = (username.to_owned(), password.to_owned());
    let (db, verified) = (Arc::clone(&app.db), Arc::clone(&app.verified));
    let grants = Arc::clone(&app.grants);
    let compare = move || authenticate::by_password(&db, &verified, &grants, &name, &password);
    attempt::check(app, request, username, compare)
        .await?
        .ok_or_else(|| refused("Invalid username/password."))
}

fn refused(why: &'static str) -> Error {
    Error::Unauthenticated(Credentials::Refused(why))
}
