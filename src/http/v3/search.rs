//! Search across repositories (contract 02 §2.7). Errors have the framework's plain shape here.

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;

use crate::domain::search::rebuild;
use crate::domain::search::versions;
use crate::domain::search::versions::SearchFilter;
use crate::domain::search::versions::SearchOrder;
use crate::http::href;
use crate::http::kit::asked::Form;
use crate::http::kit::asking::Asking;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::kit::started;
use crate::http::v3::PLUGIN;
use crate::http::v3::shapes::search::SearchHit;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::page::Page;
use crate::kernel::range::VersionRange;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        &format!("{PLUGIN}/search/collection-versions/"),
        [
            get(Action::Search, find).query(filter),
            post(Action::SearchRebuild, rebuild).starts(),
        ],
    );
}

const ORDERS: &[(&str, SearchOrder)] = &[
    ("pulp_created", SearchOrder::Oldest),
    ("-pulp_created", SearchOrder::Newest),
    ("namespace", SearchOrder::Namespace),
    ("-namespace", SearchOrder::NamespaceDescending),
    ("name", SearchOrder::Name),
    ("-name", SearchOrder::NameDescending),
    ("version", SearchOrder::Version),
    ("-version", SearchOrder::VersionDescending),
];

/// This list ignores what it does not know.
fn filter(params: &Params) -> Result<SearchFilter> {
    let text = |name| params.last(name).map(str::to_owned);
    let either = |name, other| params.boolean(name).or_else(|| params.boolean(other));
    let words = ["q", "keywords"].into_iter().filter_map(text).collect();
    let range = params.last("version_range").map(|range| {
        let wrong = "version_range must be a valid semantic version range.";
        VersionRange::parse(range).ok_or_else(|| Error::bare("invalid", wrong))
    });
    params.note("order_by", || Form::word_of(ORDERS));
    let labels = Filters::of(params).labels("repository_label")?;
    Ok(SearchFilter {
        namespace: text("namespace"),
        name: text("name"),
        version: text("version"),
        range: range.transpose()?,
        words,
        tags: params.list("tags")?,
        dependency: text("dependency"),
        repository_names: params.values("repository_name")?,
        repositories: params.values("repository")?,
        distributions: params.values("distribution")?,
        base_paths: params.values("distribution_base_path")?,
        labels,
        is_highest: either("is_highest", "highest"),
        is_deprecated: either("is_deprecated", "deprecated"),
        is_signed: either("is_signed", "signed"),
        // All distributions serve the newest version, so there is no hit in any other.
        nothing: params
            .last("repository_version")
            .is_some_and(|version| version != "latest"),
        order: match params.last("order_by") {
            None => None,
            Some(_) => Some(params.order_or("order_by", SearchOrder::Newest, ORDERS)?),
        },
    })
}

async fn find(
    app: Data<App>,
    permit: ReqData<Permit>,
    (origin, mount): (Origin, Mount),
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<SearchHit>>> {
    let filter = filter(&params)?;
    let seen = Repositories::of(permit.viewer());
    let (hits, repositories) = app
        .read(move |tx| versions::find(tx, &seen, &filter, page.0))
        .await?;
    let (total, hits) = (hits.total, hits.items.into_iter());
    let shown = hits.filter_map(|hit| {
        let repository = repositories.get(&hit.repository)?.clone();
        Some(SearchHit::new(hit, repository, (&origin, &mount)))
    });
    let items = shown.collect::<Result<_>>()?;
    Ok(Json(Paged::new(Page { total, items }, &mount, &params)))
}

async fn rebuild(app: Data<App>, asking: Asking, mount: Mount) -> Answer<HttpResponse> {
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulp_ansible.app.tasks.collectionversion_index.rebuild_index");
            rebuild::rebuild(tx, asked)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}
