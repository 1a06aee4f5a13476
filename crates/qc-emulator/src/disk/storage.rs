//! Where the bytes of the database are, which stay the same when the database is closed and opened again.

use std::{fs::OpenOptions, io, ops::Bound, path::Path, sync::Arc};

use redb::{
    BackendError, Builder, Database, DatabaseError, StorageBackend,
    backends::{FileBackend, InMemoryBackend},
};

/// The bytes of a database: a file, and in tests something that can fail.
#[derive(Clone, Debug)]
pub(crate) struct Storage(Arc<Held>);

#[derive(Debug)]
struct Held(Box<dyn StorageBackend>);

impl Drop for Held {
    fn drop(&mut self) {
        // Unlocks the file at once. To close it is not enough while a child process that was just forked has it too.
        let _ = self.0.close();
    }
}

impl Storage {
    pub(crate) fn new(backend: impl StorageBackend) -> Self {
        Self(Arc::new(Held(Box::new(backend))))
    }

    fn backend(&self) -> &dyn StorageBackend {
        &*self.0.0
    }

    /// The file, which is made if it is not there, and which no other process can open until this is dropped.
    pub(crate) fn file(path: &Path) -> Result<Self, DatabaseError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        let backend = FileBackend::new(file)?;
        // The lock is taken here and not by redb, which would release it with each database that it closes.
        match backend.try_lock_range(Bound::Unbounded, Bound::Unbounded) {
            Ok(true) | Err(BackendError::Unsupported) => Ok(Self::new(backend)),
            Ok(false) => Err(DatabaseError::DatabaseAlreadyOpen),
            Err(BackendError::Io(why)) => Err(why.into()),
            Err(why) => Err(io::Error::other(why.to_string()).into()),
        }
    }

    /// Opens the database, and makes a new one where there is none. What an interrupted write left behind is repaired.
    pub(crate) fn open(&self) -> Result<Database, DatabaseError> {
        Builder::new().create_with_backend(Opened(self.clone()))
    }

    /// A copy in memory: it can be read where the repair of the original could not be written.
    pub(crate) fn copy(&self) -> Result<Database, DatabaseError> {
        const STEP: u64 = 1 << 20;
        let (len, copy) = (self.backend().len()?, InMemoryBackend::new());
        copy.set_len(len)?;
        let mut buffer = vec![0; usize::try_from(STEP.min(len)).unwrap_or_default()];
        let mut at = 0;
        while at < len {
            let step = usize::try_from(STEP.min(len - at)).unwrap_or_default();
            let part = &mut buffer[..step];
            self.backend().read(at, part)?;
            copy.write(at, part)?;
            at += step as u64;
        }
        Builder::new().create_with_backend(copy)
    }
}

/// The bytes as one database has them. They stay open when it closes.
#[derive(Debug)]
struct Opened(Storage);

impl StorageBackend for Opened {
    fn len(&self) -> io::Result<u64> {
        self.0.backend().len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.backend().read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.backend().set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.backend().sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.backend().write(offset, data)
    }
}
