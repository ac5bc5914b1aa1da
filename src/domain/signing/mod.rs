//! Signatures of collection versions: checking them. Start reading at [`openpgp::verify`].

pub mod openpgp;
