//! The collections of a repository, and versions wherever they are (contract 04, UCO-1 to UCO-4).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Deserialize;

use crate::db::tx::ReadTx;
use crate::domain::collections::catalog;
use crate::domain::collections::catalog::CatalogField;
use crate::domain::collections::catalog::CatalogFilter;
use crate::domain::collections::catalog::CatalogVersion;
use crate::domain::collections::shelf;
use crate::domain::collections::signatures;
use crate::domain::namespaces;
use crate::domain::repositories::distributions::Served;
use crate::http::href;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::Suffix;
use crate::http::kit::filter::field::Field;
use crate::http::kit::filter::field::Holds;
use crate::http::kit::membership;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::place::Place;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::namespaces::shapes::NamespaceSummary;
use crate::http::ui::v1::shapes::collections::CollectionItem;
use crate::http::ui::v1::shapes::collections::CollectionPage;
use crate::http::ui::v1::shapes::collections::VersionItem;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::filter::Condition;
use crate::kernel::filter::Expression;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;
use crate::kernel::page::Page;
use crate::kernel::page::Window;
use crate::kernel::range::VersionRange;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/repo/{base_path:.+}/{namespace:[^/]+}/{name:[^/]+}/",
        [get(Action::CollectionRead, show)
            .query(version)
            .query(wants_permissions)],
    );
    r.api(
        "/_ui/v1/repo/{base_path:.+}/",
        [get(Action::CollectionList, list).query(shelf_filter)],
    );
    r.api(
        "/_ui/v1/collection-versions/",
        [get(Action::ContentList, list_versions).query(filter)],
    );
    r.api(
        "/_ui/v1/collection-versions/{namespace}/{name}/{version}/",
        [get(Action::ContentRead, show_version)],
    );
}

/// Whether what the caller may do on a namespace is wanted.
fn wants_permissions(params: &Params) -> bool {
    params
        .all("include_related")
        .any(|name| name == "my_permissions")
}

const EXACT: &[Suffix] = &[Suffix::Exact];

const SHELF: &[Field<CatalogField>] = &[
    (
        "",
        Holds::Itself(href::content::parse_content),
        CatalogField::Uuid,
    ),
    ("namespace", Holds::Text(EXACT), CatalogField::Namespace),
    ("name", Holds::Text(EXACT), CatalogField::Name),
    ("version", Holds::Text(EXACT), CatalogField::Version),
];

/// This list is strict, as the pulp API's.
fn shelf_filter(params: &Params) -> Result<CatalogFilter> {
    let mut filters = Filters::of(params);
    let mut words = params.words("q")?;
    words.extend(params.words("keywords")?);
    let states = params.list("sign_state")?;
    let wants = |word: &str| states.is_empty() || states.iter().any(|state| state == word);
    let (signed, unsigned) = (wants("signed"), wants("unsigned"));
    let filter = CatalogFilter {
        fields: match signed || unsigned {
            true => filters.fields_without_q(SHELF)?,
            false => Expression::Any(Vec::new()),
        },
        signed: (signed != unsigned).then_some(signed),
        words,
        tags: params.list("tags")?,
        memberships: membership::read(&mut filters, href::parse_repository_version)?,
        deprecated: filters.boolean("deprecated"),
        order: filters.ordering(SHELF)?,
        ..CatalogFilter::default()
    };
    for name in ["q", "keywords", "tags", "sign_state", "include_related"] {
        filters.raw(name);
    }
    filters.strict()?;
    Ok(filter)
}

async fn list(
    place: Place,
    permit: ReqData<Permit>,
    (origin, mount): (Origin, Mount),
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<CollectionItem>>> {
    let filter = shelf_filter(&params)?;
    let find = move |tx: &ReadTx<'_>, served: &Served| {
        let filter = CatalogFilter {
            highest_in: Some(served.repository),
            ..filter
        };
        let found = catalog::list(tx, &Repositories::All, &filter, page.0)?;
        let ids: Vec<_> = found.items.iter().map(|version| version.id).collect();
        let said = shelf::said(tx, served.repository, &ids)?;
        let signed = signatures::attached(tx, Some(served.repository), &Repositories::All, &ids)?;
        let names: Vec<String> = found
            .items
            .iter()
            .map(|version| version.namespace.clone())
            .collect();
        let namespaces = namespaces::queries::find_all(tx, &names)?;
        Ok((found, said, signed, namespaces))
    };
    let (_, (found, said, mut signed, namespaces)) = place.read(find).await?;
    let viewer = wants_permissions(&params).then(|| permit.viewer());
    let item = |version: CatalogVersion| {
        let said = said.get(&version.id).copied().unwrap_or_default();
        let namespace = namespaces.get(&version.namespace).cloned();
        let namespace =
            namespace.map(|namespace| NamespaceSummary::new(namespace, (&origin, &mount), viewer));
        let signatures = signed.remove(&version.id).unwrap_or_default();
        CollectionItem::new((version, signatures), namespace, said)
    };
    let found = found.try_map(item)?;
    Ok(Json(Paged::new(found, &mount, &params)))
}

#[derive(Deserialize)]
struct CollectionPath {
    namespace: String,
    name: String,
}

fn version(params: &Params) -> Option<String> {
    params.last("version").map(str::to_owned)
}

/// The highest version of a collection, or the one called `?version=`.
async fn show(
    place: Place,
    permit: ReqData<Permit>,
    (origin, mount): (Origin, Mount),
    params: Params,
    path: Path<CollectionPath>,
) -> Answer<Json<CollectionPage>> {
    let version = version(&params);
    let CollectionPath { namespace, name } = path.into_inner();
    let find = move |tx: &ReadTx<'_>, served: &Served| {
        let siblings = shelf::siblings(tx, served.repository, (&namespace, &name))?;
        let chosen = match &version {
            None => siblings.first(),
            Some(version) => siblings.iter().find(|sibling| sibling.version == *version),
        };
        let missing = || Error::NotFound(Noun::Collection(format!("{namespace}.{name}")));
        let uuid = chosen
            .and_then(|chosen| chosen.uuid.parse().ok())
            .ok_or_else(missing)?;
        let found = catalog::get(tx, &Repositories::All, uuid)?;
        let said = shelf::said(tx, served.repository, &[found.id])?.remove(&found.id);
        let documents = catalog::documents(tx, found.id)?;
        let signatures =
            signatures::attached(tx, Some(served.repository), &Repositories::All, &[found.id])?
                .remove(&found.id);
        let namespace = namespaces::queries::find_all(tx, std::slice::from_ref(&namespace))?;
        Ok((
            (found, signatures.unwrap_or_default()),
            said.unwrap_or_default(),
            documents,
            namespace,
            siblings,
        ))
    };
    let (_, (found, said, documents, mut namespaces, siblings)) = place.read(find).await?;
    let viewer = wants_permissions(&params).then(|| permit.viewer());
    let namespace = namespaces
        .remove(&found.0.namespace)
        .map(|namespace| NamespaceSummary::new(namespace, (&origin, &mount), viewer));
    let item = CollectionItem::new(found, namespace, said)?;
    Ok(Json(CollectionPage::new(item, documents, siblings)))
}

/// What the names of this list can be compared by.
const PARTS: &[Suffix] = &[
    Suffix::Exact,
    Suffix::IContains,
    Suffix::Contains,
    Suffix::StartsWith,
];

const FIELDS: &[Field<CatalogField>] = &[
    ("namespace", Holds::Text(PARTS), CatalogField::Namespace),
    ("name", Holds::Text(PARTS), CatalogField::Name),
    ("version", Holds::Text(PARTS), CatalogField::Version),
];

/// What came first.
const FIRST: SortKey<CatalogField> = sort(CatalogField::Created, false);

const SORTS: &[(&str, SortKey<CatalogField>)] = &[
    ("pulp_created", sort(CatalogField::Created, false)),
    ("-pulp_created", sort(CatalogField::Created, true)),
    ("namespace", sort(CatalogField::Namespace, false)),
    ("-namespace", sort(CatalogField::Namespace, true)),
    ("collection", sort(CatalogField::Name, false)),
    ("-collection", sort(CatalogField::Name, true)),
    ("version", sort(CatalogField::Version, false)),
    ("-version", sort(CatalogField::Version, true)),
];

const fn sort(field: CatalogField, descending: bool) -> SortKey<CatalogField> {
    SortKey { field, descending }
}

/// This list ignores what it does not know.
fn filter(params: &Params) -> Result<CatalogFilter> {
    let text = |name| params.last(name).map(str::to_owned);
    let range = params.last("version_range").map(|range| {
        let wrong = "version_range must be a valid semantic version range.";
        let fault = || Error::Invalid(vec![Fault::new(None, "invalid", wrong)]);
        VersionRange::parse(range).ok_or_else(fault)
    });
    Ok(CatalogFilter {
        fields: Filters::of(params).fields_without_q(FIELDS)?,
        dependency: text("dependency"),
        range: range.transpose()?,
        base_path: text("repository"),
        order: vec![params.order_or("sort", FIRST, SORTS)?],
        ..CatalogFilter::default()
    })
}

async fn list_versions(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<VersionItem>>> {
    let filter = filter(&params)?;
    let seen = Repositories::of(permit.viewer());
    let (found, mut places, mut signed) = app
        .read(move |tx| {
            let found = catalog::list(tx, &seen, &filter, page.0)?;
            let ids: Vec<_> = found.items.iter().map(|version| version.id).collect();
            let places = shelf::places(tx, &seen, &ids)?;
            let signed = signatures::attached(tx, None, &seen, &ids)?;
            Ok((found, places, signed))
        })
        .await?;
    let items = found.items.into_iter().map(|version| {
        let names = places.remove(&version.id).unwrap_or_default();
        let signatures = signed.remove(&version.id).unwrap_or_default();
        Ok(VersionItem::new(version, signatures)?.in_repositories(names))
    });
    let found = Page {
        total: found.total,
        items: items.collect::<Result<_>>()?,
    };
    Ok(Json(Paged::new(found, &mount, &params)))
}

#[derive(Deserialize)]
struct VersionPath {
    namespace: String,
    name: String,
    version: String,
}

/// Of several with other bytes, the one that came last.
async fn show_version(
    app: Data<App>,
    permit: ReqData<Permit>,
    path: Path<VersionPath>,
) -> Answer<Json<VersionItem>> {
    let seen = Repositories::of(permit.viewer());
    let VersionPath {
        namespace,
        name,
        version,
    } = path.into_inner();
    let (found, documents, signatures) = app
        .read(move |tx| {
            let is = |field, text: &str| {
                Expression::Is(field, Condition::Text(TextFilter::Is(text.to_owned())))
            };
            let filter = CatalogFilter {
                fields: Expression::All(vec![
                    is(CatalogField::Namespace, &namespace),
                    is(CatalogField::Name, &name),
                    is(CatalogField::Version, &version),
                ]),
                ..CatalogFilter::default()
            };
            let found = catalog::list(tx, &seen, &filter, Window::ONE)?.items.pop();
            let missing =
                || Error::NotFound(Noun::Version(format!("{namespace}.{name}:{version}")));
            let found = found.ok_or_else(missing)?;
            let documents = catalog::documents(tx, found.id)?;
            let signatures = signatures::attached(tx, None, &seen, &[found.id])?.remove(&found.id);
            Ok((found, documents, signatures.unwrap_or_default()))
        })
        .await?;
    let item = VersionItem::new(found, signatures)?;
    Ok(Json(item.with_docs(documents)))
}
