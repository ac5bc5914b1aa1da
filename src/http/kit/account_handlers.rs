//! What `_ui/v1`, `_ui/v2` and the pulp API do to users and groups in one way, and answer alike.

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::domain::accounts::groups;
use crate::domain::accounts::groups::members;
use crate::domain::accounts::users::edit;
use crate::http::kit::accounts;
use crate::http::kit::accounts::MemberShape;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::policy::permit::Permit;
use crate::state::App;

/// Deletes a user.
pub async fn delete_user(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
) -> Answer<HttpResponse> {
    let id = UserId(id.into_inner());
    app.write(move |tx| edit::delete(tx, &permit, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Deletes a group.
pub async fn delete_group(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
) -> Answer<HttpResponse> {
    let id = GroupId(id.into_inner());
    app.write(move |tx| groups::delete(tx, &permit, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Puts a user into a group.
pub async fn add_member(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<HttpResponse> {
    let wanted = accounts::named_user(&mut body)?;
    let id = GroupId(id.into_inner());
    let member = app
        .write(move |tx| members::add(tx, &permit, id, &wanted))
        .await?;
    Ok(HttpResponse::Created().json(MemberShape::new(member, &mount)))
}

/// Takes a user out of a group.
pub async fn remove_member(
    app: Data<App>,
    permit: ReqData<Permit>,
    ids: Path<(i64, i64)>,
) -> Answer<HttpResponse> {
    let (group, user) = ids.into_inner();
    app.write(move |tx| members::remove(tx, &permit, GroupId(group), UserId(user)))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
