//! Single files in the cloud, changed with the folder's history as a way back.

use qc_files::{Effect, Error, ErrorKind, ProjectFiles};
use qc_proto::FileName;

use crate::{
    cloud::{deletion, push::patch},
    error::SyncError,
    folder::FolderError,
    history::{Operation, Replaced},
    local::{Local, LocalFile},
    options::Options,
    plan::version::Version,
};

/// Readings before `put_file` gives up on a file that others change all the time.
const ROUNDS: usize = 5;

/// Gives a file in the cloud this content, and creates it if it is not there. What it said goes into the history of
/// `local` first. If the file here has this content too, it is in step from then on. Returns whether it was created. Costs
/// two requests where nothing fails.
///
/// # Errors
///
/// [`SyncError::Cloud`] with the error of the request that failed; [`SyncError::Folder`] before anything was changed.
///
/// # Cancel safety
///
/// Dropping the future leaves the file as it was or as it is to be.
pub async fn put_file(
    local: &dyn Local,
    project: &ProjectFiles,
    name: &FileName,
    content: &str,
    options: &Options,
) -> Result<bool, SyncError> {
    let created = write_file(local, project, name, content, options).await?;
    // What cannot be noted is found by the next push or pull.
    let _ = note_in_step(local, project, name, content);
    Ok(created)
}

/// Notes that both sides have this content, if the file here has it. Else a rename in the cloud that follows would look
/// like a second new file.
fn note_in_step(
    local: &dyn Local,
    project: &ProjectFiles,
    name: &FileName,
    content: &str,
) -> Result<(), FolderError> {
    let here = local.text(name, &LocalFile::of(content));
    if local.unsynced(name).is_some() || here.as_deref() != Some(content) {
        return Ok(());
    }
    let mut base = local.base(project.id())?;
    local.keep_object(content)?;
    base.insert(name.clone(), Version::of(content.as_bytes()));
    local.keep_base(project.id(), &base)
}

async fn write_file(
    local: &dyn Local,
    project: &ProjectFiles,
    name: &FileName,
    content: &str,
    options: &Options,
) -> Result<bool, SyncError> {
    let mut refused = None;
    let mut last = None;
    let mut control = Control::default();
    for _ in 0..ROUNDS {
        let old = match project.read(name).await {
            Ok(file) => file.content,
            Err(error) if error.kind() == ErrorKind::FileNotFound => {
                match create(project, name, content).await {
                    Err(error) if error.kind() == ErrorKind::FileExists => continue,
                    Err(error) if control.is_taken(project, &error).await => continue,
                    created => return Ok(created.map(|()| true)?),
                }
            }
            Err(error) => return Err(error.into()),
        };
        if old == content {
            return Ok(false);
        }
        keep(local, options, name, &old, Some(content))?;
        if content.is_empty() {
            // The service takes no empty content: the file is created anew.
            delete_file(local, project, name, options).await?;
            continue;
        }
        // A patch is refused where somebody has saved since. One that is refused all the same is not taken as such.
        let result = if refused.as_ref() == Some(&old) {
            project.update(name, content).await
        } else {
            project.patch(patch::of([(name, old.as_str(), content)])).await
        };
        match result {
            Ok(()) => return Ok(false),
            Err(error) if control.is_taken(project, &error).await => {}
            Err(error) if error.kind().concerns_all_files() && error.effect() == Effect::None => {
                return Err(error.into());
            }
            Err(error) => {
                // One in doubt is looked at, and sent again as it was.
                refused = (error.effect() == Effect::None).then_some(old);
                last = Some(error);
            }
        }
    }
    Err(last.unwrap_or_else(|| Error::from(qc_proto::Invalid::new("name", CONTENDED))).into())
}

const CONTENDED: &str = "names a file that others change all the time: try again";

/// Deletes a file in the cloud. What it says goes into the history of `local` first. Costs three requests.
///
/// # Errors
///
/// As [`put_file`].
///
/// # Cancel safety
///
/// Dropping the future leaves the file as it was, gone, or under a name that the next push knows.
pub async fn delete_file(
    local: &dyn Local,
    project: &ProjectFiles,
    name: &FileName,
    options: &Options,
) -> Result<(), SyncError> {
    // Nobody saves to the name aside.
    let aside = deletion::aside(&local.id()?, name);
    let aside = match &aside {
        Some(aside) => {
            with_control(project, async || project.rename(name, aside).await).await?;
            aside
        }
        // Its name is too long to be set aside.
        None => name,
    };
    let text = project.read(aside).await?.content;
    keep(local, options, name, &text, None)?;
    match project.delete(aside).await {
        Err(error) if error.kind() != ErrorKind::FileNotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Sends a write. Where it is refused because another environment holds the project, takes edit control and sends it once
/// more: for writes that take effect only on what was seen, or lose nothing.
///
/// # Errors
///
/// The write's. Where edit control is refused too, it is the first refusal.
pub async fn with_control(
    project: &ProjectFiles,
    write: impl AsyncFn() -> Result<(), Error>,
) -> Result<(), Error> {
    match write().await {
        Err(error) if Control::default().is_taken(project, &error).await => write().await,
        done => done,
    }
}

/// Edit control, which is asked for once.
#[derive(Default)]
struct Control {
    was_asked_for: bool,
}

impl Control {
    /// Returns whether the error was for the want of edit control, and the project has been taken, and read as the service
    /// asks for, since.
    async fn is_taken(&mut self, project: &ProjectFiles, error: &Error) -> bool {
        error.kind() == ErrorKind::Locked
            && !std::mem::replace(&mut self.was_asked_for, true)
            && project.acquire_lock().await.is_ok()
            && project.read_all_encoded::<()>().await.is_ok()
    }
}

async fn create(project: &ProjectFiles, name: &FileName, content: &str) -> Result<(), Error> {
    match content {
        "" => project.create_empty(name).await,
        content => project.create(name, content).await,
    }
}

fn keep(
    local: &dyn Local,
    options: &Options,
    name: &FileName,
    old: &str,
    new: Option<&str>,
) -> Result<(), SyncError> {
    local.keep_object(old)?;
    let version = |text: &str| Version::of(text.as_bytes());
    let (before, after) = (Some(version(old)), new.map(version));
    local.record(Operation {
        at: options.now,
        command: options.command.clone(),
        cloud: vec![Replaced { name: name.clone(), before, after }],
        ..Operation::default()
    })?;
    Ok(())
}
