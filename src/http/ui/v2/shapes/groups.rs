//! A group.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::groups::Group;
use crate::kernel::ids::GroupId;

/// A group, of contract 04, V2-6.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::groups::GroupShape)]
pub struct GroupShape {
    id: GroupId,
    name: String,
}

impl From<Group> for GroupShape {
    fn from(Group { id, name }: Group) -> Self {
        Self { id, name }
    }
}
