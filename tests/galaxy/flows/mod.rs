//! Stories over several requests, and over the end of a process.

mod crash;
mod first_run;
