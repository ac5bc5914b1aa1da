//! A user of the pulp API.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::groups::Group;
use crate::domain::accounts::users::profiles::Profile;
use crate::http::href;
use crate::http::kit::accounts::AUTH_GROUP;
use crate::http::kit::mount::Mount;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::UserId;

/// **PulpUser** of contract 03 §3.3. Nobody here is staff, and everybody has a password, if not one that they know.
#[derive(Debug, Serialize, ToSchema)]
pub struct PulpUser {
    pulp_href: String,
    prn: String,
    id: UserId,
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    is_staff: bool,
    is_active: bool,
    date_joined: Timestamp,
    groups: Vec<Membership>,
    #[schema(value_type = Vec<Hidden>)]
    hidden_fields: [Hidden; 1],
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = pulp::users::Membership)]
struct Membership {
    name: String,
    pulp_href: String,
    prn: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Hidden {
    name: &'static str,
    is_set: bool,
}

impl PulpUser {
    /// The user, linked below the root of the request.
    pub fn new(user: Profile, mount: &Mount) -> Self {
        let membership = |Group { id, name }: Group| Membership {
            name,
            pulp_href: href::group(mount, id),
            prn: format!("prn:{AUTH_GROUP}:{}", id.0),
        };
        Self {
            pulp_href: href::user(mount, user.id),
            prn: format!("prn:galaxy.user:{}", user.id.0),
            id: user.id,
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
            email: user.email,
            is_staff: false,
            is_active: user.is_active,
            date_joined: user.created_at,
            groups: user.groups.into_iter().map(membership).collect(),
            hidden_fields: [Hidden {
                name: "password",
                is_set: true,
            }],
        }
    }
}
