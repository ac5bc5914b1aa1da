//! The harness: servers, people, and things to publish.

pub mod browser;
pub mod client;
pub mod form;
pub mod plans;
pub mod process;
pub mod server;
pub mod shape;
pub mod signer;
pub mod sources;
pub mod tarball;
