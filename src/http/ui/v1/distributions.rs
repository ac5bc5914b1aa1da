//! Distributions with what they serve (contract 04, UDI-1 to UDI-3).

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::repositories::contents;
use crate::domain::repositories::listing;
use crate::domain::repositories::served;
use crate::domain::repositories::served::DistributionField;
use crate::domain::repositories::served::DistributionFilter;
use crate::http::kit::failure::Answer;
use crate::http::kit::failure::Failure;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::SortKey;
use crate::kernel::ids::RepositoryId;
use crate::kernel::page::Page;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file. An id that is no UUID is no route.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/distributions/",
        [get(Action::InterfaceDistributionList, list)],
    );
    r.api(
        "/_ui/v1/distributions/{id:[0-9a-fA-F-]{36}}/",
        [get(Action::InterfaceDistributionRead, show)],
    );
    r.api(
        "/_ui/v1/my-distributions/",
        [get(Action::InterfaceDistributionList, list_own)],
    );
    r.api(
        "/_ui/v1/my-distributions/{id:[0-9a-fA-F-]{36}}/",
        [get(Action::InterfaceDistributionList, show_own)],
    );
}

#[derive(Serialize, ToSchema)]
#[schema(as = ui::v1::distributions::Distribution)]
struct Distribution {
    pulp_id: Uuid,
    name: String,
    base_path: String,
    repository: Option<Repository>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ui::v1::distributions::Repository)]
struct Repository {
    name: String,
    description: Option<String>,
    pulp_id: Uuid,
    pulp_last_updated: Timestamp,
    content_count: u64,
    gpgkey: Option<String>,
}

impl Repository {
    fn new(found: listing::Repository, content_count: u64) -> Self {
        Self {
            name: found.name,
            description: found.description,
            pulp_id: found.uuid,
            pulp_last_updated: found.updated_at,
            content_count,
            gpgkey: found.gpgkey,
        }
    }
}

/// Each with what it serves: two queries, however many there are.
fn with_repositories(
    tx: &ReadTx<'_>,
    found: Page<served::Distribution>,
) -> Result<Page<Distribution>> {
    let served = found.items.iter().filter_map(|one| one.repository);
    let ids: Vec<RepositoryId> = served.map(|repository| repository.id).collect();
    let repositories = listing::find_all(tx, &ids)?;
    let counts = contents::counts_now(tx, &ids)?;
    // Two distributions may serve one repository, so nothing is taken out of the maps.
    Ok(found.map(|distribution| {
        let repository = distribution.repository.and_then(|repository| {
            let count = counts.get(&repository.id).copied().unwrap_or_default();
            let repository = repositories.get(&repository.id)?.clone();
            Some(Repository::new(repository, count))
        });
        Distribution {
            pulp_id: distribution.uuid,
            name: distribution.name,
            base_path: distribution.base_path,
            repository,
        }
    }))
}

/// This list has one order and no filter, and ignores what it does not know.
async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<Distribution>>> {
    let filter = DistributionFilter {
        order: vec![SortKey {
            field: DistributionField::Name,
            descending: false,
        }],
        ..DistributionFilter::default()
    };
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| with_repositories(tx, served::list(tx, &seen, &filter, page.0)?))
        .await?;
    Ok(Json(Paged::new(found, &mount, &params)))
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<Uuid>,
) -> Answer<Json<Distribution>> {
    let found = app
        .read(move |tx| {
            let one = Page {
                total: 1,
                items: vec![served::get(tx, &permit, *id)?],
            };
            let found = with_repositories(tx, one)?.items.pop();
            found.ok_or_else(|| missing(*id))
        })
        .await?;
    Ok(Json(found))
}

fn missing(id: Uuid) -> Error {
    Error::NotFound(Noun::DistributionId(id.to_string()))
}

/// The reference lists those that serve a synclist here; there are no synclists outside of the cloud.
async fn list_own(mount: Mount, params: Params, _page: Offset) -> Json<Paged<Distribution>> {
    let none = Page {
        total: 0,
        items: Vec::new(),
    };
    Json(Paged::new(none, &mount, &params))
}

async fn show_own(id: Path<Uuid>) -> Answer<HttpResponse> {
    Err(Failure(missing(*id)))
}
