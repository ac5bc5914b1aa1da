//! The bundle of handles that the HTTP and worker floors share.

pub mod bell;

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tokio::sync::watch;

use crate::archive::limits::Limits;
use crate::config::Config;
use crate::content::Store;
use crate::db::Db;
use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::domain::accounts::instance;
use crate::domain::accounts::instance::SigningKey;
use crate::domain::accounts::passwords::verified::Verified;
use crate::domain::accounts::signing_in::attempts::Attempts;
use crate::domain::accounts::signing_in::uses::Uses;
use crate::domain::audit::pending::Pending;
use crate::domain::collections::artifacts;
use crate::domain::collections::downloads::Downloads;
use crate::domain::imports::submit::PublishRules;
use crate::kernel::clock::Clock;
use crate::kernel::error::Result;
use crate::kernel::event::Event;
use crate::policy::grants::GrantCache;
use crate::policy::permit::Switches;
use crate::state::bell::Bells;
use crate::upstream::logo::Logos;
use crate::upstream::openid::Provider;

/// Everything a request or a job can reach.
pub struct App {
    /// The database.
    pub db: Arc<Db>,
    /// The bytes of artifacts.
    pub store: Arc<Store>,
    /// The time.
    pub clock: Clock,
    /// The settings, as read at the start.
    pub config: Config,
    /// Where uploads go.
    pub publish: PublishRules,
    /// What strangers may do.
    pub switches: Switches,
    /// How much an archive may hold.
    pub limits: Limits,
    /// What accounts hold, as it was read before.
    pub grants: Arc<GrantCache>,
    /// When tokens and sessions were used, on the way to the database.
    pub uses: Arc<Uses>,
    /// Attempts to sign in that failed lately.
    pub attempts: Attempts,
    /// Passwords that were checked before.
    pub verified: Arc<Verified>,
    /// How many passwords are checked at a time; the rest wait without holding a thread.
    pub password_turns: Semaphore,
    /// How many uploads are checked at a time, likewise: as many as there are workers. Shared, because a turn
    /// ends with the work and not with the request that may have gone before.
    pub check_turns: Arc<Semaphore>,
    /// The key that signs download links, as of the last look at it.
    pub signing_key: RwLock<SigningKey>,
    /// Who vouches for people, if anybody does.
    pub provider: Option<Provider>,
    /// Fetches logos from where people say they are.
    pub logos: Logos,
    /// The metrics of this process.
    pub metrics: PrometheusHandle,
    /// Refusals on their way to the audit trail.
    pub audit: Pending,
    /// Downloads on their way to the database, if they are counted.
    pub downloads: Downloads,
    /// Rung when a task waits.
    pub bells: Bells,
    /// Moves when a task ends.
    pub finished: watch::Sender<u64>,
}

impl App {
    /// Passes on what a commit announced.
    pub fn hear(&self, event: Event) {
        match event {
            Event::TaskWaiting => self.bells.ring(),
            Event::TaskFinished(_) => self.finished.send_modify(|count| *count += 1),
            Event::ArtifactForgotten(sha256) => {
                // The next start clears it away otherwise.
                if let Err(error) = artifacts::discard(&self.db, &self.store, &sha256) {
                    tracing::error!(%sha256, "removing an artifact: {error}");
                }
            }
        }
    }

    /// The key that signs download links.
    pub fn signing_key(&self) -> SigningKey {
        *self
            .signing_key
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the key again: the command line may have put another in its place.
    pub fn refresh_signing_key(&self) -> Result<()> {
        let stored = self.db.read(instance::stored_signing_key)?;
        if let Some(key) = stored.filter(|key| *key != self.signing_key()) {
            *self
                .signing_key
                .write()
                .unwrap_or_else(PoisonError::into_inner) = key;
        }
        Ok(())
    }

    /// How long a token lasts, if there is an end to it.
    pub fn token_lifetime(&self) -> Option<Duration> {
        self.config.access.token_expiration
    }

    /// How long a session lasts after its last use, if that is what counts.
    pub fn sliding(&self) -> Option<Duration> {
        let access = &self.config.access;
        access.session_slides.then_some(access.session_age)
    }

    /// [`Db::read`] off the reactor.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = Arc::clone(&self.db);
        blocking(move || db.read(work)).await
    }

    /// [`Db::write`] off the reactor.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = Arc::clone(&self.db);
        blocking(move || db.write(work)).await
    }
}

/// Runs `work` where it may block.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .context("a request's work panicked")?
}
