//! The versions of a repository (contract 03, REP-19 to REP-21).

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::collections::changes;
use crate::domain::repositories::queries;
use crate::domain::repositories::versions;
use crate::domain::repositories::versions::VersionField;
use crate::domain::repositories::versions::VersionFilter;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::field::Field;
use crate::http::kit::filter::field::Holds;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::started;
use crate::http::pulp::shapes::repositories::Version;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/versions/",
        [get(Action::RepositoryRead, list_versions).query(version_filter)],
    );
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/versions/{number:[0-9]{1,18}}/",
        [
            get(Action::RepositoryRead, show_version).query(Keys::of),
            delete(Action::RepositoryVersionDelete, remove_version).starts(),
        ],
    );
}

const VERSION_FIELDS: &[Field<VersionField>] = &[
    ("number", Holds::Number, VersionField::Number),
    ("pulp_created", Holds::Time, VersionField::Created),
];

fn version_filter(params: &Params) -> Result<VersionFilter> {
    let mut filters = Filters::of(params);
    let one = filters.one("content", href::content::parse_content)?;
    let several = filters.several("content__in", href::content::parse_content)?;
    let filter = VersionFilter {
        fields: filters.fields(VERSION_FIELDS)?,
        content: one.map(|one| vec![one]).or(several),
        order: filters.ordering(VERSION_FIELDS)?,
    };
    filters.strict()?;
    Ok(filter)
}

async fn list_versions(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    (id, page): (Path<Uuid>, Offset),
) -> Answer<Json<Paged<Version>>> {
    let (id, filter) = (id.into_inner(), version_filter(&params)?);
    let found = app
        .read(move |tx| {
            let repository = queries::visible(tx, &permit, id)?;
            versions::list(tx, repository, &filter, page.0)
        })
        .await?;
    let found = found.map(|version| Version::new(version, id, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show_version(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    path: Path<(Uuid, i64)>,
) -> Answer<Json<Chosen<Version>>> {
    let (id, number) = path.into_inner();
    let found = app
        .read(move |tx| {
            let repository = queries::visible(tx, &permit, id)?;
            versions::get(tx, repository, number)
        })
        .await?;
    Ok(Json(Chosen::new(Version::new(found, id, &mount), &params)))
}

async fn remove_version(
    app: Data<App>,
    asking: Asking,
    mount: Mount,
    path: Path<(Uuid, i64)>,
) -> Answer<HttpResponse> {
    let (id, number) = path.into_inner();
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulpcore.app.tasks.repository.delete_version");
            changes::delete_version(tx, asked, id, number)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}
