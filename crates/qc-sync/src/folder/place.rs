//! Where files are and will be: inside the folder, behind no link, and as the scan found them.

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use qc_proto::FileName;

use crate::{
    folder::{
        plain::read_unlinked,
        portable::{Misfit, composed, is_too_long, slashed},
        scan::Scan,
        spelling::on_disk,
    },
    plan::version::ObjectId,
};

/// Why a file was left alone.
#[derive(Debug)]
pub(super) struct WriteRefusal(pub(super) String);

impl From<io::Error> for WriteRefusal {
    fn from(why: io::Error) -> Self {
        Self(format!("it cannot be written: {why}"))
    }
}

impl From<Misfit> for WriteRefusal {
    fn from(why: Misfit) -> Self {
        Self(why.to_string())
    }
}

impl fmt::Display for WriteRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The places of files in one folder.
pub(super) struct Places<'a> {
    pub(super) root: &'a Path,
    pub(super) scan: &'a Scan,
    /// The folders in which something was made or removed.
    pub(super) touched: BTreeSet<PathBuf>,
}

impl Places<'_> {
    /// Returns where the file is or will be. Every folder on the way is a real one, inside the root, or not there yet.
    /// The flag says whether a file in the place of such a folder is an error.
    fn find(&self, name: &FileName, needs_folders: bool) -> Result<PathBuf, WriteRefusal> {
        let path = match self.scan.files.get(name) {
            Some(file) => self.root.join(file.path(name)),
            None => self.find_new(name)?,
        };
        if is_too_long(self.scan.system, &path) {
            return Err(Misfit::Length.into());
        }
        for folder in self.folders(&path) {
            let shown = folder.strip_prefix(self.root).unwrap_or(folder).display();
            match fs::symlink_metadata(folder) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(metadata) if metadata.is_symlink() => {
                    return Err(WriteRefusal(format!("the folder {shown} is a symbolic link")));
                }
                Ok(_) if needs_folders => {
                    return Err(WriteRefusal(format!(
                        "{shown} is a file, and would have to be a folder"
                    )));
                }
                Ok(_) => break,
                Err(why) if why.kind() == io::ErrorKind::NotFound => break,
                Err(why) => return Err(why.into()),
            }
        }
        Ok(path)
    }

    /// Returns where a file will be that is not here. What is there in other case is another file's or folder's place, which
    /// may be one that is not in step, unless a file of the scan says that the folder is the same.
    fn find_new(&self, name: &FileName) -> Result<PathBuf, WriteRefusal> {
        let system = self.scan.system;
        let path = on_disk(system, self.root, Path::new(name.as_str()));
        if !system.ignores_case() {
            return Ok(path);
        }
        let inside = slashed(path.strip_prefix(self.root).unwrap_or(&path));
        for (asked, there) in parents(name.as_str()).zip(parents(&inside)) {
            let is_known = || {
                self.scan.files.iter().any(|(name, file)| {
                    is_within(name.as_str(), asked) && is_within(file.path(name), there)
                })
            };
            if composed(last(asked)) != composed(last(there)) && !is_known() {
                return Err(Misfit::Twin.into());
            }
        }
        Ok(path)
    }

    /// Returns the folders on the way to a path, from the root down.
    fn folders<'p>(&self, path: &'p Path) -> Vec<&'p Path> {
        let mut folders: Vec<&Path> =
            path.ancestors().skip(1).take_while(|folder| *folder != self.root).collect();
        folders.reverse();
        folders
    }

    /// Returns the place of a file and the innermost folder on the way to it that is there.
    pub(super) fn prepare(&self, name: &FileName) -> Result<(PathBuf, PathBuf), WriteRefusal> {
        let path = self.find(name, false)?;
        let is_folder =
            |path: &&Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
        let innermost = self.folders(&path).into_iter().take_while(is_folder).last();
        let innermost = innermost.unwrap_or(self.root).to_owned();
        Ok((path, innermost))
    }

    /// Returns the place of a file, and makes the folders on the way to it.
    pub(super) fn make_folders_to(&mut self, name: &FileName) -> Result<PathBuf, WriteRefusal> {
        let path = self.find(name, true)?;
        let mut around = self.root;
        for folder in self.folders(&path) {
            match fs::create_dir(folder) {
                Ok(()) => drop(self.touched.insert(around.to_owned())),
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
                Err(why) => return Err(why.into()),
            }
            around = folder;
        }
        self.touched.insert(around.to_owned());
        Ok(path)
    }

    /// Removes a file and the folders that this leaves empty.
    pub(super) fn remove(&mut self, name: &FileName) -> Result<(), WriteRefusal> {
        let path = self.find(name, false)?;
        if self.unchanged(&path, name)?.is_some() {
            fs::remove_file(&path)?;
        }
        for folder in self.folders(&path).into_iter().rev() {
            self.touched.insert(folder.to_owned());
            // One that is not empty stays.
            if fs::remove_dir(folder).is_err() {
                return Ok(());
            }
        }
        self.touched.insert(self.root.to_owned());
        Ok(())
    }

    /// Returns what is at the path now. That must be what the scan saw of this name: nothing, or a file of that
    /// content.
    pub(super) fn unchanged(
        &self,
        path: &Path,
        name: &FileName,
    ) -> Result<Option<fs::Metadata>, WriteRefusal> {
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(why)
                if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
            {
                return Ok(None);
            }
            Err(why) => return Err(why.into()),
        };
        if metadata.is_dir() {
            return Err(WriteRefusal("a folder of that name is in its place".to_owned()));
        }
        match self.scan.files.get(name) {
            Some(file) if metadata.is_file() => {
                if ObjectId::of(&read_unlinked(path)?) == file.version.object {
                    Ok(Some(metadata))
                } else {
                    Err(WriteRefusal("it was changed meanwhile".to_owned()))
                }
            }
            _ => Err(WriteRefusal(
                "a file that is not in step, or differs by case only, is in its place".to_owned(),
            )),
        }
    }
}

/// Returns the folders on the way to a file, from the outermost on, and the file.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| at).chain([path.len()]).filter_map(|end| path.get(..end))
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
