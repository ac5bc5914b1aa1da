//! Observe: logs and metrics, their names and their form.
//!
//! Counts and times at the seams (requests, transactions, tasks, artifacts); no behaviour hangs on it.
//! Start reading at [`metrics`].

pub mod logging;
pub mod metrics;
