//! Namespaces (contract 02 §2.9).

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde_json::Map;
use serde_json::Value;

use crate::domain::audit;
use crate::domain::namespaces::Link;
use crate::domain::namespaces::Profile;
use crate::domain::namespaces::create;
use crate::domain::namespaces::create::NewNamespace;
use crate::domain::namespaces::owners;
use crate::domain::namespaces::owners::Named;
use crate::domain::namespaces::owners::Wanted;
use crate::domain::namespaces::queries;
use crate::domain::namespaces::queries::NamespaceFilter;
use crate::domain::namespaces::queries::NamespaceOrder;
use crate::http::href;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::v3::shapes::namespaces::NamespaceDetail;
use crate::http::v3::shapes::namespaces::NamespaceSummary;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/v3/namespaces/",
        [
            get(Action::NamespaceList, list),
            post(Action::NamespaceCreate, add),
        ],
    );
    r.api("/v3/namespaces/{name}/", [get(Action::NamespaceRead, show)]);
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
    })
}

fn wants_permissions(params: &Params) -> bool {
    params
        .all("include_related")
        .any(|name| name == "my_permissions")
}

async fn list(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<NamespaceSummary>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| queries::list(tx, &filter, page.0))
        .await?;
    let viewer = wants_permissions(&params).then(|| permit.viewer());
    let found = found.map(|namespace| NamespaceSummary::new(namespace, &mount, viewer));
    Ok(Json(Paged::new(found, &mount, &params)))
}

async fn show(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    name: Path<String>,
    params: Params,
) -> Answer<Json<NamespaceDetail>> {
    let namespace = app.read(move |tx| queries::find(tx, &name)).await?;
    let viewer = wants_permissions(&params).then(|| permit.viewer());
    Ok(Json(NamespaceDetail::new(namespace, &mount, viewer)))
}

async fn add(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let (mut new, wanted) = read(&mut body);
    body.check()?;
    let permit = permit.into_inner();
    let namespace = app
        .write(move |tx| {
            new.owners = owners::resolve(tx, &wanted)?;
            create::create(tx, &new)?;
            audit::record(tx, &permit, format!("namespace {}", new.name))?;
            queries::find(tx, &new.name)
        })
        .await?;
    let location = href::namespace(&mount, namespace.id);
    let shape = NamespaceDetail::new(namespace, &mount, None);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(shape))
}

/// The write fields of a namespace; what is wrong with them is noted in `body`.
fn read(body: &mut Body) -> (NewNamespace, Vec<Wanted>) {
    let new = NewNamespace {
        name: body.required_text("name"),
        profile: Profile {
            company: body.text("company"),
            email: body.text("email"),
            description: body.text("description"),
            resources: body.text("resources"),
            links: body.objects("links").iter().map(link).collect(),
            avatar_sha256: None,
        },
        avatar_url: body.text("avatar_url"),
        owners: Vec::new(),
    };
    let mut wanted = Vec::new();
    for field in ["groups", "users"] {
        for holder in body.objects(field) {
            match read_owner(field, &holder) {
                Ok(owner) => wanted.push(owner),
                Err(message) => body.fault(field, "invalid", message),
            }
        }
    }
    (new, wanted)
}

fn link(fields: &Map<String, Value>) -> Link {
    let text = |name| {
        fields
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Link {
        name: text("name"),
        url: text("url"),
    }
}

/// One entry of `groups` or `users`. `object_permissions` is the old word for `object_roles`.
fn read_owner(
    field: &str,
    fields: &Map<String, Value>,
) -> std::result::Result<Wanted, &'static str> {
    let roles = fields
        .get("object_roles")
        .or_else(|| fields.get("object_permissions"));
    let roles = roles
        .ok_or("object_roles field is required")?
        .as_array()
        .ok_or("object_roles must be a list")?;
    let roles: Option<Vec<String>> = roles
        .iter()
        .map(|role| role.as_str().map(str::to_owned))
        .collect();
    let text = |name| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = fields.get("id").and_then(Value::as_i64);
    let holder = match field {
        _ if id.is_none() && text("name").is_none() && text("username").is_none() => {
            return Err("id or name field is required");
        }
        "groups" => Named::Group {
            id,
            name: text("name"),
        },
        _ => Named::User {
            id,
            username: text("username").or_else(|| text("name")),
        },
    };
    Ok(Wanted {
        holder,
        roles: roles.ok_or("object_roles must be a list of role names")?,
    })
}
