//! The files of the libraries that the project uses, for editors and type checkers: the folder `Library`, which is made
//! anew as a whole each time and is never in step.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use qc_proto::FileName;

use crate::{
    folder::{
        Folder, FolderError, OWN, Refused,
        disk::Disk,
        plain::read_unlinked,
        portable::{Misfit, System, Taken, misfit},
        rules,
    },
    plan::version::ObjectId,
};

/// The folder.
pub(super) const FOLDER: &str = "Library";

/// What was written into it. It tells the folder from one of the user's own.
pub(super) const LIST: &str = ".qc-libraries.json";

/// What became of the files of libraries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLibraries {
    /// Whether the folder was made anew.
    pub is_made: bool,
    /// What was left alone, and why.
    pub refused: Vec<Refused>,
}

/// Returns the place for the library project of this name, in the folder of libraries. None if no folder can have it.
#[must_use]
pub fn library_place(name: &str) -> Option<FileName> {
    // Many libraries are in a folder of that name in the cloud.
    let name = name.trim_start_matches('/');
    project_place(name.strip_prefix("Library/").unwrap_or(name))
}

/// Returns the place for the project of this name, in a workspace. None if no folder can have it.
#[must_use]
pub fn project_place(name: &str) -> Option<FileName> {
    let name = FileName::new(name.trim_start_matches('/')).ok()?;
    let is_hidden = name.as_str().split('/').any(|part| part.starts_with('.'));
    (!is_hidden && misfit(System::current(), &name).is_none()).then_some(name)
}

/// The files of the folder, by their names in it.
type List = BTreeMap<String, ObjectId>;

impl Folder {
    /// Makes the folder `Library` anew of these files, which it makes read-only; without any, it goes. Files that are no
    /// source are passed over. The folder is left alone if it is not one that this has made, or has files in it that
    /// were changed or added since.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn keep_libraries(
        &self,
        files: &BTreeMap<FileName, String>,
    ) -> Result<KeptLibraries, FolderError> {
        let place = self.root.join(FOLDER);
        let present = fs::symlink_metadata(&place);
        let is_there = !present.is_err_and(|why| why.kind() == io::ErrorKind::NotFound);
        if is_there {
            let foreign = foreign(&place);
            if !foreign.is_empty() {
                return Ok(KeptLibraries { is_made: false, refused: foreign });
            }
        }
        let (new, old) = (self.own("libraries-new"), self.own("libraries-old"));
        let replace = || -> io::Result<Vec<Refused>> {
            remove(&new)?;
            remove(&old)?;
            let refused = fill(&new, files, self.disk, self.system)?;
            if is_there {
                fs::rename(&place, &old)?;
            }
            if !files.is_empty() {
                fs::rename(&new, &place)?;
            }
            remove(&new)?;
            remove(&old)?;
            self.disk.folder(&self.root)?;
            Ok(refused)
        };
        let refused = replace().map_err(|why| self.fail(&place, why))?;
        Ok(KeptLibraries { is_made: true, refused })
    }

    fn own(&self, name: &str) -> PathBuf {
        self.root.join(OWN).join(name)
    }
}

/// Returns what is in the way of a folder that is made anew.
fn foreign(place: &Path) -> Vec<Refused> {
    let refuse = |name: String, why: &str| vec![Refused::failed(name, why)];
    let list = read_unlinked(&place.join(LIST));
    let list: Option<List> = list.ok().and_then(|list| serde_json::from_slice(&list).ok());
    let is_link = fs::symlink_metadata(place).is_ok_and(|metadata| metadata.is_symlink());
    let Some(list) = list.filter(|_| !is_link) else {
        let why = "it is not one that was made for libraries, so theirs are not written";
        return refuse(FOLDER.to_owned(), why);
    };
    match changed(place, Path::new(""), &list) {
        Ok(None) => Vec::new(),
        Ok(Some(name)) => refuse(
            format!("{FOLDER}/{name}"),
            "it was changed or added here: move it away, so that the libraries can be written anew",
        ),
        Err(why) => refuse(FOLDER.to_owned(), &format!("it cannot be read: {why}")),
    }
}

/// Finds a file that is not as it was written.
fn changed(place: &Path, inside: &Path, list: &List) -> io::Result<Option<String>> {
    for entry in fs::read_dir(place.join(inside))? {
        let entry = entry?;
        let path = inside.join(entry.file_name());
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        let found = if entry.file_type()?.is_dir() {
            changed(place, &path, list)?
        } else {
            let is_as_written = || {
                let content = read_unlinked(&entry.path()).ok()?;
                (list.get(&name) == Some(&ObjectId::of(&content))).then_some(())
            };
            (name != LIST && is_as_written().is_none()).then_some(name)
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn fill(
    place: &Path,
    files: &BTreeMap<FileName, String>,
    disk: Disk,
    system: System,
) -> io::Result<Vec<Refused>> {
    let mut refused = Vec::new();
    let mut list = List::new();
    fs::create_dir(place)?;
    let mut taken = Taken::new(system);
    for (name, text) in files.iter().filter(|(name, _)| rules::is_source(name)) {
        let fault = misfit(system, name).or((!taken.take(name)).then_some(Misfit::Twin));
        let written = match fault {
            Some(why) => Err(why.to_string()),
            None => write(&place.join(name.as_str()), text, disk)
                .map_err(|why| format!("it cannot be written: {why}")),
        };
        match written {
            Ok(()) => drop(list.insert(name.as_str().to_owned(), ObjectId::of(text.as_bytes()))),
            Err(why) => refused.push(Refused::failed(format!("{FOLDER}/{name}"), why)),
        }
    }
    let paths: Vec<PathBuf> = list.keys().map(|name| place.join(name)).collect();
    disk.files(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    disk.write(&place.join(LIST), &serde_json::to_vec_pretty(&list)?)?;
    Ok(refused)
}

fn write(path: &Path, text: &str, disk: Disk) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    disk.written(&file)?;
    file.set_permissions(permissions)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        // Some disks of Windows, such as memory sticks, keep read-only files.
        Err(why) if cfg!(windows) && why.kind() == io::ErrorKind::PermissionDenied => {
            make_writable(folder)?;
            fs::remove_dir_all(folder)
        }
        done => done,
    }
}

#[allow(clippy::permissions_set_readonly_false, reason = "it runs on Windows only")]
fn make_writable(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            make_writable(&entry.path())?;
        } else {
            let mut permissions = entry.metadata()?.permissions();
            permissions.set_readonly(false);
            fs::set_permissions(entry.path(), permissions)?;
        }
    }
    Ok(())
}
