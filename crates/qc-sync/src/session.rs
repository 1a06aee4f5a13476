//! A folder and a project, and how they are brought in step.

use std::sync::Arc;

use qc_files::ProjectFiles;
use qc_proto::Tier;

use crate::{folder::Folder, local::Local, observer::Observer, plan::selection::Selection};

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

/// How a push, a pull or a comparison goes about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The present time, in seconds since the Unix epoch: for the history.
    pub now: u64,
    /// The command as the history names it.
    pub command: String,
    /// Takes it for true when the cloud, or the folder, has no file any more.
    pub accept_empty: bool,
    /// Deletes more than half of the files, and more than ten, if that is the plan.
    pub delete_many: bool,
    /// What was done here to these files goes before what was done in the cloud.
    pub ours: Selection,
    /// What was done in the cloud to these files goes before what was done here.
    pub theirs: Selection,
    /// The files that it is about. All others are left alone on both sides.
    pub only: Selection,
    /// Whether a pull brings together what was done on both sides.
    pub merge: bool,
    /// Whether a push of edits ends with a reading that shows what came of it. Without one it costs a request less,
    /// and what others have changed is not seen.
    pub verify: bool,
    /// The tier of the project's organization, where it is known: what may be over its quotas is told before it is sent.
    pub tier: Option<Tier>,
    /// Hears of each step.
    pub observer: Arc<dyn Observer>,
}

impl Options {
    /// All files, nothing settled and nobody listening, at this time in seconds since the Unix epoch.
    #[must_use]
    pub fn new(now: u64) -> Self {
        Self {
            now,
            command: String::new(),
            accept_empty: false,
            delete_many: false,
            ours: Selection::default(),
            theirs: Selection::default(),
            only: Selection::all(),
            merge: false,
            verify: true,
            tier: None,
            observer: Arc::new(()),
        }
    }
}
