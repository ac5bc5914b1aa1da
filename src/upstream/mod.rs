//! Upstream: other servers that this one asks.
//!
//! [`web`] is the careful way to ask them; [`openid`] speaks with a server that vouches for people, [`logo`] fetches
//! images from addresses that anybody may have given.

pub mod logo;
pub mod openid;
pub mod web;
