//! Single sign-on: with a real provider, and with one that lies.

mod browser;
mod forger;
mod hostile;
mod hub;
mod people;
mod provider;
mod real;
mod visit;
