//! What is the folder's own: `.qc`, its lock and its id.

use std::{
    collections::hash_map::RandomState,
    fs::{self, File, TryLockError},
    hash::{BuildHasher as _, Hasher as _},
    io,
    path::Path,
};

use crate::folder::{FolderError, OWN, disk, disk::Disk, plain, plain::Links};

const ID: &str = "id";

/// Makes `.qc`, which only this user can look into, and locks it.
pub(super) fn open(root: &Path) -> Result<File, FolderError> {
    let own = root.join(OWN);
    prepare(&own).map_err(|why| FolderError::Io { path: own.clone(), why })?;
    let path = own.join("lock");
    let mut options = File::options();
    let lock = plain::open(&path, options.create(true).truncate(false).write(true), Links::Refuse);
    let lock = lock.map_err(|why| FolderError::Io { path: path.clone(), why })?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(root.to_owned())),
        Err(TryLockError::Error(why)) => return Err(FolderError::Io { path, why }),
    }
    // Nobody is writing them: the folder is locked.
    disk::tidy(&own).map_err(|why| FolderError::Io { path: own, why })?;
    Ok(lock)
}

fn prepare(own: &Path) -> io::Result<()> {
    make_folder(own)?;
    // A link could lead anywhere.
    if !fs::symlink_metadata(own)?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "must be a folder, and no link"));
    }
    close_to_others(own)?;
    let path = own.join(".gitignore");
    match fs::symlink_metadata(&path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => fs::write(&path, "*\n"),
        present => present.map(drop),
    }
}

#[cfg(unix)]
fn make_folder(own: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;

    match fs::DirBuilder::new().mode(0o700).create(own) {
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn make_folder(own: &Path) -> io::Result<()> {
    disk::make_folder(own)
}

#[cfg(unix)]
fn close_to_others(own: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    if fs::symlink_metadata(own)?.permissions().mode() & 0o777 == 0o700 {
        return Ok(());
    }
    match fs::set_permissions(own, fs::Permissions::from_mode(0o700)) {
        // It is another user's, or on a disk that has no permissions, such as a memory stick.
        Err(why) if why.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns the folder's id. Makes one if there is none, or none of use.
pub(super) fn id(root: &Path, disk: Disk) -> Result<String, FolderError> {
    let path = root.join(OWN).join(ID);
    let known = match plain::read_unlinked(&path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(why) => return Err(FolderError::Io { path, why }),
        Ok(known) => known,
    };
    if let Ok(id) = str::from_utf8(&known)
        && let id = id.trim_end()
        && id.len() == 8
        && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Ok(id.to_owned());
    }
    // Each of these has random keys.
    let id = format!("{:016x}", RandomState::new().build_hasher().finish()).split_off(8);
    disk.write(&path, format!("{id}\n").as_bytes())
        .map_err(|why| FolderError::Io { path: path.clone(), why })?;
    Ok(id)
}
