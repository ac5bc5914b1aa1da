//! `_ui/v1`, file for file.

mod collections;
mod csrf;
mod distributions;
mod groups;
mod imports;
mod me;
mod search;
mod session;
mod settings;
mod tags;
mod users;
