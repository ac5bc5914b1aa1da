//! Which permissions a role can have, by the kind of thing it is for (contract 04, V2-19).

use std::collections::BTreeMap;

use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::ui::v2::shapes::content_type;
use crate::policy::action::Action;
use crate::policy::object::Kind;
use crate::policy::permission::Permission;
use crate::policy::permission::PermissionSet;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api("/_ui/v2/role_metadata/", [get(Action::PlatformRead, show)]);
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::role_metadata::Metadata)]
struct Metadata {
    allowed_permissions: BTreeMap<String, Vec<&'static str>>,
}

/// Roles for everything there is.
const SYSTEM: &str = "system";

/// To add a thing is no permission on that thing, so that it is one of `system` only.
async fn show() -> Answer<Json<Metadata>> {
    let all: PermissionSet = Permission::ALL.iter().copied().collect();
    let on_objects = |permission: &Permission| {
        permission.kind() != Kind::User && !permission.as_str().contains(".add_")
    };
    let mut allowed_permissions = BTreeMap::from([(SYSTEM.to_owned(), all.names())]);
    for kind in all.iter().filter(on_objects).map(Permission::kind) {
        let own: PermissionSet = all.about(kind).iter().filter(on_objects).collect();
        allowed_permissions.insert(content_type::text(kind), own.names());
    }
    Ok(Json(Metadata {
        allowed_permissions,
    }))
}
