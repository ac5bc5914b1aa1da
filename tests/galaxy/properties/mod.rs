//! Properties: what holds for every input, tried on random ones.

mod abilities;
mod apply;
mod library;
mod life;
mod lists;
mod precedence;

use proptest::test_runner::Config;
use proptest::test_runner::TestRunner;

/// A runner of so many cases that keeps no file of failures: its message has the smallest case.
fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}
