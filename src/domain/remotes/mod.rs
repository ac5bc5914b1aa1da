//! Remotes: other galaxies that content can be mirrored from.
//!
//! A remote is an object that roles are held on. Start reading at [`queries`].

pub mod declared;
pub mod inventory;
pub mod queries;

use uuid::Uuid;

use crate::kernel::ids::RemoteId;

/// A remote, without what only mirroring needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The row.
    pub id: RemoteId,
    /// The UUID.
    pub uuid: Uuid,
    /// The name.
    pub name: String,
    /// Where the other galaxy is.
    pub url: String,
}

/// Whether every installation has a remote of this name (contract 04, URM-1).
pub fn is_shipped(name: &str) -> bool {
    matches!(name, "rh-certified" | "community")
}
