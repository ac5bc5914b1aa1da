//! Upstream: other servers that this one asks.
//!
//! [`web`] is the careful way to ask them; [`openid`] speaks with a server that vouches for people.

pub mod openid;
pub mod web;
