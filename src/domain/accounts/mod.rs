//! Accounts: who there is, how they sign in, and which roles they are given.
//!
//! [`users`] and [`groups`] are who there is; [`roles`] what they may be given, and were; [`passwords`], [`tokens`] and
//! [`signing_in`] how a request comes to stand for somebody. Passwords are stored as Argon2id, tokens and sessions as
//! digests. Reading what an account may do is `policy`'s part. [`inventory`] and [`declared`] read and write all of it
//! at once, for configuration as code.
//! Start reading at [`signing_in::authenticate`].

pub mod declared;
pub mod groups;
pub mod instance;
pub mod inventory;
pub mod passwords;
pub mod roles;
pub mod signing_in;
pub mod tokens;
pub mod users;
