//! Accounts: users, groups, tokens, passwords, and the roles they are given.
//!
//! Passwords are stored as Argon2id, tokens as digests. Reading what an account may do is `policy`'s part.
//! Start reading at [`authenticate`].

mod argon;
pub mod assignments;
pub mod authenticate;
pub mod groups;
pub mod identities;
pub mod instance;
pub mod passwords;
pub mod roles;
pub mod sessions;
pub mod sign_on;
pub mod tokens;
pub mod users;
pub mod verified;
