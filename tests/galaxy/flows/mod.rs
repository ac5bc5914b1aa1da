//! Stories over several requests, and over the end of a process.

mod apply;
mod check;
mod crash;
mod disk_full;
mod first_run;
mod limits;
