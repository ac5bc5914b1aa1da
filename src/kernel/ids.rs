//! Row ids, one type per noun, so that a namespace id cannot be handed to a repository query.

use serde::Deserialize;
use serde::Serialize;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )+};
}

ids! {
    /// A user; shown as an integer by every API.
    UserId,
    /// A group; shown as an integer by every API.
    GroupId,
    /// A namespace; shown as an integer by every API.
    NamespaceId,
    /// A repository; APIs show its UUID.
    RepositoryId,
    /// A collection; APIs show its UUID.
    CollectionId,
    /// A collection version; APIs show its UUID.
    VersionId,
    /// A task or import; APIs show its UUID.
    TaskId,
    /// A distribution; APIs show its UUID.
    DistributionId,
    /// A remote; APIs show its UUID.
    RemoteId,
    /// A role; the pulp API shows its UUID, `_ui/v2` its integer.
    RoleId,
    /// A role somebody was given; the pulp API shows its UUID, `_ui/v2` its integer.
    AssignmentId,
    /// An API token.
    TokenId,
    /// A browser that signed in.
    SessionId,
    /// An organization; shown as an integer.
    OrganizationId,
}
