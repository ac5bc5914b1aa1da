//! Users, groups, roles and tokens of a document.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::apply::document::located::List;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::document::secret::Secret;

/// A user.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct User {
    /// The name to sign in with: letters, digits and `@.+-_`, 150 at most.
    pub username: Located<String>,
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Located<String>>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Located<String>>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Located<String>>,
    /// Whether the user may do everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superuser: Option<Located<bool>>,
    /// Whether the user can sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<Located<bool>>,
    /// The password. One that is stored already is not written again. Without one, a new user cannot sign in with any.
    #[serde(skip_serializing)]
    pub password: Option<Located<Secret>>,
    /// The password as a hash: Argon2id in PHC form, or pbkdf2_sha256 as Galaxy NG stores it. Instead of `password`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<Located<String>>,
    /// Names of the groups the user is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<List<String>>,
    /// The roles the user holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<List<Given>>,
    /// The user's API tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<List<Token>>,
}

/// An API token. One that has the name of another of the same user takes its place.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Token {
    /// What it is called; the empty name is that of the token `ansible-galaxy` users get from the web page.
    pub name: Located<String>,
    /// The token: 20 to 200 printable characters without spaces.
    #[serde(skip_serializing)]
    pub token: Option<Located<Secret>>,
    /// The SHA-256 of the token, as 64 hexadecimal digits. Instead of `token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_digest: Option<Located<String>>,
    /// How far it reaches; everything the user may do, if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Located<Reach>>,
    /// The one namespace that a token for publishing reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Located<String>>,
    /// The one repository that a token for a repository reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<Located<String>>,
    /// When it ends, such as `2027-03-01T00:00:00Z`; never, if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Located<String>>,
}

/// How far a token reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// Everything its user may do.
    #[default]
    Full,
    /// Reading only.
    Read,
    /// Reading, and publishing into one `namespace`.
    Publish,
    /// Reading and changing one `repository`.
    Repository,
}

/// A role that is held: everywhere, or on the one object that is named.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Given {
    /// The role, such as `galaxy.collection_publisher`.
    pub role: Located<String>,
    /// The namespace it is held on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Located<String>>,
    /// The repository it is held on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<Located<String>>,
    /// The remote it is held on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<Located<String>>,
    /// The distribution it is held on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Located<String>>,
    /// The collection it is held on, as `namespace.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<Located<String>>,
    /// The group it is held on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Located<String>>,
}

/// A group of users.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Group {
    /// The name.
    pub name: Located<String>,
    /// Names of the users in it; `groups` of a user says the same from the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<List<String>>,
    /// The roles everybody in it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<List<Given>>,
}

/// A role of one's own making.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Role {
    /// The name; not one of those that come with the hub.
    pub name: Located<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Located<String>>,
    /// What its holders may do, such as `galaxy.upload_to_namespace`: this list, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<List<String>>,
}
