//! From the `Authorization` header to a viewer (contract 01 §1.3).

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;
use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::domain::accounts::authenticate;
use crate::kernel::error::Credentials;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::principal::Viewer;
use crate::state::App;
use crate::state::blocking;

/// Who sent the request. Wrong credentials are refused, even where strangers are welcome;
/// schemes this server does not know, and unknown `Bearer` values, leave the caller a stranger.
pub async fn resolve(app: &App, request: &HttpRequest) -> Result<Viewer> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(Viewer::Anonymous);
    };
    let value = value
        .to_str()
        .map_err(|_bytes| refused("Invalid authorization header."))?;
    let (scheme, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
    match scheme.to_ascii_lowercase().as_str() {
        "token" => by_token(app, rest.trim())
            .await?
            .ok_or_else(|| refused("Invalid token.")),
        "bearer" => match by_token(app, rest.trim()).await {
            Ok(viewer) => Ok(viewer.unwrap_or(Viewer::Anonymous)),
            Err(Error::Unauthenticated(_)) => Ok(Viewer::Anonymous),
            Err(error) => Err(error),
        },
        "basic" => by_password(app, rest.trim()).await,
        _ => Ok(Viewer::Anonymous),
    }
}

async fn by_token(app: &App, token: &str) -> Result<Option<Viewer>> {
    if token.is_empty() {
        return Err(refused("Invalid token header. No credentials provided."));
    }
    if token.contains(char::is_whitespace) {
        return Err(refused(
            "Invalid token header. Token string should not contain spaces.",
        ));
    }
    let (token, now, lifetime) = (token.to_owned(), app.clock.now(), app.token_lifetime());
    let grants = Arc::clone(&app.grants);
    app.read(move |tx| authenticate::by_token(tx, &grants, &token, now, lifetime))
        .await
}

async fn by_password(app: &App, encoded: &str) -> Result<Viewer> {
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
    let (username, password) = (username.to_owned(), password.to_owned());
    let _turn = app
        .password_turns
        .acquire()
        .await
        .context("the server is going down")?;
    let (db, verified) = (Arc::clone(&app.db), Arc::clone(&app.verified));
    let grants = Arc::clone(&app.grants);
    blocking(move || authenticate::by_password(&db, &verified, &grants, &username, &password)).await
}

fn refused(why: &'static str) -> Error {
    Error::Unauthenticated(Credentials::Refused(why))
}
