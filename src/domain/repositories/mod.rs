//! Repositories: what they hold, version by version, and the distributions that serve them.
//!
//! Start reading at [`contents::change`] and [`distributions::find`].

pub mod contents;
pub mod declared;
pub mod distributions;
pub mod edit;
pub mod inventory;
pub mod labels;
pub mod listing;
pub mod pipeline;
pub mod queries;
pub mod reach;
pub mod seed;
pub mod served;
pub mod serving;
pub mod versions;
