//! Single files in the cloud, changed with the folder's history as a way back.

use qc_files::{Effect, Error, ErrorKind, ProjectFiles};
use qc_proto::FileName;

use crate::{
    cloud::{deletion, push::patch},
    error::SyncError,
    folder::FolderError,
    history::{Operation, Replaced},
    local::LocalFile,
    plan::version::Version,
    session::SyncSession,
};

/// Readings before [`SyncSession::put`] gives up on a file that others change all the time.
const ROUNDS: usize = 5;

const CONTENDED: &str = "names a file that others change all the time: try again";

impl SyncSession<'_> {
    /// Gives a file in the cloud this content, and creates it if it is not there. What it said goes into the history of
    /// the folder first. If the file here has this content too, it is in step from then on. Returns whether it was created.
    /// Costs two requests where nothing fails.
    ///
    /// # Errors
    ///
    /// [`SyncError::Cloud`] with the error of the request that failed; [`SyncError::Folder`] before anything was changed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the file as it was or as it is to be.
    pub async fn put(self, name: &FileName, content: &str) -> Result<bool, SyncError> {
        let created = self.write(name, content).await?;
        // What cannot be noted is found by the next push or pull.
        let _ = self.note_in_step(name, content);
        Ok(created)
    }

    /// Notes that both sides have this content, if the file here has it. Else a rename in the cloud that follows would look
    /// like a second new file.
    fn note_in_step(self, name: &FileName, content: &str) -> Result<(), FolderError> {
        let Self { local, project, .. } = self;
        let here = local.text(name, &LocalFile::new(content));
        if local.unsynced(name).is_some() || here.as_deref() != Some(content) {
            return Ok(());
        }
        let mut base = local.base(project.id())?;
        local.keep_object(content)?;
        base.insert(name.clone(), Version::of(content.as_bytes()));
        local.keep_base(project.id(), &base)
    }

    async fn write(self, name: &FileName, content: &str) -> Result<bool, SyncError> {
        let project = self.project;
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
            self.keep(name, &old, Some(content))?;
            if content.is_empty() {
                // The service takes no empty content: the file is created anew.
                self.delete(name).await?;
                continue;
            }
            // A patch is refused where somebody has saved since. One that is refused all the same is not taken as such.
            let result = if refused.as_ref() == Some(&old) {
                project.update(name, content).await
            } else {
                project.patch(patch::full_context([(name, old.as_str(), content)])).await
            };
            match result {
                Ok(()) => return Ok(false),
                Err(error) if control.is_taken(project, &error).await => {}
                Err(error)
                    if error.kind().concerns_all_files() && error.effect() == Effect::None =>
                {
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

    /// Deletes a file in the cloud. What it says goes into the history of the folder first. Costs three requests.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the file as it was, gone, or under a name that the next push knows.
    pub async fn delete(self, name: &FileName) -> Result<(), SyncError> {
        let project = self.project;
        // Nobody saves to the name aside.
        let aside = deletion::aside(&self.local.id()?, name);
        let aside = match &aside {
            Some(aside) => {
                with_control(project, async || project.rename(name, aside).await).await?;
                aside
            }
            // Its name is too long to be set aside.
            None => name,
        };
        let text = project.read(aside).await?.content;
        self.keep(name, &text, None)?;
        match project.delete(aside).await {
            Err(error) if error.kind() != ErrorKind::FileNotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Keeps what a file said, and records what is done to it.
    fn keep(self, name: &FileName, old: &str, new: Option<&str>) -> Result<(), SyncError> {
        let Self { local, options, .. } = self;
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

/// Replaces the content of a file if it is still `old`. None if it was replaced; else the content that it has instead. Costs one
/// request where nothing fails.
///
/// The service itself compares: a patch over the whole file fits what it was made from, and nothing else.
///
/// ```
/// # async fn example(project: qc_files::ProjectFiles) -> Result<(), Box<dyn std::error::Error>> {
/// let name = qc_files::FileName::new("main.py")?;
/// match qc_sync::replace(&project, &name, "PERIOD = 14\n", "PERIOD = 21\n").await? {
///     None => println!("replaced"),
///     Some(other) => println!("somebody else saved {} bytes", other.len()),
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Those of the requests; `FileNotFound` if the file is gone; `Invalid` for an empty `new`, which the service does not take.
///
/// # Cancel safety
///
/// Dropping the future leaves the file as it was or as it is to be.
pub async fn replace(
    project: &ProjectFiles,
    name: &FileName,
    old: &str,
    new: &str,
) -> Result<Option<String>, Error> {
    if new.is_empty() {
        return Err(qc_proto::Invalid::new("content", "must not be empty").into());
    }
    let patched = || project.patch(patch::full_context([(name, old, new)]));
    let Err(error) = with_control(project, async || patched().await).await else {
        return Ok(None);
    };
    if error.kind().concerns_all_files() && error.effect() == Effect::None {
        return Err(error);
    }
    // Refused, or in doubt: what is there tells.
    let now = project.read(name).await?.content;
    if now == new {
        return Ok(None);
    }
    if now != old {
        return Ok(Some(now));
    }
    // A patch that is refused although it fits: the content is odd.
    with_control(project, async || project.update(name, new).await).await.map(|()| None)
}
