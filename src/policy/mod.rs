//! Policy: who may do what, as one table.
//!
//! Two steps: [`permit::admit`] at the door, before a body is read, and [`permit::Permit::on`] once the object
//! is known. Functions that change something take the [`permit::Granted`] that only the second step makes.
//! Reads grants, never decides per endpoint, knows no HTTP. Start reading at [`rule::rule`].

pub mod action;
pub mod grants;
pub mod permission;
pub mod permit;
pub mod principal;
pub mod roles;
pub mod rule;
