//! What clients and mirrors ask before they begin (contract 02, MISC-1 and MISC-2).

use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::kit::failure::Answer;
use crate::http::kit::mount::BasePath;
use crate::http::kit::place::Place;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::v3::PLUGIN;
use crate::policy::action::Action;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        &format!("{PLUGIN}/client-configuration/"),
        [get(Action::ClientConfiguration, show)],
    );
    r.api("/v3/excludes/", [get(Action::CollectionList, excludes)]);
}

#[derive(Serialize, ToSchema)]
struct ClientConfiguration {
    default_distribution_path: String,
}

async fn show(base_path: BasePath) -> Json<ClientConfiguration> {
    Json(ClientConfiguration {
        default_distribution_path: base_path.0,
    })
}

/// What mirrors should leave out: nothing, because there are no synclists.
#[derive(Serialize, ToSchema)]
struct Excludes {
    #[schema(value_type = Vec<Value>)]
    collections: [(); 0],
}

async fn excludes(place: Place) -> Answer<Json<Excludes>> {
    place.read(|_, _| Ok(())).await?;
    Ok(Json(Excludes { collections: [] }))
}
