//! Reading plain files only. Opening a pipe can block for ever, and opening a device can do anything.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::Path,
};

pub(super) const NOT_PLAIN: &str = "it is not a plain file";

/// Whether a symbolic link in the place of a file is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Follow,
    Refuse,
}

/// Reads a file. Follows symbolic links, and never blocks.
///
/// # Errors
///
/// What the system says, and an error that says "it is not a plain file" for a folder, a pipe, a socket or a device.
pub fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    read(path, Links::Follow)
}

/// As [`read_plain`]. Fails for a symbolic link.
pub(crate) fn read_unlinked(path: &Path) -> io::Result<Vec<u8>> {
    read(path, Links::Refuse)
}

fn read(path: &Path, links: Links) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path, OpenOptions::new().read(true), links)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Opens a plain file in this way.
pub(super) fn open(path: &Path, options: &mut OpenOptions, links: Links) -> io::Result<File> {
    let metadata = match links {
        Links::Follow => fs::metadata(path),
        Links::Refuse => fs::symlink_metadata(path),
    };
    match metadata {
        Ok(metadata) if !metadata.is_file() => return Err(not_plain()),
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        // The options may say that the file is created.
        _ => {}
    }
    let file = never_blocking(options, links).open(path)?;
    // Something else may have taken its place since.
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_plain()) }
}

fn not_plain() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, NOT_PLAIN)
}

#[cfg(unix)]
fn never_blocking(options: &mut OpenOptions, links: Links) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    let mut flags = OFlags::NONBLOCK;
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    options.custom_flags(flags.bits().cast_signed())
}

#[cfg(windows)]
fn never_blocking(options: &mut OpenOptions, links: Links) -> &mut OpenOptions {
    use std::os::windows::fs::OpenOptionsExt as _;

    /// `FILE_FLAG_OPEN_REPARSE_POINT`: opens a link itself, which is no plain file then.
    const LINK_ITSELF: u32 = 0x0020_0000;

    if links == Links::Refuse { options.custom_flags(LINK_ITSELF) } else { options }
}

#[cfg(not(any(unix, windows)))]
fn never_blocking(options: &mut OpenOptions, _: Links) -> &mut OpenOptions {
    options
}

#[cfg(all(test, unix))]
mod tests {
    use std::{os::unix::net::UnixListener, process::Command};

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_is_no_plain_file_is_an_error_and_does_not_block() {
        let place = TempDir::new().unwrap();
        let at = |name: &str| place.path().join(name);
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        let _socket = UnixListener::bind(at("socket")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        std::os::unix::fs::symlink(at("pipe"), at("link to pipe")).unwrap();
        for name in ["pipe", "socket", "folder", "link to pipe"] {
            for read in [read_plain, read_unlinked] {
                assert_eq!(read(&at(name)).unwrap_err().to_string(), NOT_PLAIN, "{name}");
            }
        }
        fs::write(at("file"), "text").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        assert_eq!(read_plain(&at("link")).unwrap(), b"text");
        assert_eq!(read_unlinked(&at("file")).unwrap(), b"text");
        assert_eq!(read_unlinked(&at("link")).unwrap_err().to_string(), NOT_PLAIN);
        assert_eq!(read_plain(&at("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
