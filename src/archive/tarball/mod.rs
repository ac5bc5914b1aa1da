//! The tar file in an artifact: read once, from front to back, into a tree of what would lie on disk.
//!
//! Start reading at [`walk::walk`].

pub mod compression;
pub mod links;
pub mod member;
pub mod path;
pub mod pax;
pub mod source;
pub mod tape;
pub mod tree;
pub mod walk;
