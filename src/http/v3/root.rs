//! Discovery: what is here, and which versions of it.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::imports::run::IMPORTER_VERSION;
use crate::domain::repositories::distributions;
use crate::http::href;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::releases;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::principal::Viewer;
use crate::state::App;

/// The routes of this file. All hang below `content/<base path>/` too.
pub fn routes(r: &mut Routes) {
    r.api("/", [get(Action::Discover, show)]);
    r.api("/api/", [get(Action::Discover, without_api)]);
}

/// The discovery document (contract 01 §1.1).
#[derive(Serialize, ToSchema)]
#[schema(as = v3::root::Discovery)]
struct Discovery {
    available_versions: BTreeMap<&'static str, &'static str>,
    // What only signed-in callers are told: none of it is certain to be there.
    #[serde(flatten)]
    #[schema(ignore)]
    versions: Option<Versions>,
    /// `ansible.hub` modules stop when `/api/` answers without this.
    #[serde(skip_serializing_if = "Option::is_none")]
    apis: Option<Apis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distro_base_path: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Apis {
    galaxy: &'static str,
}

/// The releases whose behaviour this server has; clients switch features by them.
#[derive(Serialize, ToSchema)]
#[schema(as = v3::root::Versions)]
struct Versions {
    server_version: &'static str,
    galaxy_ng_version: &'static str,
    galaxy_ng_commit: &'static str,
    galaxy_importer_version: &'static str,
    pulp_core_version: &'static str,
    pulp_ansible_version: &'static str,
    pulp_container_version: &'static str,
    ansible_base_version: &'static str,
    ansible_lint_version: &'static str,
    dynaconf_version: &'static str,
    django_version: &'static str,
}

const VERSIONS: Versions = Versions {
    server_version: releases::GALAXY,
    galaxy_ng_version: releases::GALAXY,
    galaxy_ng_commit: "",
    galaxy_importer_version: IMPORTER_VERSION,
    pulp_core_version: releases::PULP_CORE,
    pulp_ansible_version: releases::PULP_ANSIBLE,
    pulp_container_version: "2.27.10",
    ansible_base_version: "2025.12.3",
    ansible_lint_version: "26.4.0",
    dynaconf_version: "3.2.13",
    django_version: "5.2.14",
};

/// `GET {A}` and `GET {A}content/<base path>/`
async fn show(app: Data<App>, mount: Mount, permit: ReqData<Permit>) -> Answer<Json<Discovery>> {
    if let Some(base_path) = mount.content.clone() {
        app.read(move |tx| distributions::find(tx, &base_path))
            .await?;
    }
    let viewer = permit.viewer();
    let is_community_root = mount.root == "/api/" && mount.content.is_none();
    Ok(Json(Discovery {
        available_versions: href::available_versions(viewer).iter().copied().collect(),
        versions: matches!(viewer, Viewer::User(_)).then_some(VERSIONS),
        apis: is_community_root.then_some(Apis {
            galaxy: "/api/galaxy/",
        }),
        distro_base_path: mount.content,
    }))
}

/// Old clients append `api` to any server URL.
async fn without_api(mount: Mount, request: HttpRequest) -> HttpResponse {
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let location = format!("{}{query}", href::discovery(&mount));
    HttpResponse::TemporaryRedirect()
        .insert_header((header::LOCATION, location))
        .finish()
}
