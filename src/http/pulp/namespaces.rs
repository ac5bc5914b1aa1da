//! Namespaces as objects that roles are held on (contract 03, PNS-1 and PNS-2).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;

use crate::domain::namespaces::queries;
use crate::domain::namespaces::queries::NamespaceFilter;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::namespaces::shapes::NamespaceSummary;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::policy::action::Action;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/pulp_ansible/namespaces/",
        [get(Action::PulpNamespaceRead, list).query(filter)],
    );
    r.api(
        "/pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]{1,18}}/",
        [get(Action::PulpNamespaceRead, show)],
    );
}

fn filter(params: &Params) -> Result<NamespaceFilter> {
    params.only(&["name", "company"])?;
    Ok(NamespaceFilter {
        name: params.last("name").map(str::to_owned),
        company: params.last("company").map(str::to_owned),
        ..NamespaceFilter::default()
    })
}

async fn list(
    app: Data<App>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<NamespaceSummary>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| queries::list(tx, &filter, page.0))
        .await?;
    let found = found.map(|namespace| NamespaceSummary::new(namespace, (&origin, &mount), None));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    origin: Origin,
    mount: Mount,
    id: Path<i64>,
) -> Answer<Json<NamespaceSummary>> {
    let namespace = app
        .read(move |tx| queries::get(tx, NamespaceId(*id)))
        .await?;
    Ok(Json(NamespaceSummary::new(
        namespace,
        (&origin, &mount),
        None,
    )))
}
