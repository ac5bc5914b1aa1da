//! A user, and oneself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::accounts::groups::Group;
use crate::domain::accounts::users::profiles::Profile;
use crate::http::ui::v1::shapes::permissions::Entry;
use crate::http::ui::v1::shapes::permissions::ModelPermissions;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::policy::grants::Grants;

/// **User** of contract 04 §4.4.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v1::users::UserShape)]
pub struct UserShape {
    id: Option<UserId>,
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    groups: Vec<Membership>,
    date_joined: Option<Timestamp>,
    is_superuser: bool,
    #[schema(value_type = Vec<String>)]
    auth_provider: [&'static str; 1],
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ui::v1::users::Membership)]
struct Membership {
    id: GroupId,
    name: String,
}

impl From<Group> for Membership {
    fn from(Group { id, name }: Group) -> Self {
        Self { id, name }
    }
}

/// The accounts of this server itself; the reference calls them after its framework.
const OWN_ACCOUNTS: [&str; 1] = ["django"];
/// Accounts that another server vouches for.
const VOUCHED_FOR: [&str; 1] = ["oidc"];

impl From<Profile> for UserShape {
    fn from(user: Profile) -> Self {
        Self {
            id: Some(user.id),
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
            email: user.email,
            groups: user.groups.into_iter().map(Membership::from).collect(),
            date_joined: Some(user.created_at),
            is_superuser: user.is_superuser,
            auth_provider: if user.is_vouched_for {
                VOUCHED_FOR
            } else {
                OWN_ACCOUNTS
            },
        }
    }
}

impl UserShape {
    fn stranger() -> Self {
        Self {
            id: None,
            username: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            groups: Vec::new(),
            date_joined: None,
            is_superuser: false,
            auth_provider: OWN_ACCOUNTS,
        }
    }
}

/// **Me** of contract 04 §4.1.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[serde(flatten)]
    user: UserShape,
    #[schema(value_type = BTreeMap<String, Entry>)]
    model_permissions: ModelPermissions,
    is_anonymous: bool,
}

impl Me {
    /// A user, with what they hold.
    pub fn user(profile: Profile, grants: &Grants) -> Self {
        Self {
            user: profile.into(),
            model_permissions: ModelPermissions::of(Some(grants)),
            is_anonymous: false,
        }
    }

    /// Nobody in particular.
    pub fn stranger() -> Self {
        Self {
            user: UserShape::stranger(),
            model_permissions: ModelPermissions::of(None),
            is_anonymous: true,
        }
    }
}
