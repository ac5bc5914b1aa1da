//! Oneself (contract 04 §4.1).

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;

use crate::domain::accounts::users::change::Change;
use crate::domain::accounts::users::profiles;
use crate::http::kit::accounts;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::put;
use crate::http::ui::v1::shapes::users::Me;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::principal::Viewer;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/me/",
        [
            get(Action::MeRead, show),
            put(Action::MeUpdate, change).body(read),
        ],
    );
}

async fn show(app: Data<App>, permit: ReqData<Permit>) -> Answer<Json<Me>> {
    let Viewer::User(account) = permit.viewer() else {
        return Ok(Json(Me::stranger()));
    };
    let id = account.id;
    let profile = app.read(move |tx| profiles::get(tx, id)).await?;
    Ok(Json(Me::user(profile, &account.grants)))
}

/// What the body says of oneself; what is wrong with it is noted there.
fn read(body: &mut Body) -> Change {
    let mut change = accounts::change(body);
    change.is_superuser = body.boolean("is_superuser");
    accounts::refuse_null(body, &["password", "is_superuser"]);
    accounts::require_username(body);
    change
}

/// Changes what is sent, except the groups: nobody puts themselves into one.
async fn change(app: Data<App>, permit: ReqData<Permit>, mut body: Body) -> Answer<Json<Me>> {
    let permit = permit.into_inner();
    let id = permit.account()?.id;
    let change = read(&mut body);
    body.check()?;
    let profile = accounts::update(&app, permit, id, change).await?;
    // A superuser may just have given that up.
    let (grants, is_superuser) = (Arc::clone(&app.grants), profile.is_superuser);
    let grants = app.read(move |tx| grants.of(tx, id, is_superuser)).await?;
    Ok(Json(Me::user(profile, &grants)))
}
