//! The description of the API: an OpenAPI document made of the table of routes, and a page that shows it.
//!
//! There is no second list: paths and methods come from [`crate::http::routes`], who may use them from the policy's
//! rules, and what goes in and out from the types of the handlers ([`crate::http::kit::operation`]).

mod document;
mod failures;
mod page;
mod pattern;
mod security;
mod version;
mod yaml;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;

use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::policy::action::Action;

/// The routes of this file (contract 02 ROOT-7 and ROOT-8, contract 03 PST-3). The reference has a document for each
/// of its parts; here all of them are one.
pub fn routes(r: &mut Routes) {
    for path in [
        "/v3/openapi.json/",
        "/v3/galaxy.json/",
        "/v3/galaxy-pulp.json/",
        "/pulp/api/v3/docs/api.json/",
    ] {
        r.api(path, [get(Action::DescriptionRead, json)]);
    }
    for path in ["/v3/openapi.yaml/", "/pulp/api/v3/docs/api.yaml/"] {
        r.api(path, [get(Action::DescriptionRead, yaml)]);
    }
    for path in [
        "/v3/redoc/",
        "/v3/swagger-ui/",
        "/pulp/api/v3/docs/",
        "/pulp/api/v3/swagger/",
    ] {
        r.api(path, [get(Action::DescriptionRead, page)]);
    }
}

/// The document in the three forms it is shown in. It depends on the program only, so it is written once.
struct Shown {
    json: Bytes,
    yaml: Bytes,
    page: Bytes,
    policy: String,
}

static SHOWN: LazyLock<Shown> = LazyLock::new(|| {
    let document = document::write();
    Shown {
        json: Bytes::from(document.to_string()),
        yaml: Bytes::from(yaml::write(&document)),
        page: Bytes::from(page::write(&document)),
        policy: page::policy(),
    }
});

async fn json() -> HttpResponse {
    show("application/json", &SHOWN.json)
}

async fn yaml() -> HttpResponse {
    show("application/yaml", &SHOWN.yaml)
}

/// A page that needs nothing but itself: no script, no other host, no file.
async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, SHOWN.policy.as_str()))
        .body(SHOWN.page.clone())
}

fn show(media_type: &'static str, body: &Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .body(body.clone())
}
