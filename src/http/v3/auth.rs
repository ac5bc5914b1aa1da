//! The API token of the caller (contract 02 §2.8).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::tokens;
use crate::domain::audit;
use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::post;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/v3/auth/token/",
        [
            post(Action::TokenCreate, create),
            delete(Action::TokenDelete, remove).empty(StatusCode::NO_CONTENT),
        ],
    );
}

#[derive(Serialize, ToSchema)]
#[schema(as = v3::auth::Token)]
struct Token {
    token: String,
}

/// A new token; the one before it is dead when this answers.
async fn create(app: Data<App>, permit: ReqData<Permit>) -> Answer<Json<Token>> {
    let permit = permit.into_inner();
    let token = app
        .write(move |tx| {
            let account = permit.account()?;
            tokens::revoke(tx, account.id, tokens::ONLY)?;
            audit::record(tx, &permit, format!("token of {}", account.username))?;
            tokens::create(tx, account.id, tokens::ONLY)
        })
        .await?;
    Ok(Json(Token { token }))
}

/// Ends the token, if there is one.
async fn remove(app: Data<App>, permit: ReqData<Permit>) -> Answer<HttpResponse> {
    let permit = permit.into_inner();
    app.write(move |tx| {
        let account = permit.account()?;
        tokens::revoke(tx, account.id, tokens::ONLY)?;
        audit::record(tx, &permit, format!("token of {}", account.username))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
