//! Signing in: from credentials to a viewer, by a form, a token, a password, or another server's word.
//!
//! Start reading at [`authenticate`].

pub mod attempts;
pub mod authenticate;
pub mod by_form;
pub mod by_provider;
pub mod identities;
pub mod sessions;
pub mod uses;
