//! The pulp API, file for file.

mod assignments;
mod groups;
mod object_roles;
mod roles;
mod tasks;
mod users;
