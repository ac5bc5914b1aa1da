//! Roles held on one object, the same for namespaces, repositories and remotes (contract 03, REP-14 to 17, REM-7 to
//! 10, PNS-3, PNS-4).

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::roles::object_roles;
use crate::domain::accounts::roles::object_roles::Wanted;
use crate::domain::namespaces;
use crate::domain::remotes;
use crate::domain::repositories;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::pulp::shapes::roles::MyPermissions;
use crate::http::pulp::shapes::roles::NestedRole;
use crate::http::pulp::shapes::roles::ObjectRoles;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::policy::action::Action;
use crate::policy::object::Object;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file. The reference has none of those of namespaces; its web interface changes their owners
/// with the namespace.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/list_roles/",
        [get(Action::RepositoryRoleList, list::<Repository>)],
    );
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/add_role/",
        [post(Action::RepositoryRoleAdd, add::<Repository>)
            .creates::<NestedRole>()
            .body(read)],
    );
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/remove_role/",
        [post(Action::RepositoryRoleRemove, remove::<Repository>)
            .creates::<NestedRole>()
            .body(read)],
    );
    r.api(
        "/pulp/api/v3/repositories/ansible/ansible/{id:[0-9a-fA-F-]{36}}/my_permissions/",
        [get(Action::RepositoryPermissions, mine::<Repository>)],
    );
    r.api(
        "/pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/list_roles/",
        [get(Action::RemoteRoleList, list::<Remote>)],
    );
    r.api(
        "/pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/add_role/",
        [post(Action::RemoteRoleAdd, add::<Remote>)
            .creates::<NestedRole>()
            .body(read)],
    );
    r.api(
        "/pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/remove_role/",
        [post(Action::RemoteRoleRemove, remove::<Remote>)
            .creates::<NestedRole>()
            .body(read)],
    );
    r.api(
        "/pulp/api/v3/remotes/ansible/collection/{id:[0-9a-fA-F-]{36}}/my_permissions/",
        [get(Action::RemotePermissions, mine::<Remote>)],
    );
    r.api(
        "/pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/list_roles/",
        [get(Action::NamespaceRoleList, list::<Namespace>)],
    );
    r.api(
        "/pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/add_role/",
        [post(Action::NamespaceRoleAdd, add::<Namespace>)
            .creates::<NestedRole>()
            .body(read)],
    );
    r.api(
        "/pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/remove_role/",
        [post(Action::NamespaceRoleRemove, remove::<Namespace>)
            .creates::<NestedRole>()
            .body(read)],
    );
    r.api(
        "/pulp/api/v3/pulp_ansible/namespaces/{id:[0-9]+}/my_permissions/",
        [get(Action::NamespaceRoleList, mine::<Namespace>)],
    );
}

/// A kind of object that roles are held on.
trait Target: 'static {
    /// The object that a path names. Fails if it is not there or may not be seen.
    fn find(tx: &ReadTx<'_>, permit: &Permit, id: &str) -> Result<Object>;
}

struct Repository;
struct Remote;
struct Namespace;

impl Target for Repository {
    fn find(tx: &ReadTx<'_>, permit: &Permit, id: &str) -> Result<Object> {
        let id = repositories::queries::visible(tx, permit, parse(id)?)?;
        Ok(Object::Repository(id))
    }
}

impl Target for Remote {
    fn find(tx: &ReadTx<'_>, _: &Permit, id: &str) -> Result<Object> {
        Ok(Object::Remote(remotes::listing::get(tx, parse(id)?)?.id))
    }
}

impl Target for Namespace {
    fn find(tx: &ReadTx<'_>, _: &Permit, id: &str) -> Result<Object> {
        let id = NamespaceId(parse(id)?);
        namespaces::queries::check_exists(tx, id)?;
        Ok(Object::Namespace(id))
    }
}

/// The id in a path; what is none is no route, as in the reference.
fn parse<T: std::str::FromStr>(id: &str) -> Result<T> {
    id.parse().map_err(|_| Error::NotFound(Noun::Route))
}

async fn list<T: Target>(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<String>,
) -> Answer<Json<ObjectRoles>> {
    let found = app
        .read(move |tx| {
            let object = T::find(tx, &permit, &id)?;
            object_roles::list(tx, &permit, object)
        })
        .await?;
    Ok(Json(ObjectRoles::new(found)))
}

async fn mine<T: Target>(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<String>,
) -> Answer<Json<MyPermissions>> {
    let found = app
        .read(move |tx| object_roles::mine(&permit, T::find(tx, &permit, &id)?))
        .await?;
    Ok(Json(MyPermissions::new(found)))
}

async fn add<T: Target>(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<String>,
    body: Body,
) -> Answer<HttpResponse> {
    change::<T>(app, permit, id, body, object_roles::add).await
}

async fn remove<T: Target>(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<String>,
    body: Body,
) -> Answer<HttpResponse> {
    change::<T>(app, permit, id, body, object_roles::remove).await
}

/// What is done with the role of a request.
type Change = fn(&WriteTx<'_>, &Permit, Object, &Wanted) -> Result<()>;

async fn change<T: Target>(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<String>,
    mut body: Body,
    change: Change,
) -> Answer<HttpResponse> {
    let (permit, id) = (permit.into_inner(), id.into_inner());
    {
        let (permit, id) = (permit.clone(), id.clone());
        // That the object is missing, or not the caller's, is told before what is wrong with the body.
        app.read(move |tx| permit.on(T::find(tx, &permit, &id)?))
            .await?;
    }
    let wanted = read(&mut body)?;
    let wanted = app
        .write(move |tx| {
            let object = T::find(tx, &permit, &id)?;
            change(tx, &permit, object, &wanted).map(|()| wanted)
        })
        .await?;
    Ok(HttpResponse::Created().json(NestedRole::new(wanted)))
}

/// Most users and groups that a role is given to at once: all are looked up while everybody else waits to write.
const HOLDERS_MAX: usize = 1000;

fn read(body: &mut Body) -> Result<Wanted> {
    let role = body.filled_text("role");
    let mut names = |field| match body.at_most(field, HOLDERS_MAX) {
        true => body.texts(field).unwrap_or_default(),
        false => Vec::new(),
    };
    let (users, groups) = (names("users"), names("groups"));
    body.check()?;
    Ok(Wanted {
        role,
        users,
        groups,
    })
}
