//! The pulp API, file for file.

mod tasks;
