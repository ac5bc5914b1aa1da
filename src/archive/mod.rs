//! Archive: from the bytes of an uploaded file to facts about the collection in it.
//!
//! Pure functions of the bytes: no network, no database, nothing is ever unpacked to disk.
//! Hostile files cost bounded memory and time ([`limits::Limits`]) and end in a
//! [`rejection::Rejection`] that tells the uploader what to do.
//! Start reading at [`collection::read`]. Below it, [`tarball`] reads the entries and [`harvest`] keeps what matters of
//! them, [`manifest`] judges the two documents, [`contents`] finds plugins and roles, [`docs`] documents them.

pub mod checks;
pub mod collection;
pub mod contents;
pub mod docs;
pub mod harvest;
pub mod limits;
pub mod manifest;
pub mod python;
pub mod quote;
pub mod rejection;
pub mod report;
#[cfg(test)]
pub(crate) mod sample;
pub mod signed;
pub mod tarball;
pub mod yaml;
