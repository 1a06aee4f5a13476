//! A folder and a project, and how they are brought in step.

use qc_files::ProjectFiles;

use crate::{folder::Folder, local::Local, options::Options};

/// A folder, its project, and how they are brought in step.
///
/// ```
/// # async fn example(project: qc_files::ProjectFiles) -> Result<(), Box<dyn std::error::Error>> {
/// use qc_sync::{Folder, Options, SyncSession};
///
/// let (folder, options) = (Folder::open("momentum")?, Options::new(1_795_392_000));
/// let session = SyncSession::new(&folder, &project, &options);
/// println!("{:?}", session.status().await?.plan.push);
/// let pushed = session.push().await?;
/// assert!(pushed.conflicts.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SyncSession<'a> {
    pub(crate) local: &'a dyn Local,
    pub(crate) project: &'a ProjectFiles,
    pub(crate) options: &'a Options,
}

impl<'a> SyncSession<'a> {
    /// Brings this folder and this project in step as the options say.
    #[must_use]
    pub fn new(folder: &'a Folder, project: &'a ProjectFiles, options: &'a Options) -> Self {
        Self { local: folder, project, options }
    }
}
