//! What versions there are, and what of the reference stands empty here (contract 04 §4.1).

use actix_web::HttpResponse;
use actix_web::web::Json;
use serde::Serialize;

use crate::http::kit::failure::Answer;
use crate::http::kit::failure::Failure;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::kernel::error::Error;
use crate::kernel::page::Page;
use crate::policy::action::Action;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api("/_ui/", [get(Action::InterfaceDiscover, show)]);
    r.api(
        "/_ui/v1/landing-page/",
        [get(Action::Disabled, landing_page)],
    );
    r.api(
        "/_ui/v1/controllers/",
        [get(Action::ControllerList, controllers)],
    );
}

#[derive(Serialize)]
struct Discovery {
    current_version: &'static str,
    available_versions: Versions,
}

#[derive(Serialize)]
struct Versions {
    v1: &'static str,
}

async fn show() -> Json<Discovery> {
    Json(Discovery {
        current_version: "v1",
        available_versions: Versions { v1: "v1/" },
    })
}

/// The cloud's; its action lets nobody in, so this is not reached.
async fn landing_page() -> Answer<HttpResponse> {
    Err(Failure(Error::Forbidden))
}

/// An automation controller that uses a hub.
#[derive(Serialize)]
struct Controller {
    host: String,
}

/// The reference lists those that a setting of its names; there is no such setting here.
async fn controllers(mount: Mount, params: Params) -> Json<Paged<Controller>> {
    let none = Page {
        total: 0,
        items: Vec::new(),
    };
    Json(Paged::new(none, &mount, &params))
}
