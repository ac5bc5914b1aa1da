//! Collection versions as content (contract 03, CNT-1 and CNT-3).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::collections::catalog;
use crate::domain::collections::catalog::CatalogField;
use crate::domain::collections::catalog::CatalogFilter;
use crate::http::href;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::Suffix;
use crate::http::kit::filter::field::Field;
use crate::http::kit::filter::field::Holds;
use crate::http::kit::membership;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::kit::routes::unknown_route;
use crate::http::pulp::shapes::content::PulpCollectionVersion;
use crate::kernel::error::Result;
use crate::kernel::filter::Expression;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/content/ansible/collection_versions/",
        [
            get(Action::ContentList, list).query(filter),
            // An upload that goes past every pipeline (contract 03, CNT-2).
            post(Action::Disabled, unknown_route),
        ],
    );
    r.api(
        "/pulp/api/v3/content/ansible/collection_versions/{id:[0-9a-fA-F-]{36}}/",
        [get(Action::ContentRead, show).query(Keys::of)],
    );
}

/// The reference compares these whole, and no other way.
const EXACT: &[Suffix] = &[Suffix::Exact];

const FIELDS: &[Field<CatalogField>] = &[
    (
        "",
        Holds::Itself(href::content::parse_content),
        CatalogField::Uuid,
    ),
    ("namespace", Holds::Text(EXACT), CatalogField::Namespace),
    ("name", Holds::Text(EXACT), CatalogField::Name),
    ("version", Holds::Text(EXACT), CatalogField::Version),
    ("pulp_created", Holds::Time, CatalogField::Created),
    ("pulp_last_updated", Holds::Time, CatalogField::Updated),
];

fn filter(params: &Params) -> Result<CatalogFilter> {
    let mut filters = Filters::of(params);
    let mut fields = filters.fields_without_q(FIELDS)?;
    if filters.numbers("orphaned_for")?.is_some() {
        // Orphans are deleted at once here, so nothing has been one for any time.
        fields = Expression::Any(Vec::new());
    }
    let filter = CatalogFilter {
        fields,
        words: params.words("q")?,
        tags: params.list("tags")?,
        memberships: membership::read(&mut filters, href::parse_repository_version)?,
        order: filters.ordering(FIELDS)?,
        ..CatalogFilter::default()
    };
    for name in ["q", "tags"] {
        filters.raw(name);
    }
    filters.strict()?;
    Ok(filter)
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<PulpCollectionVersion>>> {
    let filter = filter(&params)?;
    let is_pinned = ["namespace", "name", "version"]
        .iter()
        .all(|name| params.last(name).is_some());
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| {
            catalog::list(tx, &seen, &filter, page.0)?.try_map(|version| {
                let documents = is_pinned.then(|| catalog::documents(tx, version.id));
                Ok((version, documents.transpose()?))
            })
        })
        .await?;
    let found = found
        .try_map(|(version, documents)| PulpCollectionVersion::new(version, documents, &mount))?;
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    id: Path<Uuid>,
) -> Answer<Json<Chosen<PulpCollectionVersion>>> {
    let seen = Repositories::of(permit.viewer());
    // As in the reference, whoever chooses fields gets the large ones too.
    let is_chosen = ["fields", "exclude_fields"]
        .iter()
        .any(|name| params.last(name).is_some());
    let (found, documents) = app
        .read(move |tx| {
            let found = catalog::get(tx, &seen, *id)?;
            let documents = is_chosen.then(|| catalog::documents(tx, found.id));
            Ok((found, documents.transpose()?))
        })
        .await?;
    let shape = PulpCollectionVersion::new(found, documents, &mount)?;
    Ok(Json(Chosen::new(shape, &params)))
}
