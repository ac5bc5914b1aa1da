//! A server that vouches for people by OpenID Connect.
//!
//! [`Provider::start`] says where to send a browser, [`Provider::finish`] makes of what it brings back the claims of a
//! person, every check of the protocol passed. [`Person::read`] makes of the claims what the hub wants to know.

mod client;
mod person;
mod provider;

pub use person::Person;
pub use provider::Attempt;
pub use provider::Claims;
pub use provider::Provider;
pub use provider::Trouble;
