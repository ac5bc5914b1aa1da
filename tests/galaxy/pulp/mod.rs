//! The pulp API, file for file.

mod assignments;
mod object_roles;
mod roles;
mod tasks;
