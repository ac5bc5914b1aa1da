//! Worker: the threads that run tasks.
//!
//! One of them does errands: what asks other servers.
//!
//! Knows no SQL: claiming and ending are `domain::tasks`', the work is each noun's `run.rs`.

mod errands;
mod old_tasks;

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
use crate::domain::collections::changes;
use crate::domain::imports;
use crate::domain::imports::run::Tools;
use crate::domain::signing;
use crate::domain::signing::run::Signed;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::job::Lane;
use crate::domain::tasks::purge;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Claimed;
use crate::domain::tasks::queue::Outcome;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::observe::metrics;
use crate::state::App;
use crate::worker::old_tasks::OldTasks;

/// How often a worker looks by itself, should a ring have been missed (another process enqueued), and how long
/// it waits after an error of this server, such as a full disk.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How often a task is taken up before it counts as one that brings the server down.
const ATTEMPTS_MAX: u32 = 5;

/// The running workers. Dropping them without [`Workers::stop`] leaves them to the end of the process.
pub struct Workers {
    app: Arc<App>,
    stopping: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts `count` workers, and one for errands, which also forgets old tasks; the first puts back what a crash
    /// interrupted and clears away what it left.
    pub fn start(app: &Arc<App>, count: usize) -> anyhow::Result<Self> {
        let stopping = Arc::new(AtomicBool::new(false));
        let since = app.clock.now();
        let mut threads = Vec::with_capacity(count + 1);
        let numbered = (0..count).map(|number| (format!("worker-{number}"), Lane::Work));
        for (name, lane) in numbered.chain([("errands".to_owned(), Lane::Errands)]) {
            let (app, stopping) = (Arc::clone(app), Arc::clone(&stopping));
            let is_first = threads.is_empty();
            let body = move || {
                if is_first {
                    recover(&app, &stopping, since);
                }
                work(&app, &stopping, lane);
            };
            threads.push(thread::Builder::new().name(name).spawn(body)?);
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
            self.app.bells.ring();
            if thread.join().is_err() {
                tracing::error!("a worker ended in a panic");
            }
        }
        upkeep(&self.app);
    }
}

fn recover(app: &App, stopping: &AtomicBool, since: Timestamp) {
    let interrupted = persist(stopping, "putting back interrupted tasks", || {
        app.db.write(|tx| queue::restart_interrupted(tx, since))
    });
    if let Some(interrupted @ 1..) = interrupted {
        tracing::warn!(
            interrupted,
            "tasks were interrupted by the last stop and run again"
        );
    }
    persist(stopping, "ending canceled tasks", || {
        let canceled = app.db.read(|tx| queue::half_canceled(tx, since))?;
        let mut canceled = canceled.into_iter();
        canceled.try_for_each(|task| imports::run::abandon(tools(app), task, Outcome::Canceled))
    });
    if let Err(error) = artifacts::sweep(&app.db, &app.store) {
        tracing::error!("clearing away unnamed artifacts: {error}");
    }
}

/// Does `step` until it succeeds, or the server stops: whoever waits for a task must not wait for ever.
fn persist<T>(stopping: &AtomicBool, what: &str, step: impl Fn() -> Result<T>) -> Option<T> {
    loop {
        match step() {
            Ok(done) => return Some(done),
            Err(error) => tracing::error!("{what}: {error}"),
        }
        if stopping.load(Ordering::Relaxed) {
            return None; // the next start takes it from here
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn work(app: &App, stopping: &AtomicBool, lane: Lane) {
    let mut old_tasks = (lane == Lane::Errands).then(OldTasks::new);
    while !stopping.load(Ordering::Relaxed) {
        if let Some(old_tasks) = &mut old_tasks {
            old_tasks.forget_some(app);
        }
        let turn = panic::catch_unwind(AssertUnwindSafe(|| take_turn(app, stopping, lane)));
        if !matches!(turn, Ok(Ok(()))) {
            if let Ok(Err(error)) = turn {
                tracing::error!("claiming a task: {error}");
            }
            thread::sleep(LOOK_AGAIN);
        }
    }
}

/// Runs the oldest waiting task, or waits for one.
fn take_turn(app: &App, stopping: &AtomicBool, lane: Lane) -> Result<()> {
    let claimed = match app.db.read(|tx| queue::is_any_waiting(tx, lane))? {
        true => app.db.write(|tx| queue::claim(tx, lane))?,
        false => None,
    };
    match claimed {
        Some(task) => {
            app.bells.of(lane).ring(); // there may be more for the others
            run(app, stopping, &task);
        }
        None => {
            upkeep(app);
            app.bells.of(lane).listen(LOOK_AGAIN);
        }
    }
    Ok(())
}

/// What gathers in memory and must not gather for ever.
fn upkeep(app: &App) {
    app.metrics.run_upkeep();
    if let Err(error) = app.downloads.flush(&app.db) {
        tracing::error!("writing download counts: {error}");
    }
    if let Err(error) = app.refresh_signing_key() {
        tracing::error!("reading the key of download links: {error}");
    }
    if let Err(error) = app.audit.flush(&app.db) {
        tracing::error!("writing the audit trail: {error}");
    }
    if let Err(error) = app.uses.flush(&app.db, app.clock.now(), app.sliding()) {
        tracing::error!("writing when tokens and sessions were used: {error}");
    }
}

/// Runs one task. Whatever happens inside, it gets a last state, or waits for another try.
fn run(app: &App, stopping: &AtomicBool, task: &Claimed) {
    let started = Instant::now();
    let request_id = task.correlation_id.as_str();
    let outcome = if task.attempts > ATTEMPTS_MAX {
        Err(Error::Internal(anyhow::anyhow!(
            "the task was interrupted {ATTEMPTS_MAX} times"
        )))
    } else {
        panic::catch_unwind(AssertUnwindSafe(|| dispatch(app, stopping, task)))
            .unwrap_or_else(|_panic| Err(Error::Internal(anyhow::anyhow!("the job panicked"))))
    };
    let state = match outcome {
        Ok(()) => "ended",
        Err(error) => {
            tracing::error!(
                request_id,
                task = task.id.0,
                attempt = task.attempts,
                "{error}"
            );
            mend(app, stopping, task, &error)
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

/// What failed through this server waits for another try; after the last one it ends, and so it does if somebody
/// asked for its end.
fn mend(app: &App, stopping: &AtomicBool, task: &Claimed, error: &Error) -> &'static str {
    if task.attempts < ATTEMPTS_MAX {
        let waits = persist(stopping, "putting a task back", || {
            app.db.write(|tx| queue::put_back(tx, task.id))
        });
        if waits != Some(false) {
            thread::sleep(LOOK_AGAIN);
            return "put back";
        }
    }
    let told = Outcome::Failed(queue::describe(error, &task.correlation_id));
    persist(stopping, "ending a task", || {
        imports::run::abandon(tools(app), task.id, told.clone())
    });
    "abandoned"
}

fn dispatch(app: &App, stopping: &AtomicBool, task: &Claimed) -> Result<()> {
    match &task.job {
        Job::FetchAvatar { .. } => errands::run(app, stopping, task),
        Job::ImportCollection => imports::run::import(tools(app), task.id),
        Job::Purge {
            finished_before,
            states,
        } => purge::run(&app.db, task.id, Timestamp(*finished_before), states),
        Job::AddSignature {
            repository,
            version,
            signature,
        } => {
            let signed = Signed {
                repository: *repository,
                version: *version,
                signature,
            };
            signing::run::add(signing_tools(app), task.id, signed)
        }
        _ => app
            .db
            .write(|tx| changes::finish(tx, task.id, &task.job, &task.correlation_id)),
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

fn signing_tools(app: &App) -> signing::run::Tools<'_> {
    signing::run::Tools {
        db: &app.db,
        store: &app.store,
        clock: &app.clock,
        limits: &app.limits,
        require_verification: app.config.publishing.require_signature_verification,
    }
}
