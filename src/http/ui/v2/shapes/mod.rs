//! JSON shapes of this version, one file per resource.

pub mod content_type;
pub mod groups;
pub mod organizations;
pub mod role_assignments;
pub mod role_definitions;
pub mod teams;
pub mod users;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::accounts::users::people::Person;
use crate::kernel::ids::UserId;

/// What the automation platform knows a thing by.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resource {
    ansible_id: Uuid,
    resource_type: &'static str,
}

impl Resource {
    /// The UUID of something, and what the platform calls its kind.
    pub const fn new(ansible_id: Uuid, resource_type: &'static str) -> Self {
        Self {
            ansible_id,
            resource_type,
        }
    }
}

/// A user whom something else mentions.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonShape {
    id: UserId,
    username: String,
    first_name: String,
    last_name: String,
}

impl From<Person> for PersonShape {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            username: person.username,
            first_name: person.first_name,
            last_name: person.last_name,
        }
    }
}
