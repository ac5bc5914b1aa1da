//! Kernel: value types that make wrong values unrepresentable.
//!
//! No I/O and no global state. Everything above speaks in these words.
//! Start reading at [`error::Error`] and [`version::Version`].

pub mod clock;
pub mod digest;
pub mod error;
pub mod event;
pub mod filter;
pub mod ids;
pub mod name;
pub mod nearest;
pub mod page;
pub mod pattern;
pub mod random;
pub mod range;
pub mod version;
