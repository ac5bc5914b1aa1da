//! Namespaces: the same handlers below `v3/namespaces/`, `_ui/v1/namespaces/` and, for the caller's own,
//! `_ui/v1/my-namespaces/` (contract 02 §2.9, 04 §4.2).

mod body;
pub mod shapes;
pub mod units;

use actix_web::Either;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::Redirect;
use actix_web::web::ReqData;

use crate::domain::collections::namespaces::avatar;
use crate::domain::collections::namespaces::edit;
use crate::domain::namespaces;
use crate::domain::namespaces::edit::Draft;
use crate::domain::namespaces::queries;
use crate::domain::namespaces::queries::NamespaceFilter;
use crate::domain::namespaces::queries::NamespaceOrder;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::post;
use crate::http::kit::routes::put;
use crate::http::namespaces::shapes::NamespaceDetail;
use crate::http::namespaces::shapes::NamespaceSummary;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible;
use crate::state::App;

/// The routes of all namespaces, below `list`: the v3 API and the web interface's have the same.
pub fn routes(r: &mut Routes, list: &str) {
    mount(r, list, (Action::NamespaceList, Action::NamespaceRead));
}

/// The routes of the caller's own namespaces, below `list`: what is not theirs is not there.
pub fn own_routes(r: &mut Routes, list: &str) {
    mount(
        r,
        list,
        (Action::OwnNamespaceList, Action::OwnNamespaceRead),
    );
}

fn mount(r: &mut Routes, list: &str, (all, one): (Action, Action)) {
    r.api(
        list,
        [
            get(all, self::list).query(filter).query(wants_permissions),
            post(Action::NamespaceCreate, add)
                .creates::<NamespaceDetail>()
                .body(body::whole),
        ],
    );
    r.api(
        &format!("{list}{{name}}/"),
        [
            get(one, show).query(wants_permissions),
            put(Action::NamespaceUpdate, replace).body(body::whole),
            patch(Action::NamespaceUpdate, change).body(body::parts),
            delete(Action::NamespaceDelete, remove).empty(StatusCode::NO_CONTENT),
        ],
    );
}

const ORDERINGS: &[(&str, NamespaceOrder)] = &[
    ("id", NamespaceOrder::Id),
    ("-id", NamespaceOrder::IdDescending),
    ("name", NamespaceOrder::Name),
    ("-name", NamespaceOrder::NameDescending),
    ("company", NamespaceOrder::Company),
    ("-company", NamespaceOrder::CompanyDescending),
];

/// This list ignores what it does not know: modules send `or__id` and the like.
fn filter(params: &Params) -> Result<NamespaceFilter> {
    let sort = params.last("sort").unwrap_or_default();
    let order = ORDERINGS
        .iter()
        .find(|(name, _)| *name == sort)
        .map(|(_, order)| *order);
    Ok(NamespaceFilter {
        name: params.last("name").map(str::to_owned),
        company: params.last("company").map(str::to_owned),
        keywords: params.values("keywords")?,
        order: order.unwrap_or_default(),
        own: None,
    })
}

/// The namespaces that a permit is about: all, or those of its holder.
fn own(permit: &Permit) -> Option<Vec<i64>> {
    match permit.action() {
        Action::OwnNamespaceList | Action::OwnNamespaceRead => {
            visible::own_namespaces(permit.viewer())
        }
        _ => None,
    }
}

fn wants_permissions(params: &Params) -> bool {
    params
        .all("include_related")
        .any(|name| name == "my_permissions")
}

/// Where a request is sent that came in below a distribution: it means what that holds of namespaces, or of the one of
/// this name (contract 02, LEG-14).
fn elsewhere(mount: &Mount, name: Option<&str>, params: &Params) -> Option<Redirect> {
    let base_path = mount.content.as_deref()?;
    let path = href::namespaces_of_distribution(mount, base_path, name);
    let location = match params.with(&[]) {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    };
    Some(Redirect::to(location).using_status_code(StatusCode::FOUND))
}

async fn list(
    app: Data<App>,
    (origin, mount): (Origin, Mount),
    permit: ReqData<Permit>,
    params: Params,
    page: Offset,
) -> Answer<Either<Redirect, Json<Paged<NamespaceSummary>>>> {
    if let Some(redirect) = elsewhere(&mount, None, &params) {
        return Ok(Either::Left(redirect));
    }
    let mut filter = filter(&params)?;
    filter.own = own(&permit);
    let found = app
        .read(move |tx| queries::list(tx, &filter, page.0))
        .await?;
    let viewer = wants_permissions(&params).then(|| permit.viewer());
    let found = found.map(|namespace| NamespaceSummary::new(namespace, (&origin, &mount), viewer));
    Ok(Either::Right(Json(Paged::new(found, &mount, &params))))
}

async fn show(
    app: Data<App>,
    (origin, mount): (Origin, Mount),
    permit: ReqData<Permit>,
    name: Path<String>,
    params: Params,
) -> Answer<Either<Redirect, Json<NamespaceDetail>>> {
    if let Some(redirect) = elsewhere(&mount, Some(&name), &params) {
        return Ok(Either::Left(redirect));
    }
    let own = own(&permit);
    let namespace = app
        .read(move |tx| queries::find_among(tx, &name, own.as_deref()))
        .await?;
    let viewer = wants_permissions(&params).then(|| permit.viewer());
    let shape = NamespaceDetail::new(namespace, (&origin, &mount), viewer);
    Ok(Either::Right(Json(shape)))
}

async fn add(
    app: Data<App>,
    (origin, mount): (Origin, Mount),
    asking: Asking,
    mut body: Body,
) -> Answer<HttpResponse> {
    let mut draft = body::whole(&mut body)?;
    keep_logo(&mut draft, &origin);
    let namespace = app
        .write(move |tx| edit::create(tx, asking.task(avatar::TASK), &draft))
        .await?;
    let location = href::namespace(&mount, namespace.id);
    let shape = NamespaceDetail::new(namespace, (&origin, &mount), None);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(shape))
}

async fn replace(
    app: Data<App>,
    (origin, mount): (Origin, Mount),
    asking: Asking,
    name: Path<String>,
    body: Body,
) -> Answer<Json<NamespaceDetail>> {
    update(app, (origin, mount), asking, name, body, body::whole).await
}

async fn change(
    app: Data<App>,
    (origin, mount): (Origin, Mount),
    asking: Asking,
    name: Path<String>,
    body: Body,
) -> Answer<Json<NamespaceDetail>> {
    update(app, (origin, mount), asking, name, body, body::parts).await
}

/// Clients send back what they were shown: a logo's address here means that nothing is to change.
fn keep_logo(draft: &mut Draft, origin: &Origin) {
    let is_ours = |url: &mut String| {
        let path = url.strip_prefix(&origin.0);
        path.is_some_and(|path| href::content::parse_avatar(path).is_some())
    };
    draft.avatar_url.take_if(is_ours);
}

async fn update(
    app: Data<App>,
    (origin, mount): (Origin, Mount),
    asking: Asking,
    name: Path<String>,
    mut body: Body,
    read: fn(&mut Body) -> Result<Draft>,
) -> Answer<Json<NamespaceDetail>> {
    let (asker, checked) = (asking.clone(), name.clone());
    // That it is missing, or not the caller's, is told before what is wrong with the body.
    app.read(move |tx| namespaces::edit::changeable(tx, asker.permit(), &checked))
        .await?;
    let mut draft = read(&mut body)?;
    keep_logo(&mut draft, &origin);
    let namespace = app
        .write(move |tx| edit::update(tx, asking.task(avatar::TASK), &name, &draft))
        .await?;
    Ok(Json(NamespaceDetail::new(
        namespace,
        (&origin, &mount),
        None,
    )))
}

async fn remove(app: Data<App>, asking: Asking, name: Path<String>) -> Answer<HttpResponse> {
    app.write(move |tx| edit::delete(tx, asking.permit(), &name))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
