//! Stories over several requests, and over the end of a process.

mod apply;
mod audit;
mod avatars;
mod check;
mod crash;
mod disk_full;
mod every_change;
mod first_run;
mod limits;
mod passwords;
mod private;
mod query_plans;
mod slow_clients;
mod threats;
mod throttle;
mod tokens;
