//! The pulp API, file for file.

pub mod assignments;
mod collection_signatures;
mod collection_versions;
mod distributions;
mod groups;
mod namespace_content;
mod object_roles;
mod purge;
mod remotes;
mod repositories;
mod roles;
mod status;
mod tags;
mod tasks;
mod users;
