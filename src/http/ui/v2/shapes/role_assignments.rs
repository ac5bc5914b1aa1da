//! A role that was given.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::accounts::roles::granted::Granted;
use crate::domain::accounts::roles::granted::Receiver;
use crate::domain::accounts::roles::granted::Target;
use crate::domain::accounts::roles::objects::Key;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::ui::v2::shapes::PersonShape;
use crate::http::ui::v2::shapes::content_type;
use crate::http::ui::v2::shapes::role_definitions;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::AssignmentId;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::RoleId;
use crate::kernel::ids::UserId;
use crate::policy::object::Kind;

/// A role that a user or a team was given, of contract 04, V2-15 and V2-17.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::role_assignments::RoleAssignment)]
pub struct RoleAssignment {
    id: AssignmentId,
    url: String,
    related: Related,
    summary_fields: Summaries,
    created: Timestamp,
    created_by: Option<UserId>,
    content_type: Option<String>,
    object_id: Option<String>,
    object_ansible_id: Option<Uuid>,
    role_definition: RoleId,
    #[serde(flatten)]
    receiver: ReceiverIds,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum ReceiverIds {
    User {
        user: UserId,
        user_ansible_id: Uuid,
    },
    Team {
        team: GroupId,
        team_ansible_id: Uuid,
    },
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::role_assignments::Related)]
struct Related {
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    role_definition: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_object: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v2::role_assignments::Summaries)]
struct Summaries {
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<PersonShape>,
    role_definition: RoleSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<PersonShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<Named<GroupId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_object: Option<Named<ObjectKey>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoleSummary {
    id: RoleId,
    name: String,
    description: String,
    managed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Named<T> {
    id: T,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum ObjectKey {
    Number(i64),
    Uuid(Uuid),
}

impl From<Key> for ObjectKey {
    fn from(key: Key) -> Self {
        match key {
            Key::Number(id) => Self::Number(id),
            Key::Uuid(id) => Self::Uuid(id),
        }
    }
}

/// Where the object is: where clients of this version look for such a thing.
fn path(target: &Target, mount: &Mount) -> Option<String> {
    match (target.object.kind, target.object.key) {
        (Kind::Namespace, _) => Some(href::namespace_by_name(mount, &target.name)),
        (Kind::Group, Key::Number(id)) => Some(href::platform(mount, "teams", id)),
        _ => href::object::object(mount, target.object),
    }
}

fn text(key: Key) -> String {
    match key {
        Key::Number(id) => id.to_string(),
        Key::Uuid(id) => id.to_string(),
    }
}

impl RoleAssignment {
    /// It, linked below the root of the request.
    pub fn new(granted: Granted, mount: &Mount) -> Self {
        let at = |list: &str, id: i64| href::platform(mount, list, id);
        let uuid = granted.receiver_uuid;
        let (list, receiver) = match &granted.receiver {
            Receiver::User(person) => (
                "role_user_assignments",
                ReceiverIds::User {
                    user: person.id,
                    user_ansible_id: uuid,
                },
            ),
            Receiver::Team(team, _) => (
                "role_team_assignments",
                ReceiverIds::Team {
                    team: *team,
                    team_ansible_id: uuid,
                },
            ),
        };
        let (user, team) = match granted.receiver {
            Receiver::User(person) => (Some(PersonShape::from(person)), None),
            Receiver::Team(id, name) => (None, Some(Named { id, name })),
        };
        let by = granted.created_by.as_ref().map(|person| person.id);
        let target = granted.target.as_ref();
        let description = granted.role_description;
        Self {
            id: granted.id,
            url: at(list, granted.id.0),
            related: Related {
                created_by: by.map(|id| at("users", id.0)),
                role_definition: at("role_definitions", granted.role.0),
                user: user.as_ref().map(|user| at("users", user.id.0)),
                team: team.as_ref().map(|team| at("teams", team.id.0)),
                content_object: target.and_then(|target| path(target, mount)),
            },
            created: granted.created_at,
            created_by: by,
            content_type: target.map(|target| content_type::text(target.object.kind)),
            object_id: target.map(|target| text(target.object.key)),
            object_ansible_id: target.and_then(|target| target.uuid),
            role_definition: granted.role,
            receiver,
            summary_fields: Summaries {
                created_by: granted.created_by.map(PersonShape::from),
                role_definition: RoleSummary {
                    id: granted.role,
                    description: role_definitions::description(
                        description,
                        &granted.role_name,
                        granted.is_locked,
                    ),
                    name: granted.role_name,
                    managed: granted.is_locked,
                },
                user,
                team,
                content_object: granted.target.map(|target| Named {
                    id: target.object.key.into(),
                    name: target.name,
                }),
            },
        }
    }
}
