//! `_ui/v1`, file for file.

mod csrf;
mod groups;
mod me;
mod session;
mod settings;
mod users;
