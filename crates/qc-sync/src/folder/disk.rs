//! Making what was written survive a power cut.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    io::Write as _,
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

/// What files begin with while they are written.
pub(super) const TEMPORARY: &str = ".qc-writing-";

/// From more files than this on, one sync of the whole file system takes less time than one of each file.
const FEW: usize = 4;

/// How files are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disk {
    /// Whether to wait until the disk has what was written.
    pub(super) syncs: bool,
}

impl Disk {
    /// To be called for each file once it is written and still open. On Linux, [`files`](Self::files) does the work.
    pub(super) fn written(self, file: &File) -> io::Result<()> {
        if self.syncs && !cfg!(target_os = "linux") { file.sync_all() } else { Ok(()) }
    }

    /// Makes written files durable, all at once if they are many.
    pub(super) fn files(self, paths: &[&Path]) -> io::Result<()> {
        if !self.syncs || !cfg!(target_os = "linux") {
            return Ok(());
        }
        let folders: BTreeSet<&Path> = paths.iter().filter_map(|path| path.parent()).collect();
        if paths.len() > FEW && file_systems(folders).is_ok() {
            return Ok(());
        }
        paths.iter().try_for_each(|path| File::open(path)?.sync_all())
    }

    /// Makes durable which files are in these folders. Folders that are gone are passed over.
    pub(super) fn folders(self, paths: &BTreeSet<PathBuf>) -> io::Result<()> {
        // Windows has no way to do it.
        if !self.syncs || !cfg!(unix) {
            return Ok(());
        }
        let present = paths.iter().map(PathBuf::as_path).filter(|path| path.is_dir());
        let present: BTreeSet<&Path> = present.collect();
        if present.len() > FEW && file_systems(present.clone()).is_ok() {
            return Ok(());
        }
        present.into_iter().try_for_each(|path| match File::open(path)?.sync_all() {
            // Some network file systems cannot do it.
            Err(why) if why.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done,
        })
    }

    /// As [`folders`](Self::folders), for one.
    pub(super) fn folder(self, path: &Path) -> io::Result<()> {
        self.folders(&BTreeSet::from([path.to_owned()]))
    }

    /// Replaces a file of the folder's own, durably, and whole or not at all.
    pub(super) fn write(self, path: &Path, content: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut file = temporary(folder)?;
        file.write_all(content)?;
        if self.syncs {
            file.as_file().sync_all()?;
        }
        file.persist(path)?;
        self.folder(folder)
    }
}

/// Replaces a file that others may read, as they may read any new file of this user, whole or not at all.
pub(crate) fn write_readable(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = temporary(path.parent().unwrap_or(Path::new("")))?;
    file.write_all(content)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let known = fs::metadata(path).map(|known| known.permissions());
        file.as_file()
            .set_permissions(known.unwrap_or_else(|_| fs::Permissions::from_mode(0o644)))?;
    }
    file.persist(path)?;
    Ok(())
}

/// Makes durable everything on the file systems that these folders are on.
#[cfg(target_os = "linux")]
pub(super) fn file_systems<'a>(folders: impl IntoIterator<Item = &'a Path>) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let mut done = BTreeSet::new();
    for folder in folders {
        let folder = File::open(folder)?;
        if done.insert(folder.metadata()?.dev()) {
            rustix::fs::syncfs(&folder)?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn file_systems<'a>(_: impl IntoIterator<Item = &'a Path>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes a file that only this user can read.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    Builder::new().prefix(TEMPORARY).tempfile_in(folder)
}

/// Makes a folder of the folder's own, but not the one that it is in: a folder that has gone meanwhile does not come
/// back as an empty one.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

/// Removes temporary files that a killed run has left in a folder.
pub(super) fn tidy(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
