//! The pulp API, file for file.

mod groups;
mod tasks;
mod users;
