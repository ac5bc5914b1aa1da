//! What the pulp API writes: one struct for each object of the contract, named as there.

pub mod roles;
pub mod tasks;
pub mod users;
