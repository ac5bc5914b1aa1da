//! The versions of a collection (contract 02 §2.3).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Deserialize;

use crate::db::tx::ReadTx;
use crate::domain::collections::versions;
use crate::domain::collections::versions::VersionFilter;
use crate::domain::collections::versions::VersionOrder;
use crate::domain::repositories::distributions::Served;
use crate::http::href;
use crate::http::kit::compressed;
use crate::http::kit::compressed::Accepted;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::membership;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::place::Place;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::v3::PLUGIN;
use crate::http::v3::retire;
use crate::http::v3::shapes::versions::DocsBlob;
use crate::http::v3::shapes::versions::VersionItem;
use crate::http::v3::shapes::versions::VersionPage;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;

/// The routes of this file, under their canonical and their legacy names.
pub fn routes(r: &mut Routes) {
    let canonical = format!("{PLUGIN}/content/{{base_path:.+}}/collections/index");
    for index in [canonical.as_str(), "/v3/collections"] {
        let versions = format!("{index}/{{namespace}}/{{name}}/versions/");
        r.api(&versions, [get(Action::CollectionRead, list).query(filter)]);
        r.api(
            &format!("{versions}{{version}}/"),
            [
                get(Action::CollectionRead, show),
                delete(Action::CollectionDelete, retire::delete_version).starts(),
            ],
        );
        r.api(
            &format!("{versions}{{version}}/docs-blob/"),
            [get(Action::CollectionRead, docs_blob).gives::<DocsBlob>(StatusCode::OK)],
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
    let mut filters = Filters::of(params);
    let memberships = membership::read(&mut filters, href::parse_repository_version)?;
    for name in ["version", "namespace", "name", "q", "tags"] {
        filters.raw(name);
    }
    filters.strict()?;
    Ok(VersionFilter {
        version: params.last("version").map(str::to_owned),
        namespace: params.last("namespace").map(str::to_owned),
        name: params.last("name").map(str::to_owned),
        words: params.words("q")?,
        tags: params.list("tags")?,
        memberships,
        order: params.ordering(ORDERINGS)?,
    })
}

/// `ansible-galaxy` walks every page of this list before it resolves dependencies.
/// A collection nobody knows has an empty list: the 404 is the collection's own.
async fn list(
    place: Place,
    permit: ReqData<Permit>,
    mount: Mount,
    path: Path<CollectionPath>,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<VersionItem>>> {
    let filter = filter(&params)?;
    let CollectionPath { namespace, name } = path.into_inner();
    let collection = (namespace.clone(), name.clone());
    let seen = Repositories::of(permit.viewer());
    let list = move |tx: &ReadTx<'_>, served: &Served| {
        versions::list(
            tx,
            (served.repository, &seen),
            (&collection.0, &collection.1),
            &filter,
            page.0,
        )
    };
    let (Served { base_path, .. }, page) = place.read(list).await?;
    let collection = href::Collection {
        root: mount.root,
        base_path: &base_path,
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
    place: Place,
    mount: Mount,
    origin: Origin,
    path: Path<VersionPath>,
) -> Answer<Json<VersionPage>> {
    let find = move |tx: &ReadTx<'_>, served: &Served| {
        versions::find(
            tx,
            served.repository,
            (&path.namespace, &path.name),
            &path.version,
        )
    };
    let (served, detail) = place.read(find).await?;
    Ok(Json(VersionPage::new(
        detail,
        &mount,
        &origin,
        &served.base_path,
    )?))
}

/// The documentation of everything in a version. The web client fetches all of it for each page it shows.
async fn docs_blob(
    place: Place,
    accepted: Accepted,
    path: Path<VersionPath>,
) -> Answer<HttpResponse> {
    let find = move |tx: &ReadTx<'_>, served: &Served| {
        versions::docs(
            tx,
            served.repository,
            (&path.namespace, &path.name),
            &path.version,
        )
    };
    match place.read(find).await?.1 {
        Some(docs) => Ok(compressed::answer(accepted, "application/json", docs.into()).await?),
        None => Ok(HttpResponse::Ok().json(DocsBlob::default())),
    }
}
