//! `_ui/v1`, file for file.

mod groups;
mod me;
mod settings;
mod users;
