//! What versions there are, and what of the reference stands empty here (contract 04, UI-1, UI-9, UI-10, USY-1).

use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::post;
use crate::http::kit::routes::put;
use crate::http::kit::routes::unknown_route;
use crate::kernel::page::Page;
use crate::policy::action::Action;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api("/_ui/", [get(Action::InterfaceDiscover, show)]);
    // The public cloud's.
    r.api(
        "/_ui/v1/landing-page/",
        [get(Action::Disabled, unknown_route)],
    );
    for synclists in ["/_ui/v1/synclists/", "/_ui/v1/my-synclists/"] {
        r.api(
            synclists,
            [
                get(Action::Disabled, unknown_route),
                post(Action::Disabled, unknown_route),
            ],
        );
        r.api(
            &format!("{synclists}{{id}}/"),
            [
                get(Action::Disabled, unknown_route),
                put(Action::Disabled, unknown_route),
                patch(Action::Disabled, unknown_route),
                delete(Action::Disabled, unknown_route),
            ],
        );
    }
    r.api(
        "/_ui/v1/my-synclists/{id}/curate/",
        [post(Action::Disabled, unknown_route)],
    );
    r.api(
        "/_ui/v1/controllers/",
        [get(Action::ControllerList, controllers)],
    );
}

#[derive(Serialize, ToSchema)]
#[schema(as = ui::v1::root::Discovery)]
struct Discovery {
    current_version: &'static str,
    available_versions: Versions,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ui::v1::root::Versions)]
struct Versions {
    v1: &'static str,
}

async fn show() -> Json<Discovery> {
    Json(Discovery {
        current_version: "v1",
        available_versions: Versions { v1: "v1/" },
    })
}

/// An automation controller that uses a hub.
#[derive(Serialize, ToSchema)]
struct Controller {
    host: String,
}

/// The reference lists those that a setting of its names; there is no such setting here.
async fn controllers(mount: Mount, params: Params, _page: Offset) -> Json<Paged<Controller>> {
    let none = Page {
        total: 0,
        items: Vec::new(),
    };
    Json(Paged::new(none, &mount, &params))
}
