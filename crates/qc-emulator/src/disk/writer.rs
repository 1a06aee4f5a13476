//! The thread that writes, and those who wait for it; or who write themselves, where nobody else does.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
};

use redb::Database;
use tokio::sync::watch;

use crate::disk::{format::Batch, storage::Storage};

/// How far the disk is.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// So many batches are on disk.
    saved: u64,
    /// The disk has failed, and why: nothing more is saved.
    failed: Option<String>,
}

impl Progress {
    /// Whether so many batches are on disk; none where that is not known yet. After a failure no further batch will be, and
    /// memory, which is ahead of the disk, must not be shown.
    fn is_saved(&self, batches: u64) -> Option<bool> {
        if self.saved >= batches { Some(true) } else { self.failed.as_ref().map(|_| false) }
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
    fn commit(&self, disk: &Opening, batches: &[Batch]) -> bool {
        match disk.commit(batches) {
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

/// A database that is opened when it is first written to.
#[derive(Debug)]
struct Opening {
    storage: Storage,
    database: Mutex<Option<Arc<Database>>>,
}

impl Opening {
    fn database(&self) -> Result<Arc<Database>, redb::Error> {
        let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = &*database {
            return Ok(Arc::clone(database));
        }
        Ok(Arc::clone(database.insert(Arc::new(self.storage.open()?))))
    }

    fn commit(&self, batches: &[Batch]) -> Result<(), redb::Error> {
        let transaction = self.database()?.begin_write()?;
        for batch in batches {
            batch.write(&transaction)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// A database, written by a thread of its own. When it goes, what was sent is written first.
///
/// After a failure nothing more is written: redb refuses everything until its database is opened anew, and what would
/// come next may build on what was lost. [`stop`](Self::stop) gives what a new one starts from.
#[derive(Debug)]
pub(crate) struct Disk {
    opening: Arc<Opening>,
    shared: Arc<Shared>,
    batches: Option<Sender<Batch>>,
    sent: u64,
    /// The batches that what was applied is in, as far as they were not on disk when this was last asked.
    applied: VecDeque<u64>,
    thread: Option<JoinHandle<()>>,
}

/// What is left of a disk that has stopped.
pub(crate) struct Stopped {
    pub(crate) storage: Storage,
    /// So many batches are on disk.
    pub(crate) saved: u64,
    /// So many of the changes that were applied last are not.
    pub(crate) lost: usize,
}

impl Disk {
    /// Starts with so many batches on disk. Without a database it is opened by the first write.
    pub(crate) fn start(
        storage: Storage,
        database: Option<Database>,
        saved: u64,
    ) -> io::Result<Self> {
        let (batches, to_write) = mpsc::channel();
        let mut disk = Self::idle(storage, database, Progress { saved, failed: None });
        let (opening, shared) = (Arc::clone(&disk.opening), Arc::clone(&disk.shared));
        let thread = thread::Builder::new().name("qc-emulator-disk".to_owned());
        disk.thread = Some(thread.spawn(move || write(&opening, &to_write, &shared))?);
        disk.batches = Some(batches);
        Ok(disk)
    }

    /// One that has failed: with the next request it is tried again.
    pub(crate) fn failed(storage: Storage, saved: u64, lost: usize, why: String) -> Self {
        let mut disk = Self::idle(storage, None, Progress { saved, failed: Some(why) });
        // Memory is ahead of it.
        disk.sent += 1;
        disk.applied.extend(std::iter::repeat_n(disk.sent, lost));
        disk
    }

    fn idle(storage: Storage, database: Option<Database>, progress: Progress) -> Self {
        let database = Mutex::new(database.map(Arc::new));
        Self {
            sent: progress.saved,
            opening: Arc::new(Opening { storage, database }),
            shared: Arc::new(Shared {
                progress: Mutex::new(progress),
                changed: Condvar::new(),
                told: watch::Sender::new(()),
            }),
            batches: None,
            applied: VecDeque::new(),
            thread: None,
        }
    }

    /// Sends a batch, if there is one, and says how to wait until it and all before it are on disk.
    ///
    /// Who is `alone` writes it here and now, if nothing is on its way: to hand it over and to be told takes longer than
    /// to write, and is of use to others only.
    pub(crate) fn save(&mut self, batch: Option<Batch>, alone: bool) -> Saved {
        let (saved, is_idle) = {
            let progress = self.shared.progress();
            (progress.saved, progress.is_saved(self.sent) == Some(true))
        };
        if let Some(batch) = batch {
            self.sent += 1;
            match &self.batches {
                Some(_) if alone && is_idle => {
                    self.shared.commit(&self.opening, &[batch]);
                }
                Some(batches) if batches.send(batch).is_ok() => {}
                _ => self.shared.fail("nothing writes any more".to_owned()),
            }
        }
        while self.applied.front().is_some_and(|batch| *batch <= saved) {
            self.applied.pop_front();
        }
        Saved { batches: self.sent, shared: Arc::clone(&self.shared) }
    }

    /// A change was applied, which will be in the next batch.
    pub(crate) fn applied(&mut self) {
        self.applied.push_back(self.sent + 1);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.shared.progress().failed.is_some()
    }

    /// Closes the database. What was sent is written first, unless the disk has failed.
    pub(crate) fn stop(mut self) -> Stopped {
        self.join();
        let saved = self.shared.progress().saved;
        let lost = self.applied.iter().filter(|batch| **batch > saved).count();
        Stopped { storage: self.opening.storage.clone(), saved, lost }
    }

    fn join(&mut self) {
        drop(self.batches.take());
        self.thread.take().map(JoinHandle::join);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.join();
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
            let known = self.shared.progress().is_saved(self.batches);
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
            if let Some(is_saved) = progress.is_saved(self.batches) {
                return is_saved;
            }
            progress = self.shared.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Fails the disk when the thread ends, however it ends, so that nobody goes on waiting for it.
struct FailsOnDrop<'a>(&'a Shared);

impl Drop for FailsOnDrop<'_> {
    fn drop(&mut self) {
        self.0.fail("nothing writes any more".to_owned());
    }
}

/// Writes what comes until nothing can come any more. What has come meanwhile goes to the disk together.
fn write(disk: &Opening, batches: &Receiver<Batch>, shared: &Shared) {
    let _guard = FailsOnDrop(shared);
    while let Ok(first) = batches.recv() {
        let together: Vec<Batch> = std::iter::once(first).chain(batches.try_iter()).collect();
        if !shared.commit(disk, &together) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use redb::{TableDefinition, backends::InMemoryBackend};

    use super::*;
    use crate::service::store::{Changes, Store};

    #[test]
    fn after_a_failure_nothing_counts_as_saved() {
        nothing_counts_as_saved(false);
        nothing_counts_as_saved(true);
    }

    fn new() -> (Storage, Database) {
        let storage = Storage::new(InMemoryBackend::new());
        let database = storage.open().unwrap();
        (storage, database)
    }

    fn nothing_counts_as_saved(first_alone: bool) {
        let (storage, database) = new();
        // A table that is not what it should be fails each write.
        let transaction = database.begin_write().unwrap();
        let odd: TableDefinition<'_, &str, &str> = TableDefinition::new("numbers");
        transaction.open_table(odd).unwrap();
        transaction.commit().unwrap();
        let mut disk = Disk::start(storage, Some(database), 0).unwrap();
        let nothing_sent = disk.save(None, false);
        assert!(nothing_sent.wait_here());
        let changes = Changes { numbers: true, ..Changes::default() };
        let batch = || Some(Batch::collect(&Store::default(), &changes));
        let (first, second) = (disk.save(batch(), first_alone), disk.save(batch(), false));
        assert!(!first.wait_here() && !second.wait_here());
        assert!(!disk.save(None, true).wait_here(), "not even what was asked without a change");
        assert!(!disk.save(batch(), false).wait_here());
        assert!(!disk.save(batch(), true).wait_here());
        assert!(nothing_sent_is_saved(&disk), "what was on disk before stays there");
    }

    fn nothing_sent_is_saved(disk: &Disk) -> bool {
        Saved { batches: 0, shared: Arc::clone(&disk.shared) }.wait_here()
    }

    #[test]
    fn who_is_alone_waits_for_nobody_and_stays_behind_what_was_sent() {
        let (storage, database) = new();
        let mut disk = Disk::start(storage, Some(database), 0).unwrap();
        let changes = Changes { numbers: true, ..Changes::default() };
        let batch = || Some(Batch::collect(&Store::default(), &changes));
        let alone = disk.save(batch(), true);
        assert_eq!(
            disk.shared.progress().is_saved(alone.batches),
            Some(true),
            "it is there already"
        );
        // While the thread cannot write, nobody goes past it.
        let held = disk.opening.database().unwrap().begin_write().unwrap();
        let sent = disk.save(batch(), false);
        let behind = disk.save(batch(), true);
        assert_eq!(disk.shared.progress().is_saved(sent.batches), None);
        drop(held);
        assert!(behind.wait_here() && sent.wait_here());
        assert_eq!(disk.shared.progress().saved, 3);
    }
}
