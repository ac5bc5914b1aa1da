//! Accounts: users, groups, tokens, passwords, and the roles they are given.
//!
//! Passwords are stored as Argon2id, tokens as digests. Reading what an account may do is `policy`'s part.
//! Start reading at [`authenticate`].

pub mod argon;
pub mod assignments;
pub mod attempts;
pub mod authenticate;
pub mod change;
pub mod declared;
pub mod definitions;
mod django;
pub mod edit;
mod email;
pub mod granted;
pub mod granting;
pub mod groups;
pub mod holdings;
pub mod identities;
pub mod instance;
pub mod inventory;
pub mod members;
pub mod object_roles;
pub mod objects;
pub mod organizations;
pub mod password_rules;
pub mod passwords;
pub mod people;
pub mod profiles;
pub mod role_list;
pub mod roles;
pub mod sessions;
pub mod sign_in;
pub mod sign_on;
pub mod teams;
pub mod tokens;
pub mod users;
pub mod uses;
pub mod verified;
