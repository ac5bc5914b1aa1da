//! `_ui/v1`, file for file.

mod collections;
mod csrf;
mod deny_index;
mod distributions;
mod groups;
mod imports;
mod me;
mod search;
mod session;
mod settings;
mod tags;
mod users;
