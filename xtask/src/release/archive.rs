//! Archives that are the same whenever and wherever they are made of the same files.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use tar::{Builder, Header};

/// A file of an archive.
pub(crate) struct Entry {
    /// The path in the archive.
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    pub(crate) is_program: bool,
}

/// Packs the entries, sorted by their paths. All belong to root, and were changed at this time in seconds.
pub(crate) fn pack(entries: &mut [Entry], changed: u64) -> Result<Vec<u8>> {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    // The writer notes neither a name nor a time by itself.
    let gzip = GzBuilder::new().write(Vec::new(), Compression::best());
    let mut archive = Builder::new(gzip);
    for entry in entries {
        let mut header = Header::new_ustar();
        header.set_size(entry.content.len() as u64);
        header.set_mode(if entry.is_program { 0o755 } else { 0o644 });
        header.set_mtime(changed);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, &entry.name, entry.content.as_slice())?;
    }
    Ok(archive.into_inner()?.finish()?)
}

/// The bytes as a gzip file that names neither a file nor a time, as Debian wants manual pages.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?)
}

/// Writes the checksum of a file beside it, as `sha256sum --check` reads it. Returns the path of the checksum.
pub(crate) fn write_checksum(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().context("a file without a name")?.to_string_lossy();
    let beside = path.with_file_name(format!("{name}.sha256"));
    fs::write(&beside, format!("{}  {name}\n", checksum(&read(path)?)))?;
    Ok(beside)
}

fn checksum(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// The content of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Unpacks an archive into a folder.
pub(crate) fn unpack(path: &Path, folder: &Path) -> Result<()> {
    let file = File::open(path).with_context(|| format!("no {}", path.display()))?;
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    // Cargo packs all files with one old time, by which it would take changed ones for those that it has built before.
    archive.set_preserve_mtime(false);
    archive.unpack(folder).with_context(|| format!("cannot unpack {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Entry, GzDecoder, checksum, pack};

    fn entry(name: &str, content: &str, is_program: bool) -> Entry {
        Entry { name: name.to_owned(), content: content.into(), is_program }
    }

    #[test]
    fn the_same_files_make_the_same_archive_in_any_order() {
        let one = pack(&mut [entry("x/b", "2", false), entry("x/a", "1", true)], 7).unwrap();
        let other = pack(&mut [entry("x/a", "1", true), entry("x/b", "2", false)], 7).unwrap();
        assert_eq!(one, other);

        let mut archive = tar::Archive::new(GzDecoder::new(one.as_slice()));
        let found: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let header = entry.header();
                assert_eq!((header.uid().unwrap(), header.mtime().unwrap()), (0, 7));
                (entry.path().unwrap().display().to_string(), header.mode().unwrap())
            })
            .collect();
        assert_eq!(found, [("x/a".to_owned(), 0o755), ("x/b".to_owned(), 0o644)]);
    }

    #[test]
    fn a_checksum_is_that_of_sha256sum() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(checksum(b"abc"), expected);
    }
}
