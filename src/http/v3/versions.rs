//! The versions of a collection (contract 02 §2.3).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Deserialize;

use crate::domain::collections::versions;
use crate::domain::collections::versions::VersionFilter;
use crate::domain::collections::versions::VersionOrder;
use crate::domain::repositories::distributions;
use crate::http::href;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::BasePath;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::v3::PLUGIN;
use crate::http::v3::shapes::versions::DocsBlob;
use crate::http::v3::shapes::versions::VersionItem;
use crate::http::v3::shapes::versions::VersionPage;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file, under their canonical and their legacy names.
pub fn routes(r: &mut Routes) {
    let canonical = format!("{PLUGIN}/content/{{base_path:.+}}/collections/index");
    for index in [canonical.as_str(), "/v3/collections"] {
        let versions = format!("{index}/{{namespace}}/{{name}}/versions/");
        r.api(&versions, [get(Action::CollectionRead, list)]);
        r.api(
            &format!("{versions}{{version}}/"),
            [get(Action::CollectionRead, show)],
        );
        r.api(
            &format!("{versions}{{version}}/docs-blob/"),
            [get(Action::CollectionRead, docs_blob)],
        );
    }
}

#[derive(Deserialize)]
struct CollectionPath {
    namespace: String,
    name: String,
}

#[derive(Deserialize)]
struct VersionPath {
    namespace: String,
    name: String,
    version: String,
}

const ORDERINGS: &[(&str, VersionOrder)] = &[
    ("version", VersionOrder::LowestFirst),
    ("-version", VersionOrder::HighestFirst),
    ("pulp_created", VersionOrder::OldestFirst),
    ("-pulp_created", VersionOrder::NewestFirst),
];

fn filter(params: &Params) -> Result<VersionFilter> {
    params.only(&["version", "namespace", "name", "q", "tags"])?;
    Ok(VersionFilter {
        version: params.last("version").map(str::to_owned),
        namespace: params.last("namespace").map(str::to_owned),
        name: params.last("name").map(str::to_owned),
        words: params
            .last("q")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        tags: params.list("tags"),
        order: params.ordering(ORDERINGS)?,
    })
}

/// `ansible-galaxy` walks every page of this list before it resolves dependencies.
/// A collection nobody knows has an empty list: the 404 is the collection's own.
async fn list(
    app: Data<App>,
    mount: Mount,
    base_path: BasePath,
    permit: ReqData<Permit>,
    (path, params, page): (Path<CollectionPath>, Params, Offset),
) -> Answer<Json<Paged<VersionItem>>> {
    let filter = filter(&params)?;
    let permit = permit.into_inner();
    let CollectionPath { namespace, name } = path.into_inner();
    let (served, page, namespace, name) = app
        .read(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path.0)?;
            let page = versions::list(tx, served.repository, (&namespace, &name), &filter, page.0)?;
            Ok((served, page, namespace, name))
        })
        .await?;
    let collection = href::Collection {
        root: mount.root,
        base_path: &served.base_path,
        namespace: &namespace,
        name: &name,
    };
    Ok(Json(Paged::new(
        page.map(|line| VersionItem::new(line, &collection)),
        &mount,
        &params,
    )))
}

/// What a client needs to choose, fetch and check one version.
async fn show(
    app: Data<App>,
    mount: Mount,
    origin: Origin,
    base_path: BasePath,
    (permit, path): (ReqData<Permit>, Path<VersionPath>),
) -> Answer<Json<VersionPage>> {
    let permit = permit.into_inner();
    let (served, detail) = app
        .read(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path.0)?;
            let detail = versions::find(
                tx,
                served.repository,
                (&path.namespace, &path.name),
                &path.version,
            )?;
            Ok((served, detail))
        })
        .await?;
    Ok(Json(VersionPage::new(
        detail,
        &mount,
        &origin,
        &served.base_path,
    )?))
}

async fn docs_blob(
    app: Data<App>,
    base_path: BasePath,
    permit: ReqData<Permit>,
    path: Path<VersionPath>,
) -> Answer<Json<DocsBlob>> {
    let permit = permit.into_inner();
    let blob = app
        .read(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path.0)?;
            versions::docs_blob(
                tx,
                served.repository,
                (&path.namespace, &path.name),
                &path.version,
            )
        })
        .await?;
    Ok(Json(DocsBlob::new(blob)?))
}
