//! What tasks need for themselves: a task that changes a repository does not run beside another that does.
//!
//! A lock belongs to a row, not to a thread, so a crash leaves none behind that nobody ends: the task that holds it
//! waits again or is ended at the next start. The rows of ended tasks stay, to tell what they were about.

use rusqlite::named_params;
use uuid::Uuid;

use crate::db::tx::ReadTx;
use crate::db::tx::WriteTx;
use crate::kernel::error::Result;
use crate::kernel::ids::TaskId;
use crate::policy::object::Kind;

/// Something a task needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// What kind of thing.
    pub kind: Kind,
    /// Which one.
    pub uuid: Uuid,
    /// Whether others may share it that also only look at it.
    pub is_shared: bool,
}

impl Lock {
    /// A repository that is changed.
    pub const fn changing(repository: Uuid) -> Self {
        Self {
            kind: Kind::Repository,
            uuid: repository,
            is_shared: false,
        }
    }

    /// A remote that is changed.
    pub const fn remote(remote: Uuid) -> Self {
        Self {
            kind: Kind::Remote,
            uuid: remote,
            is_shared: false,
        }
    }

    /// A repository that is only read.
    pub const fn reading(repository: Uuid) -> Self {
        Self {
            kind: Kind::Repository,
            uuid: repository,
            is_shared: true,
        }
    }
}

const TAKE: &str = "
    INSERT INTO task_lock (task_id, position, kind, uuid, is_shared)
    VALUES (:task, :position, :kind, :uuid, :is_shared)";

/// Notes what a new task needs.
pub(super) fn take(tx: &WriteTx<'_>, task: TaskId, locks: &[Lock]) -> Result<()> {
    for (position, lock) in locks.iter().enumerate() {
        tx.prepare_cached(TAKE)?.execute(named_params! {
            ":task": task, ":position": position, ":kind": lock.kind.column(), ":uuid": lock.uuid.to_string(),
            ":is_shared": lock.is_shared,
        })?;
    }
    Ok(())
}

/// SQL that holds if the task `t` waits for nobody: all that it needs is held by no task that runs, and wanted by none
/// that has waited longer, unless both only share it.
macro_rules! is_free {
    () => {
        "NOT EXISTS (
            SELECT 1
              FROM task_lock mine
              JOIN task_lock other ON other.uuid = mine.uuid AND other.kind = mine.kind AND other.task_id <> mine.task_id
               AND other.is_held
              JOIN task holder ON holder.id = other.task_id
             WHERE mine.task_id = t.id AND mine.is_held AND NOT (mine.is_shared AND other.is_shared)
               AND (holder.started_at IS NOT NULL OR holder.id < t.id))"
    };
}
pub(super) use is_free;

/// Whether a task that waits could run now.
pub(super) fn are_free(tx: &ReadTx<'_>, task: TaskId) -> Result<bool> {
    let sql = concat!("SELECT ", is_free!(), " FROM task t WHERE t.id = :task");
    Ok(tx
        .prepare_cached(sql)?
        .query_row(named_params! {":task": task}, |row| row.get(0))?)
}

/// Lets others have what a task needed.
pub(super) fn release(tx: &WriteTx<'_>, task: TaskId) -> Result<()> {
    tx.prepare_cached("UPDATE task_lock SET is_held = 0 WHERE task_id = :task")?
        .execute(named_params! {":task": task})?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::db::Db;
    use crate::domain::tasks::job::Job;
    use crate::domain::tasks::job::Lane;
    use crate::domain::tasks::queue;
    use crate::domain::tasks::queue::NewTask;
    use crate::domain::tasks::queue::Outcome;
    use crate::kernel::clock::Clock;
    use crate::kernel::ids::UserId;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);

    fn db() -> (TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("galaxy.db"), 1, Clock::System).unwrap();
        let user = "INSERT INTO user (id, username, password, created_at) VALUES (1, 'ana', '', 0)";
        db.write(|tx| Ok(tx.execute(user, [])?)).unwrap();
        (folder, db)
    }

    fn enqueue(db: &Db, locks: &[Lock]) -> TaskId {
        let task = |tx: &WriteTx<'_>| {
            let task = NewTask {
                uuid: Uuid::new_v4(),
                name: "test",
                job: &Job::Done,
                created_by: Some(UserId(1)),
                correlation_id: "test",
                locks,
            };
            queue::enqueue(tx, &task)
        };
        db.write(task).unwrap()
    }

    fn claim(db: &Db) -> Option<TaskId> {
        let is_any = db.read(|tx| queue::is_any_waiting(tx, Lane::Work)).unwrap();
        let claimed = db
            .write(|tx| queue::claim(tx, Lane::Work))
            .unwrap()
            .map(|task| task.id);
        assert_eq!(is_any, claimed.is_some(), "a look says what a claim finds");
        claimed
    }

    fn end(db: &Db, task: TaskId) {
        db.write(|tx| queue::end(tx, task, Outcome::Completed))
            .unwrap();
    }

    #[test]
    fn who_changes_a_repository_waits_for_who_does_and_others_go_by() {
        let (_folder, db) = db();
        let first = enqueue(&db, &[Lock::changing(A)]);
        let second = enqueue(&db, &[Lock::changing(B), Lock::changing(A)]);
        let free = enqueue(&db, &[]);
        assert_eq!(claim(&db), Some(first));
        assert_eq!(
            claim(&db),
            Some(free),
            "what needs nothing waits for nobody"
        );
        assert_eq!(claim(&db), None);
        let behind = enqueue(&db, &[Lock::changing(B)]);
        assert_eq!(claim(&db), None, "nobody overtakes who waits for the same");
        end(&db, first);
        assert_eq!(claim(&db), Some(second));
        assert_eq!(claim(&db), None);
        end(&db, second);
        assert_eq!(claim(&db), Some(behind));
    }

    #[test]
    fn readers_share_and_a_writer_waits_for_all_of_them() {
        let (_folder, db) = db();
        let readers = [
            enqueue(&db, &[Lock::reading(A)]),
            enqueue(&db, &[Lock::reading(A)]),
        ];
        let writer = enqueue(&db, &[Lock::changing(A)]);
        let late = enqueue(&db, &[Lock::reading(A)]);
        assert_eq!([claim(&db), claim(&db)], readers.map(Some));
        assert_eq!(claim(&db), None, "{writer:?} waits, and {late:?} behind it");
        end(&db, readers[0]);
        assert_eq!(claim(&db), None);
        end(&db, readers[1]);
        assert_eq!(claim(&db), Some(writer));
        end(&db, writer);
        assert_eq!(claim(&db), Some(late));
    }

    #[test]
    fn what_is_put_back_keeps_its_turn() {
        let (_folder, db) = db();
        let first = enqueue(&db, &[Lock::changing(A)]);
        let second = enqueue(&db, &[Lock::changing(A)]);
        assert_eq!(claim(&db), Some(first));
        assert!(db.write(|tx| queue::put_back(tx, first)).unwrap());
        assert_eq!(claim(&db), Some(first));
        end(&db, first);
        assert_eq!(claim(&db), Some(second));
    }
}
