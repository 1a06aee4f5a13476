//! A new folder for a project, of what the cloud has.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use qc_files::{Client, FileName, Project};
use qc_sync::{Config, Folder, FolderError, Pull, Refused, SettingsSync, SyncSession, workspace};

use crate::{
    arguments::LibraryArgs,
    commands::folder::{libraries, sync},
    output::printer::Printer,
    text::escape,
};

/// The end of the name of a folder that is being made, and its whole name in the present folder.
const INSIDE: &str = ".qc-clone";

/// What is in a folder that was made.
pub(crate) struct Downloaded {
    pub(crate) files: usize,
    /// The folders of libraries.
    pub(crate) libraries: Vec<String>,
    pub(crate) refused: Vec<Refused>,
}

/// Makes a folder of a project, which is there as a whole or not at all. Costs one request, and those for libraries.
pub(crate) async fn download(
    client: &Client,
    printer: &Printer,
    project: &Project,
    directory: &Path,
    libraries: LibraryArgs,
) -> anyhow::Result<Downloaded> {
    let place = Place::beside(directory)?;
    let (pulled, libraries) = fill(client, printer, project, &place.path, libraries).await?;
    place.move_to(directory)?;
    Ok(Downloaded { files: pulled.base.len(), libraries, refused: pulled.refused })
}

async fn fill(
    client: &Client,
    printer: &Printer,
    project: &Project,
    place: &Path,
    libraries: LibraryArgs,
) -> anyhow::Result<(Pull, Vec<String>)> {
    let folder = Folder::open_unsynced(place)?;
    Config::with_settings(place, project)?.save()?;
    let files = client.project(project.project_id)?;
    let settings = SettingsSync::new(&folder, &files);
    settings.keep_base()?;
    if workspace(place).is_some()
        && project.libraries.as_ref().is_some_and(|all| !all.is_empty())
        && let Some(compared) = settings.compare().await?
    {
        settings.pull(compared).await?;
    }
    let options = sync::options(printer, "clone");
    let mut pulled = SyncSession::new(&folder, &files, &options).pull().await?;
    if let Some(why) = pulled.not_kept.take() {
        return Err(why.into());
    }
    let brought = if libraries.with_libraries {
        libraries::bring(client, &folder, &files, &mut pulled.refused).await?
    } else {
        Vec::new()
    };
    folder.sync_all()?;
    Ok((pulled, brought))
}

/// Where a folder is made, beside its place. It goes when this is dropped.
struct Place {
    path: PathBuf,
    /// It is in the folder itself, which cannot be replaced while one stands in it.
    is_inside: bool,
}

impl Place {
    fn beside(directory: &Path) -> anyhow::Result<Self> {
        let here = env::current_dir().and_then(fs::canonicalize).ok();
        let is_inside = fs::canonicalize(directory).is_ok_and(|place| Some(place) == here);
        let place = match directory.file_name() {
            Some(name) if !is_inside => {
                let parent = directory.parent().unwrap_or(Path::new(""));
                if parent != Path::new("") {
                    fs::create_dir_all(parent)
                        .with_context(|| format!("cannot make {}", parent.display()))?;
                }
                parent.join(format!(".{}{INSIDE}", name.to_string_lossy()))
            }
            _ => directory.join(INSIDE),
        };
        if place.is_dir() {
            // Of a clone that was killed, unless it is still at work.
            match Folder::open(&place) {
                Err(busy @ FolderError::Busy(_)) => return Err(busy.into()),
                _ => fs::remove_dir_all(&place)
                    .with_context(|| format!("cannot remove {}", place.display()))?,
            }
        }
        fs::create_dir(&place).with_context(|| format!("cannot make {}", place.display()))?;
        Ok(Self { path: place, is_inside })
    }

    fn move_to(&self, directory: &Path) -> anyhow::Result<()> {
        let moved = if self.is_inside {
            self.move_up(directory)
        } else {
            // An empty folder is in the way on some systems.
            let _ = fs::remove_dir(directory);
            fs::rename(&self.path, directory)
        };
        moved.with_context(|| format!("cannot make {}", directory.display()))
    }

    fn move_up(&self, directory: &Path) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            fs::rename(entry.path(), directory.join(entry.file_name()))?;
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The last part of a project's name, which may be anything. None if no folder can have it.
pub(crate) fn default_directory(name: &str) -> Option<PathBuf> {
    let last = name.rsplit('/').next().unwrap_or_default().trim();
    let clean = FileName::new(last).ok()?;
    let is_plain = !last.starts_with(['.', '-']) && escape(last) == last;
    is_plain.then(|| PathBuf::from(clean.as_str()))
}

/// Returns whether a folder can be made at this place: there is none, or it is empty.
pub(crate) fn is_free(directory: &Path) -> bool {
    match fs::read_dir(directory) {
        // What a clone that was killed has left is no file of anybody's.
        Ok(entries) => entries.map_while(Result::ok).all(|entry| entry.file_name() == INSIDE),
        Err(why) => why.kind() == io::ErrorKind::NotFound,
    }
}
