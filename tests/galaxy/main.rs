//! Everything that starts the server, as one test binary: one link step instead of one for each file.
//!
//! Folders mirror `src/http`; `flows` are stories over several requests, `client` is the real `ansible-galaxy`,
//! `conformance` replays what the reference server answered, `properties` hold for any
//! input, `policy` is who may do what.

#![allow(clippy::unwrap_used)] // a test that panics is a test that fails
#![allow(missing_docs, unreachable_pub)] // nothing outside this binary reads or reaches these

mod client;
mod conformance;
mod flows;
mod policy;
mod properties;
mod pulp;
mod sso;
mod support;
mod ui;
mod v3;
