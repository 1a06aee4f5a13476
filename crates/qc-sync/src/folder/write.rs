//! Writing files, each whole or not at all, and none outside of the folder.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use qc_proto::FileName;
use tempfile::{Builder, NamedTempFile};

use super::{Refused, Scan, portable, rules::Rules};
use crate::{Digest, Write};

/// Why a file was not written.
struct Because(String);

impl From<io::Error> for Because {
    fn from(why: io::Error) -> Self {
        Self(format!("it cannot be written: {why}"))
    }
}

pub(super) fn apply(root: &Path, rules: &Rules, write: &Write, scan: &Scan) -> Result<(), Refused> {
    let (name, result) = match write {
        Write::Put { name, content } => (name, put(root, rules, name, &content.text(), scan, None)),
        Write::Remove(name) => (name, remove(root, name, scan)),
        Write::Rename { from, to, content } => {
            let made = put(root, rules, to, &content.text(), scan, Some(from));
            (to, made.and_then(|()| remove(root, from, scan)))
        }
    };
    result.map_err(|Because(why)| Refused { name: name.as_str().to_owned(), why })
}

fn put(
    root: &Path,
    rules: &Rules,
    name: &FileName,
    content: &str,
    scan: &Scan,
    moved_from: Option<&FileName>,
) -> Result<(), Because> {
    if let Some(why) = portable::fault(name) {
        return Err(Because(why.to_owned()));
    }
    if let Some(why) = rules.unsynced(name) {
        return Err(Because(format!("{why}, and would not be in step")));
    }
    let path = place(root, name, true)?;
    let present = unchanged(&path, name, scan)?;
    let folder = path.parent().unwrap_or(root);
    let mut file = temporary(folder)?;
    file.write_all(content.as_bytes())?;
    if let Some(metadata) = &present {
        file.as_file().set_permissions(metadata.permissions())?;
    } else if let Some(from) = moved_from {
        take_after(&place(root, from, false)?, content, file.as_file())?;
    }
    file.as_file().sync_all()?;
    let kept = match present {
        Some(_) => file.persist(&path),
        None => file.persist_noclobber(&path),
    };
    kept.map_err(|error| error.error)?;
    Ok(())
}

/// A file that is moved keeps its permissions, and the time of its last change if its bytes stay.
fn take_after(from: &Path, content: &str, file: &fs::File) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(from) {
        Ok(metadata) if metadata.is_file() => metadata,
        _ => return Ok(()),
    };
    file.set_permissions(metadata.permissions())?;
    if fs::read(from)? == content.as_bytes() {
        file.set_modified(metadata.modified()?)?;
    }
    Ok(())
}

fn remove(root: &Path, name: &FileName, scan: &Scan) -> Result<(), Because> {
    let path = place(root, name, false)?;
    if unchanged(&path, name, scan)?.is_some() {
        fs::remove_file(&path)?;
    }
    // Folders that this leaves empty go too; one that is not empty stays.
    let mut folder = path.parent();
    while let Some(empty) = folder.filter(|folder| *folder != root) {
        if fs::remove_dir(empty).is_err() {
            break;
        }
        folder = empty.parent();
    }
    Ok(())
}

/// Where the file is or will be: every folder on the way is a real one, inside the root.
fn place(root: &Path, name: &FileName, make: bool) -> Result<PathBuf, Because> {
    let mut path = root.to_owned();
    let mut parts = name.as_str().split('/').peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        if parts.peek().is_none() {
            break;
        }
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(metadata) if metadata.is_symlink() => {
                return Err(Because(format!("the folder {part} is a symbolic link")));
            }
            Ok(_) => {
                return Err(Because(format!("{part} is a file, and would have to be a folder")));
            }
            Err(why) if why.kind() == io::ErrorKind::NotFound && make => fs::create_dir(&path)?,
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(why.into()),
        }
    }
    Ok(path)
}

/// What is at the path now, which must be what the scan saw of this name: nothing, or a file of that content.
fn unchanged(path: &Path, name: &FileName, scan: &Scan) -> Result<Option<fs::Metadata>, Because> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(why) if why.kind() == io::ErrorKind::NotFound => None,
        Err(why) => return Err(why.into()),
    };
    match (metadata, scan.files.get(name)) {
        (None, _) => Ok(None),
        (Some(metadata), _) if metadata.is_dir() => {
            Err(Because("a folder of that name is in its place".to_owned()))
        }
        (Some(metadata), Some(file)) if metadata.is_file() => {
            let now = fs::read(path)?;
            if now.len() == file.bytes && Digest::of(&now) == file.digest {
                Ok(Some(metadata))
            } else {
                Err(Because("it was changed meanwhile".to_owned()))
            }
        }
        (Some(_), _) => Err(Because(
            "a file that is not in step, or differs by case only, is in its place".to_owned(),
        )),
    }
}

/// What files begin with while they are written.
pub(super) const TEMPORARY: &str = ".qc-writing-";

/// A file beside the one to be, with the permissions that a file made here has.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        // The user's mask takes from it what it takes from any new file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
