//! `qc clone`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use qc_files::{Client, FileName, Project, ProjectId};
use qc_sync::{Config, Folder, FolderError, Pull, SettingsSync, SyncSession, workspace};
use serde::Serialize;

use crate::{
    arguments::LibraryArgs,
    commands::folder::{libraries, sync},
    error::CliError,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        progress::Progress,
    },
    place::{folder::ProjectFolder, project},
    report::{Refused, print_refused, refused},
    text::{count, escape},
};

/// The end of the name of a folder that is being made, and its whole name in the present folder.
const INSIDE: &str = ".qc-clone";

/// What was cloned.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CloneReport<'a> {
    project_id: ProjectId,
    name: &'a str,
    directory: &'a Path,
    files: usize,
    libraries: &'a [String],
    refused: Vec<Refused<'a>>,
}

impl Report for CloneReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let (name, directory) = (escape(self.name), self.directory.display());
        writeln!(out, "cloned {name} into {directory}: {}", count(self.files, "file"))?;
        libraries::print(out, self.libraries)
    }
}

/// Costs two requests, the project, then its files, and those for libraries. The folder is there as a whole or not at all.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    asked: Option<&str>,
    directory: Option<&Path>,
    libraries: LibraryArgs,
) -> anyhow::Result<Exit> {
    // Nobody is asked to wait while choosing.
    let progress = asked.map(|_| Progress::begin(printer));
    let project = project::require_source(project::find_or_choose(client, asked).await?)?;
    let _progress = progress.unwrap_or_else(|| Progress::begin(printer));
    let directory = match directory {
        Some(directory) => directory.to_owned(),
        None => default_directory(&project.name)?,
    };
    require_empty(&directory)?;
    if let Ok(around) = ProjectFolder::find() {
        printer.caution(
            "caution",
            format_args!(
                "this is inside of {}, the folder of project {}; neither touches the other's files",
                around.root.display(),
                around.project_id()
            ),
        );
    }
    let place = Place::beside(&directory)?;
    let (pulled, brought) = fill(client, printer, &project, &place.path, libraries).await?;
    place.move_to(&directory)?;
    printer.show_done(&CloneReport {
        project_id: project.project_id,
        name: &project.name,
        directory: &directory,
        files: pulled.base.len(),
        libraries: &brought,
        refused: refused(&pulled.refused),
    })?;
    Ok(print_refused(printer, &pulled.refused).unwrap_or(Exit::Done))
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

/// The last part of the name, which comes from the service and may be anything.
fn default_directory(name: &str) -> Result<PathBuf, CliError> {
    let last = name.rsplit('/').next().unwrap_or_default().trim();
    match FileName::new(last) {
        Ok(clean) if !last.starts_with(['.', '-']) && escape(last) == last => {
            Ok(PathBuf::from(clean.as_str()))
        }
        _ => Err(CliError::NameAFolder(name.to_owned())),
    }
}

fn require_empty(directory: &Path) -> anyhow::Result<()> {
    match fs::read_dir(directory) {
        Ok(entries) => {
            // What a clone that was killed has left is no file of anybody's.
            let mut names = entries.map_while(Result::ok).map(|entry| entry.file_name());
            match names.find(|name| name != INSIDE) {
                None => Ok(()),
                Some(_) => Err(CliError::NotEmpty(directory.to_owned()).into()),
            }
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) => Err(CliError::NotEmpty(directory.to_owned()).into()),
    }
}
