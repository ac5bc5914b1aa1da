//! What the v3 API writes: one struct for each object of the contract, named as there.

pub mod collections;
pub mod imports;
pub mod search;
pub mod tasks;
pub mod versions;
