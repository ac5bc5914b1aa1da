//! Roles, and roles somebody was given.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::roles::Role;
use crate::domain::accounts::roles::assignments::Holder;
use crate::domain::accounts::roles::holdings::Assignment;
use crate::domain::accounts::roles::object_roles::RoleHolders;
use crate::domain::accounts::roles::object_roles::Wanted;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::kernel::clock::Timestamp;
use crate::policy::permission::PermissionSet;

/// **Role** of contract 03 §3.7.
#[derive(Debug, Serialize, ToSchema)]
pub struct PulpRole {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    name: String,
    description: Option<String>,
    permissions: Vec<&'static str>,
    locked: bool,
}

impl PulpRole {
    /// The role, linked below the root of the request.
    pub fn new(role: Role, mount: &Mount) -> Self {
        Self {
            pulp_href: href::role(mount, role.uuid),
            prn: format!("prn:core.role:{}", role.uuid),
            pulp_created: role.created_at,
            pulp_last_updated: role.updated_at,
            name: role.name,
            description: role.description,
            permissions: role.permissions.names(),
            locked: role.is_locked,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.pulp_href
    }
}

/// **RoleAssignment** of contract 03 §3.7. Assignments do not change, and there are no domains.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = pulp::roles::RoleAssignment)]
pub struct RoleAssignment {
    pulp_href: String,
    prn: String,
    pulp_created: Timestamp,
    pulp_last_updated: Timestamp,
    role: String,
    content_object: Option<String>,
    content_object_prn: Option<String>,
    description: Option<String>,
    permissions: Vec<&'static str>,
    domain: Option<String>,
}

impl RoleAssignment {
    /// A role that `holder` was given, linked below the root of the request.
    pub fn new(given: Assignment, holder: Holder, mount: &Mount) -> Self {
        let model = match holder {
            Holder::User(_) => "userrole",
            Holder::Group(_) => "grouprole",
        };
        Self {
            pulp_href: href::assignment(mount, holder, given.uuid),
            prn: format!("prn:core.{model}:{}", given.uuid),
            pulp_created: given.created_at,
            pulp_last_updated: given.created_at,
            role: given.role,
            content_object: given
                .object
                .and_then(|named| href::object::object(mount, named)),
            content_object_prn: given.object.map(href::object::prn),
            description: given.description,
            permissions: given.permissions.names(),
            domain: None,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.pulp_href
    }
}

/// Who holds roles on an object (contract 03, REP-14).
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectRoles {
    roles: Vec<HeldRole>,
}

#[derive(Debug, Serialize, ToSchema)]
struct HeldRole {
    role: String,
    users: Vec<String>,
    groups: Vec<String>,
}

impl ObjectRoles {
    /// All of them.
    pub fn new(all: Vec<RoleHolders>) -> Self {
        let held = |held: RoleHolders| HeldRole {
            role: held.role,
            users: held.users,
            groups: held.groups,
        };
        Self {
            roles: all.into_iter().map(held).collect(),
        }
    }
}

/// What was asked for, repeated (contract 03, REP-15).
#[derive(Debug, Serialize, ToSchema)]
pub struct NestedRole {
    users: Vec<String>,
    groups: Vec<String>,
    role: String,
}

impl NestedRole {
    /// The echo of a request.
    pub fn new(wanted: Wanted) -> Self {
        Self {
            users: wanted.users,
            groups: wanted.groups,
            role: wanted.role,
        }
    }
}

/// What the caller may do with an object (contract 03, REP-17).
#[derive(Debug, Serialize, ToSchema)]
pub struct MyPermissions {
    permissions: Vec<&'static str>,
}

impl MyPermissions {
    /// These.
    pub fn new(permissions: PermissionSet) -> Self {
        Self {
            permissions: permissions.names(),
        }
    }
}
