//! Worker: the threads that run tasks.
//!
//! Knows no SQL: claiming and ending are `domain::tasks`', the work is each noun's `run.rs`.

use std::panic;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use crate::domain::collections::artifacts;
use crate::domain::imports;
use crate::domain::imports::run::Tools;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Claimed;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::observe::metrics;
use crate::state::App;

/// How often a worker looks by itself, should a ring have been missed (another process enqueued).
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The running workers. Dropping them without [`Workers::stop`] leaves them to the end of the process.
pub struct Workers {
    app: Arc<App>,
    stopping: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Puts back what a crash interrupted, clears away what it left, and starts `count` workers.
    pub fn start(app: &Arc<App>, count: usize) -> anyhow::Result<Self> {
        let interrupted = app.db.write(queue::restart_interrupted)?;
        if interrupted > 0 {
            tracing::warn!(
                interrupted,
                "tasks were interrupted by the last stop and run again"
            );
        }
        let stopping = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::with_capacity(count);
        for number in 0..count {
            let (app, stopping) = (Arc::clone(app), Arc::clone(&stopping));
            let body = move || {
                if number == 0
                    && let Err(error) = artifacts::sweep(&app.db, &app.store)
                {
                    tracing::error!("clearing away unnamed artifacts: {error}");
                }
                work(&app, &stopping);
            };
            threads.push(
                thread::Builder::new()
                    .name(format!("worker-{number}"))
                    .spawn(body)?,
            );
        }
        Ok(Self {
            app: Arc::clone(app),
            stopping,
            threads,
        })
    }

    /// Lets every worker end the task it is at, and waits for that.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::Relaxed);
        for thread in self.threads {
            self.app.bell.ring();
            if thread.join().is_err() {
                tracing::error!("a worker ended in a panic");
            }
        }
        flush(&self.app);
    }
}

fn work(app: &App, stopping: &AtomicBool) {
    while !stopping.load(Ordering::Relaxed) {
        match app.db.write(queue::claim) {
            Ok(Some(task)) => {
                app.bell.ring(); // there may be more for the others
                run(app, &task);
            }
            Ok(None) => {
                flush(app);
                app.bell.listen(LOOK_AGAIN);
            }
            Err(error) => {
                tracing::error!("claiming a task: {error}");
                thread::sleep(LOOK_AGAIN);
            }
        }
    }
}

fn flush(app: &App) {
    if let Err(error) = app.downloads.flush(&app.db) {
        tracing::error!("writing download counts: {error}");
    }
}

/// Runs one task to its end. Whatever happens inside, the task gets a last state.
fn run(app: &App, task: &Claimed) {
    let started = Instant::now();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| dispatch(app, task)))
        .unwrap_or_else(|_panic| Err(Error::Internal(anyhow::anyhow!("the job panicked"))));
    let request_id = task.correlation_id.as_str();
    let state = match &outcome {
        Ok(()) => "ended",
        Err(error) => {
            tracing::error!(request_id, task = task.id.0, "{error}");
            let told = queue::describe(error, request_id);
            if let Err(error) = imports::run::abandon(tools(app), task.id, told) {
                tracing::error!(request_id, task = task.id.0, "ending the task: {error}");
            }
            "broken"
        }
    };
    let took = started.elapsed();
    metrics::task(task.job.label(), state, took);
    let milliseconds = took.as_secs_f64() * 1e3;
    tracing::info!(
        request_id,
        task = task.id.0,
        job = task.job.label(),
        state,
        milliseconds,
        "task"
    );
}

fn dispatch(app: &App, task: &Claimed) -> Result<()> {
    match task.job {
        Job::ImportCollection => imports::run::import(tools(app), task.id),
    }
}

fn tools(app: &App) -> Tools<'_> {
    Tools {
        db: &app.db,
        store: &app.store,
        clock: &app.clock,
        rules: &app.publish,
        limits: &app.limits,
    }
}
