//! Signatures of collection versions: taking them in and checking them.
//!
//! What is kept of them is [`collections::signatures`](crate::domain::collections::signatures). Start reading at
//! [`submit::begin`], which enqueues, and [`run::add`], which a worker runs.

pub mod openpgp;
pub mod run;
pub mod submit;
