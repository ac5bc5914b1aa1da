//! A role.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::roles::definitions;
use crate::domain::accounts::roles::definitions::Definition;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::ui::v2::shapes::PersonShape;
use crate::http::ui::v2::shapes::Resource;
use crate::http::ui::v2::shapes::content_type;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::UserId;

/// A role, of contract 04, V2-13.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleDefinition {
    id: RoleId,
    url: String,
    related: Related,
    summary_fields: Summaries,
    permissions: Vec<&'static str>,
    content_type: Option<String>,
    modified: Timestamp,
    created: Timestamp,
    name: String,
    description: String,
    managed: bool,
    modified_by: Option<UserId>,
    created_by: Option<UserId>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::role_definitions::Related)]
struct Related {
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_by: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::role_definitions::Summaries)]
struct Summaries {
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_by: Option<PersonShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<PersonShape>,
    resource: Resource,
}

/// What a role is for. Those that came with the server say their name, as in the reference.
pub fn description(description: Option<String>, name: &str, is_locked: bool) -> String {
    let of_name = || is_locked.then(|| name.to_owned());
    description.or_else(of_name).unwrap_or_default()
}

impl RoleDefinition {
    /// The role, linked below the root of the request.
    pub fn new(definition: Definition, mount: &Mount) -> Self {
        let Definition {
            role,
            created_by,
            modified_by,
        } = definition;
        let user = |id: UserId| href::platform(mount, "users", id.0);
        let (creator, modifier) = (
            created_by.as_ref().map(|person| person.id),
            modified_by.as_ref().map(|person| person.id),
        );
        Self {
            id: role.id,
            url: href::platform(mount, "role_definitions", role.id.0),
            related: Related {
                created_by: creator.map(user),
                modified_by: modifier.map(user),
            },
            summary_fields: Summaries {
                modified_by: modified_by.map(PersonShape::from),
                created_by: created_by.map(PersonShape::from),
                resource: Resource::new(role.uuid, "shared.roledefinition"),
            },
            permissions: role.permissions.names(),
            content_type: definitions::kind_of(role.permissions).map(content_type::text),
            modified: role.updated_at,
            created: role.created_at,
            description: description(role.description, &role.name, role.is_locked),
            name: role.name,
            managed: role.is_locked,
            modified_by: modifier,
            created_by: creator,
        }
    }
}
