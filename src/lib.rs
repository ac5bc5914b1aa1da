//! Pocket Galaxy: a private Ansible Galaxy (automation hub) in one process.
//!
//! The floors, from the top; a room uses rooms on lower floors only, which `tests/tidy.rs` checks:
//!
//! ```text
//! 9  main · cli        arguments become one call
//! 8  serve             composition: opens, connects, starts, stops
//! 7  http · worker     speak HTTP | run tasks
//! 6  state             the bundle of handles given to floor 7
//! 5  domain            what the product does, one folder per noun
//! 4  policy            who may do what
//! 3  db · content · archive · upstream    tools
//! 2  config · observe  settings as types | log and metric names
//! 1  kernel            names, versions, ids, pages, errors, time
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test that panics is a test that fails

pub mod archive;
pub mod cli;
pub mod config;
pub mod content;
pub mod db;
pub mod domain;
pub mod http;
pub mod kernel;
pub mod observe;
pub mod policy;
pub mod serve;
pub mod state;
pub mod upstream;
pub mod worker;
