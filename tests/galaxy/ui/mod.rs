//! The APIs of the web interface, file for file.

mod v1;
mod v2;
