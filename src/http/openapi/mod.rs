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

use std::io::Write;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;
use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::http::kit::compressed;
use crate::http::kit::compressed::Accepted;
use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::state::blocking;

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

/// The document in the three forms it is shown in, each in gzip: there are hundreds of kilobytes of it. It depends on the
/// program only, so it is written once.
struct Shown {
    json: Bytes,
    yaml: Bytes,
    page: Bytes,
    policy: String,
}

static SHOWN: LazyLock<std::io::Result<Shown>> = LazyLock::new(|| {
    let document = document::write();
    Ok(Shown {
        json: pack(&document.to_string())?,
        yaml: pack(&yaml::write(&document))?,
        page: pack(&page::write(&document))?,
        policy: page::policy(),
    })
});

fn pack(text: &str) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.into())
}

/// The first who asks has it written, off the reactor.
async fn shown() -> Result<&'static Shown> {
    let write = || {
        let shown = SHOWN.as_ref();
        Ok(shown.map_err(|error| anyhow::anyhow!("writing the description: {error}"))?)
    };
    blocking(write).await
}

async fn json(accepted: Accepted) -> Answer<HttpResponse> {
    let body = shown().await?.json.clone();
    Ok(compressed::answer(accepted, "application/json", body).await?)
}

async fn yaml(accepted: Accepted) -> Answer<HttpResponse> {
    let body = shown().await?.yaml.clone();
    Ok(compressed::answer(accepted, "application/yaml", body).await?)
}

/// A page that needs nothing but itself: no script, no other host, no file.
async fn page(accepted: Accepted) -> Answer<HttpResponse> {
    let Shown { page, policy, .. } = shown().await?;
    let policy = HeaderValue::from_str(policy).context("a policy is no header")?;
    let mut response =
        compressed::answer(accepted, "text/html; charset=utf-8", page.clone()).await?;
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
