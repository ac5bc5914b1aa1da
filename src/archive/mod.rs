//! Archive: from the bytes of an uploaded file to facts about the collection in it.
//!
//! Pure functions of the bytes: no network, no database, nothing is ever unpacked to disk.
//! Hostile files cost bounded memory and time ([`limits::Limits`]) and end in a
//! [`rejection::Rejection`] that tells the uploader what to do.
//! Start reading at [`collection::read`]; below it, [`walk::walk`] reads the entries,
//! [`manifest`] and [`files`] judge the two documents.

pub mod collection;
pub mod compression;
pub mod dependencies;
pub mod fields;
pub mod files;
pub mod info;
pub mod json;
pub mod limits;
pub mod links;
pub mod manifest;
pub mod member;
pub mod path;
pub mod pax;
pub mod quote;
pub mod rejection;
#[cfg(test)]
mod sample;
pub mod source;
pub mod spdx;
pub mod tape;
pub mod tree;
pub mod walk;
