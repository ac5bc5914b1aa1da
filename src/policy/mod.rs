//! Policy: who may do what, as one table.
//!
//! Two steps: [`permit::admit`] at the door, before a body is read, and [`permit::Permit::check`] once the object
//! and the circumstances are known. Both read the one table.
//! Reads grants, never decides per endpoint, knows no HTTP. Start reading at [`rule::rule`].

pub mod action;
pub mod grants;
pub mod object;
pub mod permission;
pub mod permit;
pub mod principal;
pub mod reach;
pub mod roles;
pub mod rule;
pub mod visible;
