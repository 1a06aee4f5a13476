//! The thread that writes, and those who wait for it; or who write themselves, where nobody else does.

use std::{
    io,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
};

use redb::Database;
use tokio::sync::watch;

use super::format::Batch;

/// How far the disk is.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// So many batches are on disk.
    saved: u64,
    /// The disk has failed, and why: nothing is saved any more.
    failed: Option<String>,
}

impl Progress {
    /// Whether so many batches are on disk; none where that is not known yet. After a failure nothing is: memory is ahead
    /// of the disk, and what it would say is not sure to last.
    fn of(&self, batches: u64) -> Option<bool> {
        if self.failed.is_some() {
            return Some(false);
        }
        (self.saved >= batches).then_some(true)
    }
}

#[derive(Debug)]
struct Shared {
    progress: Mutex<Progress>,
    /// For threads that wait.
    changed: Condvar,
    /// For tasks that wait.
    told: watch::Sender<()>,
}

impl Shared {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress());
        self.changed.notify_all();
        self.told.send_replace(());
    }

    /// Writes them together; false when the disk fails.
    fn commit(&self, database: &Database, batches: &[Batch]) -> bool {
        match commit(database, batches) {
            Ok(()) => self.update(|progress| progress.saved += batches.len() as u64),
            Err(why) => self.fail(why.to_string()),
        }
        self.progress().failed.is_none()
    }

    fn fail(&self, why: String) {
        self.update(|progress| {
            progress.failed.get_or_insert(why);
        });
    }
}

/// A database, written by a thread of its own. When it goes, what was sent is written first.
#[derive(Debug)]
pub(crate) struct Disk {
    database: Arc<Database>,
    shared: Arc<Shared>,
    batches: Option<Sender<Batch>>,
    sent: Mutex<u64>,
    thread: Option<JoinHandle<()>>,
}

impl Disk {
    pub(super) fn start(database: Database) -> io::Result<Self> {
        let (batches, to_write) = mpsc::channel();
        let shared = Arc::new(Shared {
            progress: Mutex::default(),
            changed: Condvar::new(),
            told: watch::Sender::new(()),
        });
        let database = Arc::new(database);
        let there = (Arc::clone(&database), Arc::clone(&shared));
        let thread = thread::Builder::new().name("qc-emulator-disk".to_owned());
        let thread = thread.spawn(move || write(&there.0, &to_write, &there.1))?;
        let (batches, thread) = (Some(batches), Some(thread));
        Ok(Self { database, shared, batches, sent: Mutex::new(0), thread })
    }

    /// Sends a batch, if there is one, and says how to wait until it and all before it are on disk.
    ///
    /// Who is `alone` writes it here and now, if nothing is on its way: to hand it over and to be told takes longer than
    /// to write, and is of use to others only.
    pub(super) fn save(&self, batch: Option<Batch>, alone: bool) -> Saved {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(batch), Some(batches)) = (batch, &self.batches) {
            let is_idle = self.shared.progress().of(*sent) == Some(true);
            *sent += 1;
            if alone && is_idle {
                self.shared.commit(&self.database, &[batch]);
            } else if batches.send(batch).is_err() {
                self.shared.fail("nothing writes any more".to_owned());
            }
        }
        Saved { batches: *sent, shared: Arc::clone(&self.shared) }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.batches.take());
        self.thread.take().map(JoinHandle::join);
    }
}

/// So many batches will be on disk, or the disk will have failed.
#[derive(Debug)]
pub(crate) struct Saved {
    batches: u64,
    shared: Arc<Shared>,
}

impl Saved {
    /// Waits; false where the disk has failed.
    pub(crate) async fn wait(self) -> bool {
        let mut told = self.shared.told.subscribe();
        loop {
            let known = self.shared.progress().of(self.batches);
            if let Some(is_saved) = known {
                return is_saved;
            }
            if told.changed().await.is_err() {
                return false;
            }
        }
    }

    /// As [`wait`](Self::wait), on this thread.
    pub(crate) fn wait_here(self) -> bool {
        let mut progress = self.shared.progress();
        loop {
            if let Some(is_saved) = progress.of(self.batches) {
                return is_saved;
            }
            progress = self.shared.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// However the thread ends, nobody waits for it any more.
struct Ending<'a>(&'a Shared);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.fail("nothing writes any more".to_owned());
    }
}

/// Writes what comes until nothing can come any more. What has come meanwhile goes to the disk together.
fn write(database: &Database, batches: &Receiver<Batch>, shared: &Shared) {
    let _ending = Ending(shared);
    while let Ok(first) = batches.recv() {
        let together: Vec<Batch> = std::iter::once(first).chain(batches.try_iter()).collect();
        if !shared.commit(database, &together) {
            return;
        }
    }
}

fn commit(database: &Database, batches: &[Batch]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for batch in batches {
        batch.write(&transaction)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use redb::{Builder, TableDefinition, backends::InMemoryBackend};

    use super::*;
    use crate::store::{Changes, Store};

    #[test]
    fn after_a_failure_nothing_counts_as_saved() {
        nothing_counts_as_saved(false);
        nothing_counts_as_saved(true);
    }

    fn nothing_counts_as_saved(first_alone: bool) {
        let database = Builder::new().create_with_backend(InMemoryBackend::new()).unwrap();
        // A table that is not what it should be fails each write.
        let transaction = database.begin_write().unwrap();
        let odd: TableDefinition<'_, &str, &str> = TableDefinition::new("numbers");
        transaction.open_table(odd).unwrap();
        transaction.commit().unwrap();
        let disk = Disk::start(database).unwrap();
        let nothing_sent = disk.save(None, false);
        assert!(nothing_sent.wait_here());
        let changes = Changes { numbers: true, ..Changes::default() };
        let batch = || Some(Batch::of(&Store::default(), &changes));
        let (first, second) = (disk.save(batch(), first_alone), disk.save(batch(), false));
        assert!(!first.wait_here() && !second.wait_here());
        assert!(!disk.save(None, true).wait_here(), "not even what was asked without a change");
        assert!(!disk.save(batch(), false).wait_here());
        assert!(!disk.save(batch(), true).wait_here());
    }

    #[test]
    fn who_is_alone_waits_for_nobody_and_stays_behind_what_was_sent() {
        let database = Builder::new().create_with_backend(InMemoryBackend::new()).unwrap();
        let disk = Disk::start(database).unwrap();
        let changes = Changes { numbers: true, ..Changes::default() };
        let batch = || Some(Batch::of(&Store::default(), &changes));
        let alone = disk.save(batch(), true);
        assert_eq!(disk.shared.progress().of(alone.batches), Some(true), "it is there already");
        // While the thread cannot write, nobody goes past it.
        let held = disk.database.begin_write().unwrap();
        let sent = disk.save(batch(), false);
        let behind = disk.save(batch(), true);
        assert_eq!(disk.shared.progress().of(sent.batches), None);
        drop(held);
        assert!(behind.wait_here() && sent.wait_here());
        assert_eq!(disk.shared.progress().saved, 3);
    }
}
