//! Projects that outlive the program: a database in a folder.
//!
//! What is asked of an emulator with a data folder is answered only when everything that it did, and everything that
//! was done before it, is on disk. Requests that wait at the same time share one write to the disk.

mod format;
mod writer;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use qc_proto::Credentials;
use redb::{Builder, DatabaseError};

pub(crate) use self::writer::{Disk, Saved};
use crate::{Emulator, store::Store};

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
        #[source]
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
    /// When the disk fails, what was asked and everything after it is answered by HTTP 500, and the folder holds what
    /// was answered before.
    ///
    /// # Errors
    ///
    /// [`DataError`].
    pub fn open(data: &Path, credentials: Credentials) -> Result<Self, DataError> {
        let fail = |why| DataError::Io { path: data.to_owned(), why };
        fs::create_dir_all(data).map_err(fail)?;
        let path = data.join(FILE);
        let database = Builder::new().create(&path).map_err(|why| match why {
            DatabaseError::DatabaseAlreadyOpen => DataError::Busy(data.to_owned()),
            DatabaseError::Storage(redb::StorageError::Io(why))
                if why.kind() != io::ErrorKind::InvalidData =>
            {
                DataError::Io { path: path.clone(), why }
            }
            why => DataError::Unusable { path: path.clone(), why: why.to_string() },
        })?;
        let unusable = |why: String| DataError::Unusable { path: path.clone(), why };
        let store = format::load(&database).map_err(unusable)?;
        let mut emulator = Self::new(credentials);
        emulator.store = store;
        emulator.disk = Some(Disk::start(database).map_err(fail)?);
        Ok(emulator)
    }

    /// Sends what was changed to the disk, and says how to wait for it and for all before it; none without a disk. Whoever
    /// is `alone` keeps nobody waiting while it is written.
    pub(crate) fn save(&mut self, alone: bool) -> Option<Saved> {
        let disk = self.disk.as_ref()?;
        let batch = self.store.take_changes().map(|changes| self.store.batch(&changes));
        Some(disk.save(batch, alone))
    }
}

impl Store {
    fn batch(&self, changes: &crate::store::Changes) -> format::Batch {
        format::Batch::of(self, changes)
    }
}
