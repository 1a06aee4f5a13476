//! Writing files, each whole or not at all, and none outside of the folder.
//!
//! All contents are written to temporary files first, so that the disk is waited for once and not once a file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::Write as _,
    path::Path,
};

use qc_proto::FileName;
use tempfile::{Builder, TempPath};

use crate::{
    cloud::pull::Write,
    folder::{
        Refused,
        disk::{Disk, TEMPORARY},
        place::{Places, WriteRefusal},
        plain::read_unlinked,
        portable::misfit,
        rules::Rules,
        scan::Scan,
    },
    observer::{Event, Observer},
};

/// A content that waits beside its place.
struct Staged<'a> {
    name: &'a FileName,
    file: TempPath,
}

/// Writes that are carried out together.
pub(super) struct Batch<'a> {
    places: Places<'a>,
    disk: Disk,
    rules: &'a Rules,
    refused: BTreeMap<&'a FileName, String>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(root: &'a Path, disk: Disk, rules: &'a Rules, scan: &'a Scan) -> Self {
        let places = Places { root, scan, touched: BTreeSet::new() };
        Self { places, disk, rules, refused: BTreeMap::new() }
    }

    /// Carries them out. Returns what was left alone.
    pub(super) fn apply(mut self, writes: &'a [Write], observer: &dyn Observer) -> Vec<Refused> {
        self.carry_out(writes, observer);
        let refused = self.refused.into_iter();
        refused.map(|(name, why)| Refused::failed(name.as_str(), why)).collect()
    }

    fn carry_out(&mut self, writes: &'a [Write], observer: &dyn Observer) {
        let mut staged = Vec::new();
        let mut removals = Vec::new();
        for (number, write) in writes.iter().enumerate() {
            observer.event(Event::Write { number, of: writes.len(), name: write.name() });
            let (name, content, moved_from) = match write {
                Write::Put { name, content } => (name, content, None),
                Write::Rename { from, to, content } => (to, content, Some(from)),
                Write::Remove(name) => {
                    removals.push((name, name));
                    continue;
                }
            };
            match self.stage(name, &content.text(), moved_from) {
                Ok(file) => {
                    staged.push(Staged { name, file });
                    removals.extend(moved_from.map(|from| (from, name)));
                }
                Err(why) => self.refuse(name, why),
            }
        }
        let files: Vec<&Path> = staged.iter().map(|staged| &*staged.file).collect();
        if let Err(why) = self.disk.files(&files) {
            staged.iter().for_each(|staged| self.refuse(staged.name, io_error(&why)));
            return;
        }
        // A file that is written is not removed, though another one may have been moved from there.
        let targets: BTreeSet<&FileName> = staged.iter().map(|staged| staged.name).collect();
        removals.retain(|(gone, _)| !targets.contains(gone));
        let (early, late): (Vec<_>, Vec<_>) =
            removals.into_iter().partition(|(gone, _)| is_in_the_way(gone, &targets));
        self.remove(early);
        for Staged { name, file } in staged {
            // It stays away if what is in its way could not be removed.
            if !self.refused.contains_key(name)
                && let Err(why) = self.move_into_place(name, file)
            {
                self.refuse(name, why);
            }
        }
        self.remove(late);
        if let Err(why) = self.disk.folders(&self.places.touched) {
            writes.iter().for_each(|write| self.refuse(write.name(), io_error(&why)));
        }
    }

    fn refuse(&mut self, name: &'a FileName, WriteRefusal(why): WriteRefusal) {
        self.refused.entry(name).or_insert(why);
    }

    /// Writes a content to a temporary file, as near to its place as there is a folder.
    fn stage(
        &self,
        name: &FileName,
        content: &str,
        moved_from: Option<&FileName>,
    ) -> Result<TempPath, WriteRefusal> {
        if let Some(why) = misfit(self.places.scan.system, name) {
            return Err(why.into());
        }
        if let Some(why) = self.rules.unsynced(name) {
            return Err(WriteRefusal(format!("{why}, and would not be in step")));
        }
        let (path, folder) = self.places.prepare(name)?;
        let mut builder = Builder::new();
        builder.prefix(TEMPORARY);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            // The user's mask takes from it what it takes from any new file.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(content.as_bytes())?;
        match fs::symlink_metadata(&path) {
            Ok(present) if present.is_file() => {
                file.as_file().set_permissions(present.permissions())?;
            }
            _ => {
                if let Some(from) = moved_from {
                    take_after(&self.places.prepare(from)?.0, content, file.as_file())?;
                }
            }
        }
        self.disk.written(file.as_file())?;
        Ok(file.into_temp_path())
    }

    fn move_into_place(&mut self, name: &FileName, file: TempPath) -> Result<(), WriteRefusal> {
        let path = self.places.make_folders_to(name)?;
        let kept = match self.places.unchanged(&path, name)? {
            Some(_) => file.persist(&path),
            None => file.persist_noclobber(&path),
        };
        kept.map_err(|error| error.error.into())
    }

    /// Removes files. Each pair names the file and the one whose write it is part of.
    fn remove(&mut self, removals: Vec<(&'a FileName, &'a FileName)>) {
        for (gone, write) in removals {
            if !self.refused.contains_key(write)
                && let Err(why) = self.places.remove(gone)
            {
                self.refuse(write, why);
            }
        }
    }
}

fn io_error(why: &io::Error) -> WriteRefusal {
    WriteRefusal(format!("it cannot be written: {why}"))
}

/// Returns whether one of the targets is to be in a folder of this name, or where a folder is that has this file.
fn is_in_the_way(gone: &FileName, targets: &BTreeSet<&FileName>) -> bool {
    let is_within = |inner: &FileName, outer: &FileName| {
        let rest = inner.as_str().strip_prefix(outer.as_str());
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    targets.iter().any(|target| is_within(target, gone) || is_within(gone, target))
}

/// A file that is moved keeps its permissions, and the time of its last change if its bytes stay.
fn take_after(from: &Path, content: &str, file: &fs::File) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(from) {
        Ok(metadata) if metadata.is_file() => metadata,
        _ => return Ok(()),
    };
    file.set_permissions(metadata.permissions())?;
    if read_unlinked(from)? == content.as_bytes() {
        file.set_modified(metadata.modified()?)?;
    }
    Ok(())
}
