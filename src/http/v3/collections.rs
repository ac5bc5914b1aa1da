//! The collections of a distribution (contract 02 §2.3).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::collections::index;
use crate::domain::collections::index::IndexFilter;
use crate::domain::collections::index::IndexOrder;
use crate::domain::repositories::contents;
use crate::domain::repositories::distributions;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::BasePath;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::v3::PLUGIN;
use crate::http::v3::shapes::collections::CollectionDetail;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file. The legacy names are answered directly, not by the reference's redirect.
pub fn routes(r: &mut Routes) {
    let tree = format!("{PLUGIN}/content/{{base_path:.+}}/collections");
    r.api(
        &format!("{tree}/all-collections/"),
        [get(Action::Disabled, stamp)],
    );
    r.api(
        &format!("{tree}/all-versions/"),
        [get(Action::Disabled, stamp)],
    );
    for (repository, index) in [(format!("{tree}/"), format!("{tree}/index/")), legacy()] {
        r.api(&repository, [get(Action::CollectionList, stamp)]);
        r.api(&index, [get(Action::CollectionList, list)]);
        r.api(
            &format!("{index}{{namespace}}/{{name}}/"),
            [get(Action::CollectionRead, show)],
        );
    }
}

fn legacy() -> (String, String) {
    ("/v3/".to_owned(), "/v3/collections/".to_owned())
}

/// The parts of a collection's path; what else a pattern holds is not looked at.
#[derive(Deserialize)]
struct CollectionPath {
    namespace: String,
    name: String,
}

#[derive(Serialize)]
struct RepositoryStamp {
    published: Timestamp,
}

/// When the repository changed last: mirrors skip it if they have seen that.
async fn stamp(
    app: Data<App>,
    base_path: BasePath,
    permit: ReqData<Permit>,
) -> Answer<Json<RepositoryStamp>> {
    let permit = permit.into_inner();
    let published = app
        .read(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path.0)?;
            contents::changed_at(tx, served.repository)
        })
        .await?;
    Ok(Json(RepositoryStamp { published }))
}

const ORDERINGS: &[(&str, IndexOrder)] = &[
    ("pulp_created", IndexOrder::OldestFirst),
    ("-pulp_created", IndexOrder::NewestFirst),
    ("name", IndexOrder::Name),
    ("-name", IndexOrder::NameDescending),
    ("namespace", IndexOrder::Namespace),
    ("-namespace", IndexOrder::NamespaceDescending),
];

fn filter(params: &Params) -> Result<IndexFilter> {
    params.only(&["namespace", "name", "deprecated"])?;
    Ok(IndexFilter {
        namespace: params.last("namespace").map(str::to_owned),
        name: params.last("name").map(str::to_owned),
        deprecated: params.boolean("deprecated"),
        order: params.ordering(ORDERINGS)?,
    })
}

async fn list(
    app: Data<App>,
    mount: Mount,
    base_path: BasePath,
    permit: ReqData<Permit>,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<CollectionDetail>>> {
    let filter = filter(&params)?;
    let permit = permit.into_inner();
    let (served, lines) = app
        .read(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path.0)?;
            let lines = index::list(tx, served.repository, &filter, page.0)?;
            Ok((served, lines))
        })
        .await?;
    let lines = lines.map(|line| CollectionDetail::new(line, mount.root, &served.base_path));
    Ok(Json(Paged::new(lines, &mount, &params)))
}

/// `ansible-galaxy` compares `updated_at` with what it remembers before it trusts its cached list of versions.
async fn show(
    app: Data<App>,
    mount: Mount,
    base_path: BasePath,
    permit: ReqData<Permit>,
    path: Path<CollectionPath>,
) -> Answer<Json<CollectionDetail>> {
    let permit = permit.into_inner();
    let (served, line) = app
        .read(move |tx| {
            let served = distributions::visible(tx, &permit, &base_path.0)?;
            let line = index::find(tx, served.repository, &path.namespace, &path.name)?;
            Ok((served, line))
        })
        .await?;
    Ok(Json(CollectionDetail::new(
        line,
        mount.root,
        &served.base_path,
    )))
}
