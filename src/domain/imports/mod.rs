//! Imports: from an uploaded file to a published version.
//!
//! A request [`submit`]s, the worker [`run`]s. An import is a task with a log; a [`check`] is the log alone.

pub mod check;
pub mod listing;
pub mod messages;
pub mod queries;
pub mod run;
pub mod submit;
pub mod tasks_seen;
