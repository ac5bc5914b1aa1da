//! What repositories hold of namespaces: of one distribution (contract 02, NSC-1 and NSC-3), and as content
//! (contract 03, CNT-7 to CNT-9).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use anyhow::Context;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::collections::namespaces::avatar;
use crate::domain::collections::namespaces::listing;
use crate::domain::collections::namespaces::listing::Unit;
use crate::domain::collections::namespaces::listing::UnitField;
use crate::domain::collections::namespaces::listing::UnitFilter;
use crate::domain::repositories::distributions::Served;
use crate::http::href;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::PULP_NAME;
use crate::http::kit::filter::Suffix;
use crate::http::kit::filter::field::Field;
use crate::http::kit::filter::field::Holds;
use crate::http::kit::membership;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::place::Place;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::post;
use crate::http::kit::routes::unknown_route;
use crate::http::kit::signed_link;
use crate::http::kit::signed_link::AVATARS;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of a distribution's namespaces, below `tree`, which names it.
pub fn routes_of_distribution(r: &mut Routes, tree: &str) {
    let list = format!("{tree}/namespaces/");
    // Written where the namespace is, and repositories follow: nothing is said of one in a single repository, as the
    // reference lets people do (contract 02, NSC-2, NSC-4, NSC-5).
    r.api(
        &list,
        [
            get(Action::CollectionList, list_of_distribution).query(filter),
            post(Action::Disabled, unknown_route),
            delete(Action::Disabled, unknown_route),
        ],
    );
    r.api(
        &format!("{list}{{name}}/"),
        [
            get(Action::CollectionRead, show_of_distribution),
            patch(Action::Disabled, unknown_route),
            delete(Action::Disabled, unknown_route),
        ],
    );
}

/// The routes of namespaces as content.
pub fn routes(r: &mut Routes) {
    let list = "/pulp/api/v3/content/ansible/namespaces/";
    r.api(
        list,
        [get(Action::NamespaceContentRead, self::list).query(filter)],
    );
    let one = format!("{list}{{id:[0-9a-fA-F-]{{36}}}}/");
    r.api(&one, [get(Action::NamespaceContentRead, show)]);
    r.api(
        &format!("{one}avatar/"),
        [get(Action::AvatarRead, show_avatar).empty(StatusCode::FOUND)],
    );
}

/// **NamespaceMetadata** of contract 02 §2.9.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = namespaces::NamespaceMetadata)]
pub struct NamespaceMetadata {
    pulp_href: String,
    name: String,
    company: String,
    email: String,
    description: String,
    resources: String,
    #[schema(value_type = Vec<serde_json::Value>)]
    links: Box<RawValue>,
    avatar_sha256: Option<String>,
    avatar_url: Option<String>,
    metadata_sha256: String,
}

impl NamespaceMetadata {
    /// The unit, linked below the root of the request. Fails if its links are no JSON.
    fn new(unit: Unit, origin: &Origin, mount: &Mount) -> Result<Self> {
        let avatar = || format!("{}{}", origin.0, href::content::avatar(mount, unit.uuid));
        Ok(Self {
            pulp_href: href::content::namespace_unit(mount, unit.uuid),
            avatar_url: unit.avatar_sha256.is_some().then(avatar),
            name: unit.name,
            company: unit.company,
            email: unit.email,
            description: unit.description,
            resources: unit.resources,
            links: RawValue::from_string(unit.links).context("stored links are no JSON")?,
            avatar_sha256: unit.avatar_sha256,
            metadata_sha256: unit.metadata_sha256,
        })
    }
}

const DIGEST: &[Suffix] = &[Suffix::Exact, Suffix::In];

const FIELDS: &[Field<UnitField>] = &[
    (
        "",
        Holds::Itself(href::content::parse_content),
        UnitField::Uuid,
    ),
    ("name", Holds::Text(PULP_NAME), UnitField::Name),
    ("company", Holds::Text(PULP_NAME), UnitField::Company),
    (
        "metadata_sha256",
        Holds::Text(DIGEST),
        UnitField::MetadataSha256,
    ),
    ("pulp_created", Holds::Time, UnitField::Created),
];

fn filter(params: &Params) -> Result<UnitFilter> {
    let mut filters = Filters::of(params);
    let filter = UnitFilter {
        fields: filters.fields(FIELDS)?,
        memberships: membership::read(&mut filters, href::parse_repository_version)?,
        repository: None,
        order: filters.ordering(FIELDS)?,
    };
    filters.strict()?;
    Ok(filter)
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    (origin, mount): (Origin, Mount),
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<NamespaceMetadata>>> {
    let filter = filter(&params)?;
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| listing::list(tx, &seen, &filter, page.0))
        .await?;
    let found = found.try_map(|unit| NamespaceMetadata::new(unit, &origin, &mount))?;
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    (origin, mount): (Origin, Mount),
    id: Path<Uuid>,
) -> Answer<Json<NamespaceMetadata>> {
    let seen = Repositories::of(permit.viewer());
    let unit = app.read(move |tx| listing::get(tx, &seen, *id)).await?;
    Ok(Json(NamespaceMetadata::new(unit, &origin, &mount)?))
}

/// Sends anybody on to the image, by a link as artifacts have it.
async fn show_avatar(app: Data<App>, origin: Origin, id: Path<Uuid>) -> Answer<HttpResponse> {
    let unit = *id;
    app.read(move |tx| avatar::find(tx, unit)).await?;
    let id = unit.to_string();
    let signed = signed_link::sign(&app.signing_key(), AVATARS, &id, app.clock.now());
    let location = format!("{}{}?{signed}", origin.0, href::avatar_bytes(unit));
    // Well within the time that the link is good for: pages show the same logos again and again.
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "private, max-age=1800"))
        .finish())
}

async fn list_of_distribution(
    place: Place,
    permit: ReqData<Permit>,
    (origin, mount): (Origin, Mount),
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<NamespaceMetadata>>> {
    let mut filter = filter(&params)?;
    let seen = Repositories::of(permit.viewer());
    let list = move |tx: &ReadTx<'_>, served: &Served| {
        filter.repository = Some(served.repository);
        listing::list(tx, &seen, &filter, page.0)
    };
    let (_, found) = place.read(list).await?;
    let found = found.try_map(|unit| NamespaceMetadata::new(unit, &origin, &mount))?;
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

/// The parts of a namespace's path; what else a pattern holds is not looked at.
#[derive(Deserialize)]
struct NamespacePath {
    name: String,
}

async fn show_of_distribution(
    place: Place,
    origin: Origin,
    mount: Mount,
    path: Path<NamespacePath>,
) -> Answer<Json<NamespaceMetadata>> {
    let find =
        move |tx: &ReadTx<'_>, served: &Served| listing::find(tx, served.repository, &path.name);
    let (_, unit) = place.read(find).await?;
    Ok(Json(NamespaceMetadata::new(unit, &origin, &mount)?))
}
