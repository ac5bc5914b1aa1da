//! What `_ui/v1` says on the wire.

pub mod collections;
pub mod imports;
pub mod permissions;
pub mod search;
pub mod settings;
pub mod users;
