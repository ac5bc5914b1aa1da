//! The two kinds of transaction that domain functions take.

use std::cell::RefCell;
use std::ops::Deref;

use rusqlite::Connection;
use rusqlite::Transaction;

use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::kernel::event::Event;

/// A snapshot to read from. Dereferences to the connection for `prepare_cached` and friends.
pub struct ReadTx<'c>(Transaction<'c>);

impl<'c> ReadTx<'c> {
    pub(crate) fn new(tx: Transaction<'c>) -> Self {
        Self(tx)
    }
}

impl Deref for ReadTx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

/// The write transaction. Reads like a [`ReadTx`], knows the time, and remembers what to tell after the commit.
pub struct WriteTx<'c> {
    tx: ReadTx<'c>,
    /// The one time every row written by this transaction carries.
    pub now: Timestamp,
    events: RefCell<Vec<Event>>,
}

impl<'c> WriteTx<'c> {
    pub(crate) fn new(tx: ReadTx<'c>, now: Timestamp) -> Self {
        Self {
            tx,
            now,
            events: RefCell::default(),
        }
    }

    /// Tells `event` to the rest of the process once, and only if, this transaction is on disk.
    pub fn announce(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }

    pub(crate) fn commit(self) -> Result<Vec<Event>> {
        self.tx.0.commit()?;
        Ok(self.events.into_inner())
    }
}

impl<'c> Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;

    fn deref(&self) -> &ReadTx<'c> {
        &self.tx
    }
}
