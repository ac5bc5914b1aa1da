//! The settings and features that clients adapt to (contract 04 §4.1).

use actix_web::web::Data;
use actix_web::web::Json;

use crate::http::kit::origin::Origin;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::ui::v1::shapes::settings::Flags;
use crate::http::ui::v1::shapes::settings::Settings;
use crate::policy::action::Action;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api("/_ui/v1/settings/", [get(Action::SettingsRead, show)]);
    r.api("/_ui/v1/feature-flags/", [get(Action::SettingsRead, flags)]);
}

async fn show(app: Data<App>, origin: Origin) -> Json<Settings> {
    Json(Settings::new(&app.config, origin))
}

async fn flags(app: Data<App>) -> Json<Flags> {
    Json(Flags::of(&app.config))
}
