//! The pulp API, file for file.

pub mod assignments;
mod groups;
mod object_roles;
mod roles;
mod tasks;
mod users;
