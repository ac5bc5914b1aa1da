//! Single sign-on: with a real provider, and with one that lies.

pub mod browser;
pub mod forger;
mod hostile;
mod hub;
mod people;
mod provider;
mod real;
pub mod visit;
