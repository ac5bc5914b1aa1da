//! Namespaces: where collections live, who owns them, and the metadata that mirrors verify.
//!
//! Start reading at [`create::create`] and [`queries::find`].

pub mod create;
pub mod declared;
pub mod deny_index;
pub mod edit;
pub mod metadata;
pub mod owners;
pub mod queries;
mod unit;

use uuid::Uuid;

use crate::domain::accounts::roles::assignments::ObjectRoles;
use crate::kernel::ids::NamespaceId;

/// The role that the owners of a namespace hold on it.
pub const OWNER: &str = "galaxy.collection_namespace_owner";

/// A named link on a namespace's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// At most 32 characters.
    pub name: String,
    /// At most 256 characters.
    pub url: String,
}

/// What the owner says about a namespace; all of it goes into the digest that mirrors verify.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// At most 64 characters.
    pub company: String,
    /// At most 256 characters.
    pub email: String,
    /// At most 256 characters.
    pub description: String,
    /// Markdown.
    pub resources: String,
    /// Links, in the owner's order.
    pub links: Vec<Link>,
    /// SHA-256 of the logo, once there is one.
    pub avatar_sha256: Option<String>,
}

/// A namespace with everything its page shows.
#[derive(Debug, Clone)]
pub struct Namespace {
    /// The row; APIs show it as an integer.
    pub id: NamespaceId,
    /// The name.
    pub name: String,
    /// What the owner says about it.
    pub profile: Profile,
    /// Where its owners say the logo is, or empty.
    pub avatar_url: String,
    /// The unit of content that shows the logo, once it was fetched.
    pub logo: Option<Uuid>,
    /// The digest of the profile.
    pub metadata_sha256: String,
    /// Who holds which roles on it.
    pub owners: Vec<ObjectRoles>,
}
