//! What the pulp API writes: one struct for each object of the contract, named as there.

pub mod content;
pub mod distributions;
pub mod remotes;
pub mod repositories;
pub mod roles;
pub mod tasks;
pub mod users;
