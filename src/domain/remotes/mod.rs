//! Remotes: other galaxies that content can be mirrored from.
//!
//! Start reading at [`inventory::remotes`].

pub mod declared;
pub mod inventory;

/// Whether every installation has a remote of this name (contract 04, URM-1).
pub fn is_shipped(name: &str) -> bool {
    matches!(name, "rh-certified" | "community")
}
