//! Database: one writer, many readers, closures that run inside one transaction.
//!
//! Knows no table's name. A write that returned is on disk: the writer syncs each commit.
//! Start reading at [`Db::read`] and [`Db::write`].

mod clause;
mod functions;
pub mod migrate;
pub mod row;
pub mod select;
pub mod tx;
pub mod watch;

use std::path::Path;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::TransactionBehavior;
use url::Url;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::clock::Clock;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::event::Event;
use crate::observe::metrics;

/// How long a statement waits for a lock another process holds (`token create` beside a running server).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection; there are fewer different ones than this.
const STATEMENTS: usize = 256;

/// The database of one data directory.
pub struct Db {
    writer: Mutex<Connection>,
    readers: Pool<SqliteConnectionManager>,
    clock: Clock,
    listener: OnceLock<Box<dyn Fn(Event) + Send + Sync>>,
}

impl Db {
    /// Opens `file`, creating and migrating it as needed, with `readers` connections for reading.
    ///
    /// Fails with a sentence for the operator when the file is from a newer version of this program.
    pub fn open(file: &Path, readers: u32, clock: Clock) -> anyhow::Result<Self> {
        Self::prepared(file, readers, clock, migrate::to_latest, watch::add)
    }

    /// Opens `file` beside the server that may be working on it; never changes its layout.
    ///
    /// Fails with a sentence for the operator when the layout is not this program's.
    pub fn join(file: &Path, readers: u32, clock: Clock) -> anyhow::Result<Self> {
        let lay_out = |connection: &mut Connection| migrate::is_latest(connection);
        Self::prepared(file, readers, clock, lay_out, |_| ())
    }

    /// Opens `file` to read it only: every write through it fails, and the folder stays as it is.
    ///
    /// Fails with a sentence for the operator when the layout is not this program's.
    pub fn look(file: &Path, readers: u32, clock: Clock) -> anyhow::Result<Self> {
        let shown = file.display();
        let url = read_only(file).with_context(|| format!("cannot open {shown}"))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut writer = Connection::open_with_flags(&url, flags)
            .with_context(|| format!("cannot open {shown}"))?;
        prepare(&mut writer, "").with_context(|| format!("cannot prepare {shown}"))?;
        migrate::is_latest(&writer).with_context(|| format!("cannot use {shown}"))?;
        let manager = SqliteConnectionManager::file(url)
            .with_flags(flags)
            .with_init(|connection| prepare(connection, ""));
        Self::around(writer, manager, readers, clock)
            .with_context(|| format!("cannot open {shown} for reading"))
    }

    fn prepared(
        file: &Path,
        readers: u32,
        clock: Clock,
        lay_out: impl Fn(&mut Connection) -> anyhow::Result<()>,
        watch: fn(&Connection),
    ) -> anyhow::Result<Self> {
        let shown = file.display();
        let mut writer = Connection::open(file).with_context(|| format!("cannot open {shown}"))?;
        // FULL: a commit that was acknowledged survives a power cut, at the price of one fsync each.
        prepare(
            &mut writer,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )
        .with_context(|| format!("cannot prepare {shown}"))?;
        lay_out(&mut writer).with_context(|| format!("cannot use {shown}"))?;
        watch(&writer);
        let manager = SqliteConnectionManager::file(file).with_init(move |connection| {
            watch(connection);
            prepare(connection, "PRAGMA query_only = ON;")
        });
        Self::around(writer, manager, readers, clock)
            .with_context(|| format!("cannot open {shown} for reading"))
    }

    fn around(
        writer: Connection,
        manager: SqliteConnectionManager,
        readers: u32,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let readers = Pool::builder()
            .max_size(readers)
            .min_idle(Some(1))
            .test_on_check_out(false) // a local file does not hang up
            .build(manager)?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers,
            clock,
            listener: OnceLock::new(),
        })
    }

    /// Names the one who is told of [`WriteTx::announce`]d events, after each commit. The first call counts.
    pub fn after_commit(&self, listener: impl Fn(Event) + Send + Sync + 'static) {
        let _first_only = self.listener.set(Box::new(listener));
    }

    /// Runs `work` on one consistent snapshot. Writing through it fails.
    pub fn read<T>(&self, work: impl FnOnce(&ReadTx<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self
            .readers
            .get()
            .context("no database connection came free")?;
        let _timing = Timing::of("read");
        let tx = ReadTx::new(connection.transaction_with_behavior(TransactionBehavior::Deferred)?);
        work(&tx)
    }

    /// Runs `work` in the one write transaction; commits if it returns `Ok`, leaves no trace otherwise.
    ///
    /// Keep it short: hashing, unpacking and network happen before it. Everybody else waits.
    pub fn write<T>(&self, work: impl FnOnce(&WriteTx<'_>) -> Result<T>) -> Result<T> {
        let (result, events) = self.commit(work)?;
        if let Some(listener) = self.listener.get() {
            events.into_iter().for_each(listener);
        }
        Ok(result)
    }

    fn commit<T>(&self, work: impl FnOnce(&WriteTx<'_>) -> Result<T>) -> Result<(T, Vec<Event>)> {
        // A panic inside rolls the transaction back, so the connection behind a poisoned lock is sound.
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _timing = Timing::of("write");
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tx = WriteTx::new(ReadTx::new(tx), self.clock.now());
        let result = work(&tx)?;
        Ok((result, tx.commit()?))
    }
}

/// Records how long a connection was in use, however the work on it ended.
struct Timing {
    kind: &'static str,
    started: Instant,
}

impl Timing {
    fn of(kind: &'static str) -> Self {
        Self {
            kind,
            started: Instant::now(),
        }
    }
}

impl Drop for Timing {
    fn drop(&mut self) {
        metrics::database_transaction(self.kind, self.started.elapsed());
    }
}

/// The address of a file that is not to be changed.
///
/// Without a write-ahead log beside it nobody is at work on the file, and SQLite is told so: it would make a log to
/// read by, and leave it there. A hub that starts in the same moment may then be read half; it is not disturbed.
fn read_only(file: &Path) -> anyhow::Result<String> {
    let mut url = Url::from_file_path(file.canonicalize()?)
        .map_err(|()| anyhow::anyhow!("its path is not absolute"))?;
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    url.set_query(Some(match Path::new(&log).exists() {
        true => "mode=ro",
        false => "mode=ro&immutable=1",
    }));
    Ok(url.into())
}

/// Whether something failed because another process wrote for longer than anybody waits.
pub fn is_locked(error: &anyhow::Error) -> bool {
    let busy = |cause: &rusqlite::Error| {
        cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
    };
    error
        .chain()
        .any(|cause| cause.downcast_ref().is_some_and(busy))
}

fn prepare(connection: &mut Connection, pragmas: &str) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    functions::add(connection)?;
    connection.execute_batch(pragmas)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::StorageFull,
            _ => Self::Internal(anyhow::Error::new(error).context("database")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &tempfile::TempDir) -> Db {
        Db::open(&dir.path().join("galaxy.db"), 2, Clock::System).unwrap()
    }

    #[test]
    fn a_write_that_fails_leaves_no_trace() {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir);
        let insert = "INSERT INTO user_group (name, created_at) VALUES ('g', 0)";
        let failed: Result<()> = db.write(|tx| {
            tx.execute(insert, [])?;
            Err(Error::Forbidden)
        });
        assert!(failed.is_err());
        let count = |tx: &ReadTx<'_>| {
            Ok(tx.query_row("SELECT count(*) FROM user_group", [], |row| {
                row.get::<_, i64>(0)
            })?)
        };
        assert_eq!(db.read(count).unwrap(), 0);
        db.write(|tx| Ok(tx.execute(insert, [])?)).unwrap();
        assert_eq!(db.read(count).unwrap(), 1);
    }

    #[test]
    fn a_reader_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir);
        let error = db
            .read(|tx| Ok(tx.execute("DELETE FROM user", [])?))
            .unwrap_err();
        assert!(error.to_string().contains("readonly"), "{error}");
    }

    /// Looks into `file`: its one group is there, a write is refused, and the folder holds what it held.
    fn assert_looking_changes_nothing(file: &Path) {
        let names = || {
            let names = std::fs::read_dir(file.parent().unwrap()).unwrap();
            let mut names: Vec<_> = names.map(|name| name.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let before = (names(), std::fs::read(file).unwrap());
        let db = Db::look(file, 1, Clock::System).unwrap();
        assert!(db.write(|tx| Ok(tx.execute(ADD_GROUP, [])?)).is_err());
        let count = "SELECT count(*) FROM user_group";
        let groups = db.read(|tx| Ok(tx.query_row(count, [], |row| row.get::<_, i64>(0))?));
        assert_eq!(groups.unwrap(), 1);
        assert_eq!((names(), std::fs::read(file).unwrap()), before);
    }

    const ADD_GROUP: &str = "INSERT INTO user_group (name, created_at) VALUES ('g', 0)";

    #[test]
    fn looking_leaves_the_folder_as_it_is_whether_or_not_somebody_works_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let folder = dir.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            folder.join("galaxy.db")
        };
        let worked_in = folder("a hub? 50%#1");
        let working = Db::open(&worked_in, 1, Clock::System).unwrap();
        working.write(|tx| Ok(tx.execute(ADD_GROUP, [])?)).unwrap();
        assert!(worked_in.with_extension("db-wal").exists());
        assert_looking_changes_nothing(&worked_in);
        // A hub that was stopped leaves the one file.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let beside = Connection::open(&worked_in).unwrap();
        let busy: i64 = beside.query_row(checkpoint, [], |row| row.get(0)).unwrap();
        assert_eq!(busy, 0);
        let stopped = folder("stopped");
        std::fs::copy(&worked_in, &stopped).unwrap();
        assert_looking_changes_nothing(&stopped);
    }

    #[test]
    fn a_database_from_the_future_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("galaxy.db");
        drop(open(&dir));
        Connection::open(&file)
            .unwrap()
            .execute_batch("PRAGMA user_version = 9999")
            .unwrap();
        let error = Db::open(&file, 1, Clock::System).err().unwrap();
        assert!(format!("{error:#}").contains("newer"), "{error:#}");
        let error = Db::join(&file, 1, Clock::System).err().unwrap();
        assert!(format!("{error:#}").contains("layout 9999"), "{error:#}");
        let version: i64 = Connection::open(&file)
            .unwrap()
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, 9999);
    }
}
