//! A user.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::groups::teams::Team;
use crate::domain::accounts::users::profiles::Profile;
use crate::http::ui::v2::shapes::Resource;
use crate::http::ui::v2::shapes::groups::GroupShape;
use crate::http::ui::v2::shapes::teams::TeamShape;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::UserId;

/// **UserV2** of contract 04 §4.6. Nobody is in an organization but by a team of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::users::UserShape)]
pub struct UserShape {
    id: UserId,
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    groups: Vec<GroupShape>,
    teams: Vec<TeamShape>,
    #[schema(value_type = Vec<Value>)]
    organizations: [(); 0],
    date_joined: Timestamp,
    is_superuser: bool,
    resource: Resource,
}

impl UserShape {
    /// A user and their teams.
    pub fn new(user: Profile, teams: Vec<Team>) -> Self {
        Self {
            id: user.id,
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
            email: user.email,
            groups: user.groups.into_iter().map(GroupShape::from).collect(),
            teams: teams.into_iter().map(TeamShape::from).collect(),
            organizations: [],
            date_joined: user.created_at,
            is_superuser: user.is_superuser,
            resource: Resource::new(user.uuid, "shared.user"),
        }
    }
}
