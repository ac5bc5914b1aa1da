//! Remotes: other galaxies that content can be mirrored from.
//!
//! A remote is an object that roles are held on. What it is told by is [`profile`]; start reading there.

pub mod checks;
pub mod declared;
pub mod edit;
pub mod listing;
pub mod mirrored;
pub mod profile;
pub mod requirements;

/// Whether every installation has a remote of this name (contract 04, URM-1).
pub fn is_shipped(name: &str) -> bool {
    matches!(name, "rh-certified" | "community")
}
