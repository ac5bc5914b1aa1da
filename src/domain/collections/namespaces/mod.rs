//! What repositories hold of the namespaces whose collections they hold.
//!
//! A unit of content says what a namespace is. It comes into a repository with the first collection of the namespace
//! and goes with the last ([`super::placement`]); [`spread`] puts a new one in the place of the old one.

pub mod avatar;
pub mod edit;
pub mod listing;
pub mod spread;
