//! Search: versions of all repositories that are served, found by what they are called, tagged, described and by what
//! is in them.
//!
//! The words are kept by the schema (`schema/0013-search`), so nothing that publishes knows of this room.
//! Start reading at [`versions::find`]; [`installable`] has one row for a collection instead of one for each version.

pub mod installable;
pub mod rebuild;
pub mod tags;
pub mod versions;
pub mod words;
