//! What takes other servers: one thread of its own, so that no import waits because some server is slow.

use std::io::Write;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use tokio::time::sleep;
use url::Url;

use crate::content;
use crate::domain::collections::artifacts;
use crate::domain::collections::namespaces::avatar;
use crate::domain::tasks::TaskError;
use crate::domain::tasks::job::Job;
use crate::domain::tasks::queue;
use crate::domain::tasks::queue::Claimed;
use crate::domain::tasks::queue::Outcome;
use crate::kernel::error::Result;
use crate::kernel::ids::NamespaceId;
use crate::kernel::ids::TaskId;
use crate::state::App;
use crate::upstream::logo::Logo;

/// How often a thread that waits for another server looks whether this one is to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// Runs one errand to its end. Errors are those of this server, and so is being told to stop: the task waits then.
pub(super) fn run(app: &App, stopping: &AtomicBool, task: &Claimed) -> Result<()> {
    match task.job {
        Job::FetchAvatar { namespace } => fetch(app, stopping, task.id, namespace),
        _ => Err(anyhow::anyhow!("no errand: {}", task.job.label()).into()),
    }
}

/// Fetches the logo of a namespace. What is wrong with it, or with the way there, ends the task and changes nothing.
fn fetch(app: &App, stopping: &AtomicBool, task: TaskId, namespace: NamespaceId) -> Result<()> {
    let Some(address) = app.db.read(|tx| avatar::address(tx, namespace))? else {
        return app.db.write(|tx| queue::end(tx, task, Outcome::Completed));
    };
    match ask(app, stopping, &address)? {
        Ok(logo) => keep(app, task, (namespace, &address), &logo),
        Err(cause) => {
            let failed = Outcome::Failed(TaskError {
                code: None,
                description: format!("The logo could not be fetched: {cause:#}"),
            });
            app.db.write(|tx| match queue::is_canceling(tx, task)? {
                true => queue::end(tx, task, Outcome::Canceled),
                false => queue::end(tx, task, failed),
            })
        }
    }
}

/// The inner error is whoever's who said where the logo is.
fn ask(app: &App, stopping: &AtomicBool, address: &str) -> Result<anyhow::Result<Logo>> {
    let url = match Url::parse(address) {
        Ok(url) => url,
        Err(error) => return Ok(Err(error.into())),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the errand's reactor")?;
    let stop = async {
        while !stopping.load(Ordering::Relaxed) {
            sleep(GLANCE).await;
        }
    };
    runtime.block_on(async {
        tokio::select! {
            logo = app.logos.fetch(&url) => Ok(logo.map_err(anyhow::Error::new)),
            () = stop => Err(anyhow::anyhow!("the server stops").into()),
        }
    })
}

fn keep(app: &App, task: TaskId, of: (NamespaceId, &str), logo: &Logo) -> Result<()> {
    let mut staged = app.store.stage().map_err(content::storage)?;
    staged.write_all(&logo.bytes).map_err(content::storage)?;
    let staged = staged.finish().map_err(content::storage)?;
    let kept = app.store.keep(staged)?;
    let digest = kept.digest.clone();
    let written = app
        .db
        .write(|tx| avatar::set(tx, task, of, (&kept, logo.media_type)));
    drop(kept);
    // Nobody may want it by now.
    artifacts::discard(&app.db, &app.store, &digest)?;
    written
}
