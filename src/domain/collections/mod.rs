//! Collections: their versions, what is said about them, and the bytes behind them.
//!
//! Start reading at [`publish::store`] and [`placement::place`] for writing, [`versions`] for reading.

pub mod artifacts;
pub mod documentation;
pub mod downloads;
pub mod index;
pub mod inventory;
pub mod placement;
pub mod publish;
pub mod versions;
