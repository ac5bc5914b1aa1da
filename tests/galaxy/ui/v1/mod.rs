//! `_ui/v1`, file for file.

mod csrf;
mod session;
