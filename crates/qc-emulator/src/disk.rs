//! Projects that outlive the program: a database in a folder.
//!
//! What is asked of an emulator with a data folder is answered only when everything that it did, and everything that
//! was done before it, is on disk. Requests that wait at the same time share one write to the disk.

#[cfg(test)]
mod failing;
mod format;
mod storage;
mod writer;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use qc_proto::Credentials;
use redb::DatabaseError;

pub(crate) use crate::disk::writer::{Disk, Saved};
use crate::{
    disk::{storage::Storage, writer::Stopped},
    emulator::Emulator,
    service::store::Store,
};

/// The database, in the data folder.
const FILE: &str = "emulator.redb";

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The folder cannot be made, or the database cannot be read or written.
    #[error("{}: {why}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// Another emulator has it open.
    #[error("another emulator is at work in {}: stop it, or name another folder", .0.display())]
    Busy(PathBuf),
    /// It holds something else, or something damaged, or something of a newer emulator.
    #[error("{} cannot be used ({why}): name another folder, or move it away to start anew", path.display())]
    Unusable {
        /// The database.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl Emulator {
    /// A service whose projects are kept in this folder, which is made if it is not there. It begins with those that are
    /// in it; users are not among what is kept.
    ///
    /// When the disk fails, the write that it failed for and what was asked after it meanwhile are answered by HTTP 500. The
    /// service then goes back to what is on disk: reads are answered, and a write is as soon as the disk takes it.
    ///
    /// # Errors
    ///
    /// [`DataError`].
    pub fn open(data: &Path, credentials: Credentials) -> Result<Self, DataError> {
        let fail = |why| DataError::Io { path: data.to_owned(), why };
        fs::create_dir_all(data).map_err(fail)?;
        let path = data.join(FILE);
        let unusable = |why| match why {
            DatabaseError::DatabaseAlreadyOpen => DataError::Busy(data.to_owned()),
            DatabaseError::Storage(redb::StorageError::Io(why))
                if why.kind() != io::ErrorKind::InvalidData =>
            {
                DataError::Io { path: path.clone(), why }
            }
            why => DataError::Unusable { path: path.clone(), why: why.to_string() },
        };
        let storage = Storage::file(&path).map_err(unusable)?;
        let database = storage.open().map_err(unusable)?;
        let store = format::load(&database)
            .map_err(|why| DataError::Unusable { path: path.clone(), why })?;
        let mut emulator = Self::new(credentials);
        emulator.service.store = store;
        emulator.disk = Some(Disk::start(storage, Some(database), 0).map_err(fail)?);
        Ok(emulator)
    }

    /// After a failure of the disk: goes back to what is on it. Where that cannot be read either, memory stays ahead of the
    /// disk, and everything is answered by HTTP 500 until it can.
    pub(crate) fn recover(&mut self) {
        let Some(disk) = self.disk.take_if(|disk| disk.has_failed()) else { return };
        let Stopped { storage, saved, lost } = disk.stop();
        let copied = storage.copy().map_err(|why| why.to_string());
        let started = copied.and_then(|copy| format::load(&copy)).and_then(|store| {
            let disk = Disk::start(storage.clone(), None, saved).map_err(|why| why.to_string())?;
            Ok((store, disk))
        });
        self.disk = Some(match started {
            Ok((store, disk)) => {
                self.service.store = store;
                self.log.lose_applied(lost);
                disk
            }
            Err(why) => Disk::failed(storage, saved, lost, why),
        });
    }

    /// Sends what was changed to the disk, and says how to wait for it and for all before it; none without a disk. Whoever
    /// is `alone` keeps nobody waiting while it is written.
    pub(crate) fn save(&mut self, alone: bool) -> Option<Saved> {
        let disk = self.disk.as_mut()?;
        let batch =
            self.service.store.take_changes().map(|changes| self.service.store.batch(&changes));
        Some(disk.save(batch, alone))
    }
}

impl Store {
    fn batch(&self, changes: &crate::service::store::Changes) -> format::Batch {
        format::Batch::collect(self, changes)
    }
}
