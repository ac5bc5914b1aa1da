//! Composition: opens everything, starts it, and stops it in reverse order.

use std::fs::DirBuilder;
use std::fs::File;
use std::fs::TryLockError;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::RwLock;
use std::thread;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::Server;
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use anyhow::Context;
use tokio::sync::Semaphore;
use tokio::sync::watch;

use crate::archive::limits::Limits;
use crate::config::Config;
use crate::content::Store;
use crate::db::Db;
use crate::domain::accounts::groups;
use crate::domain::accounts::instance;
use crate::domain::accounts::passwords;
use crate::domain::accounts::passwords::argon::Cost;
use crate::domain::accounts::passwords::rules;
use crate::domain::accounts::passwords::verified::Verified;
use crate::domain::accounts::roles;
use crate::domain::accounts::signing_in::attempts;
use crate::domain::accounts::signing_in::attempts::Attempts;
use crate::domain::accounts::users;
use crate::domain::audit::pending::Pending;
use crate::domain::collections::downloads::Downloads;
use crate::domain::imports::submit::PublishRules;
use crate::domain::repositories::seed;
use crate::http;
use crate::http::kit::idle;
use crate::kernel::clock::Clock;
use crate::observe::metrics;
use crate::policy::permit::Switches;
use crate::state::App;
use crate::state::bell::Bells;
use crate::upstream::logo::Logos;
use crate::upstream::openid::Provider;
use crate::worker::Workers;

/// The database inside a data directory.
const DATABASE: &str = "galaxy.db";
/// The bytes inside a data directory.
const ARTIFACTS: &str = "artifacts";
/// Held by the one server of a data directory.
const LOCK: &str = "galaxy.lock";
/// The account of the first start.
const ADMIN: &str = "admin";
/// Passwords checked at a time: a few, because a checked one is answered from memory the next time.
const PASSWORD_TURNS: usize = 8;
/// How long a connection may be silent between two requests. Long enough for a client that works through a list,
/// short enough that connections nobody uses are not what is left when there are too many.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Open files that a connection takes: itself, and the handle it is watched by.
const FILES_OF_CONNECTION: u64 = 2;
/// How long a connection may take to close after its last answer.
const LAST_WORD: Duration = Duration::from_secs(5);
/// How long requests that run at the stop may take to end, in seconds.
const GRACE: u64 = 10;

/// The password the first start chose for its administrator; seen this once, so it cannot be printed by accident.
pub struct FirstPassword(pub String);

/// Joins the database of a hub that has been started before, running or not.
pub fn join_database(config: &Config, clock: Clock) -> anyhow::Result<Db> {
    let data = &config.storage.data;
    let file = data.join(DATABASE);
    anyhow::ensure!(
        file.exists(),
        "there is no hub in {shown}; start it once with: pocket-galaxy serve --data {shown}",
        shown = data.display()
    );
    Db::join(&file, readers(config)?, clock)
}

/// Opens the database of a hub to read it, and leaves everything as it is; `None` where there is no hub.
pub fn look_into_database(config: &Config, clock: Clock) -> anyhow::Result<Option<Db>> {
    let file = config.storage.data.join(DATABASE);
    match file.try_exists()? {
        true => Db::look(&file, 1, clock).map(Some),
        false => Ok(None),
    }
}

/// Opens the database, creating it with what every hub has from its first start.
fn open_database(config: &Config, clock: Clock) -> anyhow::Result<Db> {
    let file = config.storage.data.join(DATABASE);
    // SQLite gives its other files the mode of this one.
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    let db = Db::open(&file, readers(config)?, clock)?;
    db.write(|tx| {
        roles::write_locked(tx)?;
        if !seed::is_done(tx)? {
            seed::seed(tx)?;
            groups::seed(tx)?;
        }
        Ok(())
    })?;
    Ok(db)
}

fn readers(config: &Config) -> anyhow::Result<u32> {
    u32::try_from(config.database.readers).context("too many database readers")
}

/// Makes a folder only its owner can look into: it holds password hashes and the key of download links.
/// One that is there stays as its owner made it.
fn create_private(folder: &Path) -> anyhow::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    builder
        .create(folder)
        // Its name survives a power cut, or nothing in it would.
        .and_then(|()| File::open(parent.unwrap_or(Path::new(".")))?.sync_all())
        .with_context(|| format!("cannot create the data directory {}", folder.display()))
}

/// A server that has its address and its files, and serves once [`Hub::run`] is awaited.
pub struct Hub {
    app: Arc<App>,
    server: Server,
    address: SocketAddr,
    first_password: Option<FirstPassword>,
    /// Released when the hub is dropped, or the process ends in any way.
    _lock: File,
}

impl Hub {
    /// Opens the data directory, starts nothing yet but the listening socket.
    ///
    /// Fails with a sentence for the operator: folder not writable, port taken, a second server on the same data,
    /// half of the settings of single sign-on.
    pub fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let provider = Provider::of(&config.single_sign_on)?;
        let logos = Logos::new(config.listen.avatar_hosts.clone())?;
        create_private(&config.storage.data)?;
        let lock = lock(&config.storage.data)?;
        let db = open_database(&config, clock.clone())?;
        let signing_key = db.write(instance::signing_key)?;
        let store = Store::open(&config.storage.data.join(ARTIFACTS))
            .context("cannot open the artifacts folder")?;
        let listener = TcpListener::bind(config.listen.address).with_context(|| {
            format!(
                "cannot listen on {}; is another server there?",
                config.listen.address
            )
        })?;
        let address = listener.local_addr()?;
        // The last thing that can fail: a password that was made must also be told.
        let metrics = metrics::install()?;
        let verified = Arc::new(Verified::new(cost(&config)?)?);
        let first_password = first_admin(&db, &config, &verified)?;
        let app = Arc::new(App {
            db: Arc::new(db),
            store: Arc::new(store),
            clock,
            publish: publish_rules(&config),
            switches: Switches {
                anonymous_access: config.access.enable_unauthenticated_collection_access,
                anonymous_download: config.access.enable_unauthenticated_collection_download,
                anonymous_description: !config.access.api_spec_require_authentication,
            },
            limits: limits(&config),
            grants: Arc::default(),
            uses: Arc::default(),
            attempts: Attempts::new(attempt_limits(&config)),
            verified,
            password_turns: Semaphore::new(PASSWORD_TURNS),
            check_turns: Arc::new(Semaphore::new(config.publishing.workers)),
            signing_key: RwLock::new(signing_key),
            provider,
            logos,
            metrics,
            audit: Pending::default(),
            downloads: Downloads::default(),
            bells: Bells::default(),
            finished: watch::Sender::default(),
            config,
        });
        // Weak: the app owns the database, so the database must not own the app.
        let listening = Arc::downgrade(&app);
        app.db.after_commit(move |event| {
            if let Some(app) = listening.upgrade() {
                app.hear(event);
            }
        });
        let data = Data::from(Arc::clone(&app));
        let listen = &app.config.listen;
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let files = open_files();
        let needed = listen.max_connections as u64 * FILES_OF_CONNECTION;
        if files < needed {
            tracing::warn!(
                files,
                needed,
                "this process may open too few files for that many connections; raise its limit, or lower \
                 GALAXY_MAX_CONNECTIONS"
            );
        }
        let idle_max = KEEP_ALIVE + listen.header_timeout;
        let server = HttpServer::new(move || http::application(data.clone()))
            .on_connect(move |io, extensions| idle::watch(io, extensions, idle_max))
            .workers(threads)
            .max_connections(listen.max_connections.div_ceil(threads))
            .client_request_timeout(listen.header_timeout)
            .keep_alive(KEEP_ALIVE)
            .client_disconnect_timeout(LAST_WORD)
            .shutdown_timeout(GRACE)
            .listen(listener)?
            .run();
        Ok(Self {
            app,
            server,
            address,
            first_password,
            _lock: lock,
        })
    }

    /// Where it listens; the real port when port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a first start has to tell.
    pub fn first_password(&self) -> Option<&FirstPassword> {
        self.first_password.as_ref()
    }

    /// The settings it runs with.
    pub fn config(&self) -> &Config {
        &self.app.config
    }

    /// A handle to stop it from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal or the handle stops it; then lets requests and tasks end.
    pub async fn run(self) -> anyhow::Result<()> {
        let workers = Workers::start(&self.app, self.app.config.publishing.workers)?;
        let served = self.server.await;
        workers.stop();
        served.context("the server ended")
    }
}

/// How many files this process may have open, after asking for as many as its user may have: most systems begin with
/// 1024, which connections alone use up.
#[cfg(unix)]
fn open_files() -> u64 {
    use rustix::process::Resource::Nofile;
    use rustix::process::Rlimit;
    use rustix::process::getrlimit;
    use rustix::process::setrlimit;

    let Rlimit { current, maximum } = getrlimit(Nofile);
    let wanted = Rlimit {
        current: maximum,
        maximum,
    };
    let granted = match setrlimit(Nofile, wanted) {
        Ok(()) => maximum,
        Err(_stays_as_it_is) => current,
    };
    granted.unwrap_or(u64::MAX)
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
fn open_files() -> u64 {
    u64::MAX
}

/// How much the settings let an archive hold.
pub fn limits(config: &Config) -> Limits {
    let settings = &config.import;
    Limits {
        unpacked: settings.max_unpacked_size,
        ratio: settings.max_compression_ratio as u64,
        entries: settings.max_archive_entries as u64,
        file: settings.max_file_size,
        depth: settings.max_path_depth,
        yaml_nodes: settings.max_yaml_values,
        documentation: settings.max_documentation_size,
        ..Limits::default()
    }
}

/// What hashing a password costs by the settings. Fails with a sentence for the operator if that cannot be meant.
pub fn cost(config: &Config) -> anyhow::Result<Cost> {
    let access = &config.access;
    Cost::new(
        access.argon_memory,
        access.argon_iterations,
        access.argon_parallelism,
    )
}

fn attempt_limits(config: &Config) -> attempts::Limits {
    attempts::Limits {
        pair: config.access.failed_logins,
        address: config.access.failed_logins_per_address,
        account: config.access.failed_logins_per_account,
    }
}

fn publish_rules(config: &Config) -> PublishRules {
    let settings = &config.publishing;
    PublishRules {
        require_approval: settings.require_content_approval,
        auto_create_namespaces: settings.auto_create_namespaces,
        default_base_path: settings.default_base_path.clone(),
        staging_base_path: settings.staging_base_path.clone(),
    }
}

/// Two servers on one folder would run each other's tasks.
fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot write to the data directory {}", data.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            anyhow::bail!(
                "another server is using {}; stop it, or give this one another --data",
                data.display()
            )
        }
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the data directory"),
    }
}

/// Creates the administrator if there is none. There is no default password.
fn first_admin(
    db: &Db,
    config: &Config,
    verified: &Verified,
) -> anyhow::Result<Option<FirstPassword>> {
    if db.read(users::any_superuser)? {
        return Ok(None);
    }
    let (password, chosen_here) = match &config.access.admin_password {
        Some(secret) => {
            // The operator's own choice stands, but a weak one should not go unnoticed.
            if let Err(error) = rules::check(secret.expose(), config.access.minimum_password_length)
            {
                tracing::warn!("GALAXY_ADMIN_PASSWORD is weak: {error}");
            }
            (secret.expose().to_owned(), false)
        }
        None => (passwords::generate()?, true),
    };
    let hash = verified.hash(&password)?;
    db.write(|tx| users::create(tx, ADMIN, &hash, true))?;
    Ok(chosen_here.then_some(FirstPassword(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_the_settings_are_those_of_the_archive_unless_somebody_sets_them() {
        let mut config = Config::for_testing(Path::new("nowhere"));
        assert_eq!(limits(&config), Limits::default());
        config.import.max_path_depth = 3;
        assert_eq!(limits(&config).depth, 3);
    }
}
