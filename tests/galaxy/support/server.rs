//! A real server on a port and in a folder of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use pocket_galaxy::config::Config;
use pocket_galaxy::db::Db;
use pocket_galaxy::db::tx::WriteTx;
use pocket_galaxy::domain::accounts::passwords::PasswordHash;
use pocket_galaxy::domain::accounts::roles::assignments;
use pocket_galaxy::domain::accounts::roles::assignments::Holder;
use pocket_galaxy::domain::accounts::tokens;
use pocket_galaxy::domain::accounts::users;
use pocket_galaxy::kernel::clock::Clock;
use pocket_galaxy::serve;
use pocket_galaxy::serve::Hub;
use rusqlite::types::FromSql;
use tempfile::TempDir;

use crate::support::browser;
use crate::support::browser::Browser;
use crate::support::client::Client;
use crate::support::plans;

/// The password of every account of a test.
pub const PASSWORD: &str = "correct horse battery";

/// A running server. Dropping it stops it and checks that it left nothing behind.
pub struct TestServer {
    /// Removed when the server is dropped.
    _folder: Option<TempDir>,
    config: Config,
    running: Option<Running>,
}

struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

impl TestServer {
    /// A server with the settings of a first start.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// A server with settings of its own.
    pub fn with(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::for_testing(folder.path());
        configure(&mut config);
        let running = Some(start(config.clone()));
        Self {
            _folder: Some(folder),
            config,
            running,
        }
    }

    /// A server on a folder that is somebody else's, and stays.
    pub fn at(data: &Path) -> Self {
        let config = Config::for_testing(data);
        let running = Some(start(config.clone()));
        Self {
            _folder: None,
            config,
            running,
        }
    }

    /// Stops the server and starts another on the same folder.
    pub fn restart(&mut self) {
        self.restart_with(|_| {});
    }

    /// The same, with other settings.
    pub fn restart_with(&mut self, configure: impl FnOnce(&mut Config)) {
        self.stop();
        configure(&mut self.config);
        self.running = Some(start(self.config.clone()));
    }

    /// Somebody without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(self.address(), None)
    }

    /// The administrator of the first start.
    pub fn admin(&self) -> Client {
        self.token_of("admin")
    }

    /// A new user who holds `roles` everywhere.
    pub fn user(&self, name: &str, roles: &[&str]) -> Client {
        let password = PasswordHash::new(PASSWORD).unwrap();
        self.db()
            .write(|tx| {
                let id = users::create(tx, name, &password, false)?;
                roles
                    .iter()
                    .try_for_each(|role| assignments::assign(tx, Holder::User(id), role, None))
            })
            .unwrap();
        self.token_of(name)
    }

    /// Somebody known by the cookie of a session.
    pub fn browser(&self, name: &str) -> Browser {
        browser::sign_in(&self.anonymous(), name, PASSWORD)
    }

    /// Somebody known by a token.
    pub fn token_of(&self, name: &str) -> Client {
        let token = self.db().write(|tx| {
            let user = users::get(tx, name)?;
            tokens::create(tx, user.id, "test")
        });
        Client::new(self.address(), Some(format!("Token {}", token.unwrap())))
    }

    /// `http://127.0.0.1:PORT`
    pub fn origin(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        &self.config.storage.data
    }

    /// Its database, opened beside it as the command line does.
    pub fn db(&self) -> Db {
        serve::join_database(&self.config, Clock::System).unwrap()
    }

    /// What the audit trail tells of changes: action, object and detail of each, oldest first. What was refused comes into
    /// it a moment later.
    pub fn audited(&self) -> Vec<(String, String, String)> {
        let rows = self.db().read(|tx| {
            let mut statement = tx.prepare(
                "SELECT action, object, detail FROM audit WHERE outcome = 'done' ORDER BY id",
            )?;
            let rows = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        });
        rows.unwrap()
    }

    /// The id of a user.
    pub fn user_id(&self, name: &str) -> i64 {
        let user = self.db().read(|tx| users::get(tx, name));
        user.unwrap().id.0
    }

    /// The digests of all files in its artifacts folder.
    pub fn stored_files(&self) -> Vec<String> {
        let mut found = Vec::new();
        for folder in std::fs::read_dir(self.data().join("artifacts/sha256")).unwrap() {
            for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
                found.push(file.unwrap().file_name().to_string_lossy().into_owned());
            }
        }
        found.sort();
        found
    }

    /// How many changes the audit trail tells of. What was refused comes into it a moment later, so it is not counted.
    pub fn changes(&self) -> i64 {
        self.value("SELECT count(*) FROM audit WHERE outcome = 'done'")
    }

    /// The path of a repository in the pulp API.
    pub fn repository(&self, name: &str) -> String {
        let sql = format!("SELECT uuid FROM repository WHERE name = '{name}'");
        let uuid: String = self.value(&sql);
        format!("/api/galaxy/pulp/api/v3/repositories/ansible/ansible/{uuid}/")
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> i64 {
        self.value(&format!("SELECT count(*) FROM {table}"))
    }

    /// The one value that a query finds.
    pub fn value<T: FromSql>(&self, query: &str) -> T {
        self.db()
            .read(|tx| Ok(tx.query_row(query, [], |row| row.get(0))?))
            .unwrap()
    }

    /// Runs statements behind the server's back. The last must change something, or the test would test nothing.
    pub fn sql(&self, statements: &str) {
        let change = |tx: &WriteTx<'_>| {
            tx.execute_batch(statements)?;
            Ok(tx.changes())
        };
        assert!(self.db().write(change).unwrap() > 0, "{statements}");
    }

    fn stop(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        System::new().block_on(running.handle.stop(true));
        running.thread.join().unwrap();
    }

    /// Nothing runs on, no file lacks its row, no row lacks its file, nothing read through what grows.
    fn check_tidy(&self) {
        let unfinished = "SELECT count(*) FROM task WHERE finished_at IS NULL";
        let unfinished: i64 = self
            .db()
            .read(|tx| Ok(tx.query_row(unfinished, [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(unfinished, 0, "tasks are left over");
        let named = self.db().read(|tx| {
            let mut statement = tx.prepare("SELECT sha256 FROM artifact ORDER BY sha256")?;
            let named = statement
                .query_map([], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(named)
        });
        assert_eq!(self.stored_files(), named.unwrap(), "files and rows differ");
        let staging = self.data().join("artifacts/staging");
        assert_eq!(
            std::fs::read_dir(staging).unwrap().count(),
            0,
            "an upload is left over"
        );
        plans::check(&self.db());
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
        if !thread::panicking() {
            self.check_tidy();
        }
    }
}

fn start(config: Config) -> Running {
    plans::watch();
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || {
        System::new().block_on(async {
            let hub = Hub::open(config, Clock::System).unwrap();
            sender.send((hub.address(), hub.handle())).unwrap();
            hub.run().await.unwrap();
        });
    });
    let (address, handle) = receiver
        .recv()
        .expect("the server did not start; its panic is above");
    Running {
        address,
        handle,
        thread,
    }
}

/// Waits for what the server does when it has nothing else to do.
pub fn until(is_done: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_done() {
        assert!(start.elapsed() < Duration::from_secs(20), "it is not done");
        thread::sleep(Duration::from_millis(50));
    }
}
