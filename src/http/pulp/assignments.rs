//! Who holds which role: the roles of a group, and those of a user (contract 03 §3.7, PGR-9 to 12, PUS-6 to 8).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::holdings;
use crate::domain::accounts::roles::holdings::AssignmentFilter;
use crate::domain::accounts::roles::holdings::AssignmentOrder;
use crate::domain::accounts::roles::holdings::Where;
use crate::domain::accounts::roles::objects;
use crate::domain::accounts::roles::objects::Named;
use crate::http::href;
use crate::http::kit::body::Body;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::PULP_ROLE;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::pulp::shapes::roles::RoleAssignment;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::policy::action::Action;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file: the same functions for both kinds of holders.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/groups/{holder:[0-9]+}/roles/",
        [
            get(Action::GroupRoleList, list::<GroupId>).query(filter),
            post(Action::GroupRoleAdd, add::<GroupId>)
                .creates::<RoleAssignment>()
                .body(read),
        ],
    );
    r.api(
        "/pulp/api/v3/groups/{holder:[0-9]+}/roles/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::GroupRoleList, show::<GroupId>).query(Keys::of),
            delete(Action::GroupRoleRemove, remove::<GroupId>).empty(StatusCode::NO_CONTENT),
        ],
    );
    r.api(
        "/pulp/api/v3/users/{holder:[0-9]+}/roles/",
        [
            get(Action::UserRoleList, list::<UserId>).query(filter),
            post(Action::UserRoleAdd, add::<UserId>)
                .creates::<RoleAssignment>()
                .body(read),
        ],
    );
    r.api(
        "/pulp/api/v3/users/{holder:[0-9]+}/roles/{id:[0-9a-fA-F-]{36}}/",
        [
            get(Action::UserRoleList, show::<UserId>).query(Keys::of),
            delete(Action::UserRoleRemove, remove::<UserId>).empty(StatusCode::NO_CONTENT),
        ],
    );
}

/// The id of somebody who holds roles.
trait HolderId: 'static {
    /// The holder a path names.
    fn holder(id: i64) -> Holder;
}

impl HolderId for GroupId {
    fn holder(id: i64) -> Holder {
        Holder::Group(Self(id))
    }
}

impl HolderId for UserId {
    fn holder(id: i64) -> Holder {
        Holder::User(Self(id))
    }
}

const ORDERINGS: &[(&str, AssignmentOrder)] = &[
    ("-pulp_created", AssignmentOrder::NewestFirst),
    ("pulp_created", AssignmentOrder::OldestFirst),
    ("role", AssignmentOrder::Role),
    ("-role", AssignmentOrder::RoleDescending),
    ("description", AssignmentOrder::Description),
    ("-description", AssignmentOrder::DescriptionDescending),
];

/// An object that a request names in one of its fields.
#[derive(Debug, Clone)]
struct Mention {
    field: &'static str,
    text: String,
    named: Option<Named>,
}

impl Mention {
    fn href(text: &str) -> Self {
        Self {
            field: "content_object",
            text: text.to_owned(),
            named: href::object::parse_object(text),
        }
    }

    fn prn(text: &str) -> Self {
        Self {
            field: "content_object_prn",
            text: text.to_owned(),
            named: href::object::parse_prn(text),
        }
    }

    /// The object, if it is there.
    fn find(&self, tx: &ReadTx<'_>) -> Result<Object> {
        let found = match self.named {
            Some(named) => objects::find(tx, named)?,
            None => None,
        };
        let message = || format!("Invalid value: {}.", self.text);
        found.ok_or_else(|| Error::invalid(self.field, "invalid", message()))
    }
}

/// What a list asks for: the object is looked up later. `null` is everywhere.
fn filter(params: &Params) -> Result<(AssignmentFilter, Option<Option<Mention>>)> {
    let mut filters = Filters::of(params);
    let href = filters.raw("content_object");
    let prn = filters.raw("content_object_prn");
    let mention = match (href, prn) {
        (Some("null"), _) | (None, Some("null")) => Some(None),
        (Some(href), _) => Some(Some(Mention::href(href))),
        (None, Some(prn)) => Some(Some(Mention::prn(prn))),
        (None, None) => None,
    };
    let filter = AssignmentFilter {
        role: filters.text("role", PULP_ROLE),
        held: None,
        order: params.ordering(ORDERINGS)?,
    };
    // There are no domains, so that nothing is given in one: `null` says no more than nothing.
    if filters.raw("domain").is_some_and(|domain| domain != "null") {
        return Err(no_domains());
    }
    filters.strict()?;
    Ok((filter, mention))
}

fn no_domains() -> Error {
    Error::invalid("domain", "invalid", "This server has no domains.")
}

async fn list<H: HolderId>(
    app: Data<App>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
    id: Path<i64>,
) -> Answer<Json<Paged<RoleAssignment>>> {
    let holder = H::holder(*id);
    let (mut filter, mention) = filter(&params)?;
    let found = app
        .read(move |tx| {
            filter.held = match mention {
                None => None,
                Some(None) => Some(Where::Everywhere),
                Some(Some(mention)) => Some(Where::On(mention.find(tx)?)),
            };
            holdings::list(tx, holder, &filter, page.0)
        })
        .await?;
    let found = found.map(|given| RoleAssignment::new(given, holder, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show<H: HolderId>(
    app: Data<App>,
    mount: Mount,
    params: Params,
    path: Path<(i64, Uuid)>,
) -> Answer<Json<Chosen<RoleAssignment>>> {
    let (id, uuid) = path.into_inner();
    let holder = H::holder(id);
    let given = app.read(move |tx| holdings::get(tx, holder, uuid)).await?;
    let shape = RoleAssignment::new(given, holder, &mount);
    Ok(Json(Chosen::new(shape, &params)))
}

async fn add<H: HolderId>(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let holder = H::holder(*id);
    app.read(move |tx| holder.name(tx)).await?;
    let (role, mention) = read(&mut body)?;
    let given = app
        .write(move |tx| {
            let object = mention.map(|mention| mention.find(tx)).transpose()?;
            holdings::give(tx, &permit, holder, &role, object)
        })
        .await?;
    let shape = RoleAssignment::new(given, holder, &mount);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, shape.path()))
        .json(shape))
}

/// What a role that is given can be told by; most of it is read only, and ignored.
const FIELDS: &[&str] = &[
    "pulp_href",
    "prn",
    "pulp_created",
    "pulp_last_updated",
    "description",
    "permissions",
    "role",
    "content_object",
    "content_object_prn",
    "domain",
];

const NOWHERE: &str = "Either 'content_object' or 'content_object_prn' needs to be specified. \
                       Use 'null' for global or domain level access.";

/// The role, and where it is given. That it is given everywhere must be said: it is never the default.
fn read(body: &mut Body) -> Result<(String, Option<Mention>)> {
    body.only(FIELDS);
    let role = body.filled_text("role");
    let href = body.nullable_text("content_object");
    let prn = body.nullable_text("content_object_prn");
    if body.has("domain") && !body.is_null("domain") {
        body.fault("domain", "invalid", "This server has no domains.");
    }
    body.check()?;
    let mention = match (href, prn) {
        (None, None) => {
            return Err(Error::Invalid(vec![Fault::new(None, "invalid", NOWHERE)]));
        }
        (Some(Some(href)), _) => Some(Mention::href(&href)),
        (_, Some(Some(prn))) => Some(Mention::prn(&prn)),
        _ => None,
    };
    Ok((role, mention))
}

async fn remove<H: HolderId>(
    app: Data<App>,
    permit: ReqData<Permit>,
    path: Path<(i64, Uuid)>,
) -> Answer<HttpResponse> {
    let (id, uuid) = path.into_inner();
    let holder = H::holder(id);
    app.write(move |tx| holdings::take(tx, &permit, holder, uuid))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
