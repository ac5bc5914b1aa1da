//! Oneself (contract 04, V2-12).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;

use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::ui::v2::shapes::users::UserShape;
use crate::http::ui::v2::users;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api("/_ui/v2/me/", [get(Action::PlatformRead, show)]);
}

async fn show(app: Data<App>, permit: ReqData<Permit>) -> Answer<Json<UserShape>> {
    let id = permit.account()?.id;
    Ok(Json(users::shown(&app, id).await?))
}
