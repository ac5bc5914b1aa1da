//! Collections: their versions, what is said about them, and the bytes behind them.
//!
//! Start reading at [`publish::store`] and [`changes::run`] for writing, [`versions`] for reading.

pub mod approval;
pub mod artifacts;
pub mod catalog;
pub mod changes;
pub mod delete;
pub mod dependants;
pub mod deprecate;
pub mod documentation;
pub mod downloads;
pub mod index;
pub mod inventory;
pub mod modify;
pub mod namespaces;
pub mod placement;
pub mod publish;
pub mod retire;
pub mod shelf;
pub mod signatures;
pub mod transfer;
pub mod versions;
