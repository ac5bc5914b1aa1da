//! An organization.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::groups::organizations::Organization;
use crate::http::ui::v2::shapes::Resource;
use crate::kernel::ids::OrganizationId;

/// An organization, of contract 04, V2-8.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationShape {
    id: OrganizationId,
    name: String,
    resource: Resource,
}

impl From<Organization> for OrganizationShape {
    fn from(organization: Organization) -> Self {
        Self {
            id: organization.id,
            name: organization.name,
            resource: Resource::new(organization.uuid, "organization"),
        }
    }
}
