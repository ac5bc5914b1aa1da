//! A team.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::groups::Group;
use crate::domain::accounts::groups::teams::Team;
use crate::http::ui::v2::shapes::Resource;
use crate::http::ui::v2::shapes::groups::GroupShape;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::OrganizationId;

/// A team, of contract 04, V2-10.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamShape {
    id: GroupId,
    name: String,
    group: GroupShape,
    organization: Home,
    resource: Resource,
}

#[derive(Debug, Serialize, ToSchema)]
struct Home {
    id: OrganizationId,
    name: String,
}

impl From<Team> for TeamShape {
    fn from(team: Team) -> Self {
        let group = Group {
            id: team.id,
            name: team.group,
        };
        Self {
            id: team.id,
            name: team.name,
            group: group.into(),
            organization: Home {
                id: team.organization,
                name: team.organization_name,
            },
            resource: Resource::new(team.uuid, "team"),
        }
    }
}
