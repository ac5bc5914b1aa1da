//! The collections of a distribution (contract 02 §2.3).

use actix_web::web::Json;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::tx::ReadTx;
use crate::domain::collections::index;
use crate::domain::collections::index::IndexFilter;
use crate::domain::collections::index::IndexOrder;
use crate::domain::repositories::contents;
use crate::domain::repositories::distributions::Served;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::place::Place;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::unknown_route;
use crate::http::v3::PLUGIN;
use crate::http::v3::retire;
use crate::http::v3::shapes::collections::CollectionDetail;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::policy::action::Action;

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
    // Mirrors ask for these first, and fall back to pages on a 404 (contract 02, LEG-12, LEG-13).
    r.api(
        "/v3/collections/all/",
        [get(Action::Discover, unknown_route)],
    );
    r.api(
        "/v3/collection_versions/all/",
        [get(Action::Discover, unknown_route)],
    );
    for (repository, index) in [(format!("{tree}/"), format!("{tree}/index/")), legacy()] {
        r.api(&repository, [get(Action::CollectionList, stamp)]);
        r.api(&index, [get(Action::CollectionList, list).query(filter)]);
        r.api(
            &format!("{index}{{namespace}}/{{name}}/"),
            [
                get(Action::CollectionRead, show),
                patch(Action::CollectionDeprecate, retire::deprecate)
                    .starts()
                    .body(retire::read),
                delete(Action::CollectionDelete, retire::delete_collection).starts(),
            ],
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

#[derive(Serialize, ToSchema)]
struct RepositoryStamp {
    published: Timestamp,
}

/// When the repository changed last: mirrors skip it if they have seen that.
async fn stamp(place: Place) -> Answer<Json<RepositoryStamp>> {
    let (_, published) = place
        .read(|tx, served| contents::changed_at(tx, served.repository))
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
    place: Place,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<CollectionDetail>>> {
    let filter = filter(&params)?;
    let list =
        move |tx: &ReadTx<'_>, served: &Served| index::list(tx, served.repository, &filter, page.0);
    let (served, lines) = place.read(list).await?;
    let lines = lines.map(|line| CollectionDetail::new(line, mount.root, &served.base_path));
    Ok(Json(Paged::new(lines, &mount, &params)))
}

/// `ansible-galaxy` compares `updated_at` with what it remembers before it trusts its cached list of versions.
async fn show(
    place: Place,
    mount: Mount,
    path: Path<CollectionPath>,
) -> Answer<Json<CollectionDetail>> {
    let find = move |tx: &ReadTx<'_>, served: &Served| {
        index::find(tx, served.repository, &path.namespace, &path.name)
    };
    let (served, line) = place.read(find).await?;
    Ok(Json(CollectionDetail::new(
        line,
        mount.root,
        &served.base_path,
    )))
}
