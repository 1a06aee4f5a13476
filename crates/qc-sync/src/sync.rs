//! A folder and a project, brought together.

use qc_files::ProjectFiles;
use qc_proto::{FileName, RemoteName};

use crate::{
    Cloud, Folder, Plan, Pulled, Pushed, Refused, Scan, Scope, SyncError, Tree, agreed,
    folder::Rules, plan, pull, push, tree,
};

/// How a push or a pull goes about it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Takes it for true when the cloud, or the folder, has no file any more.
    pub accept_empty: bool,
    /// Conflicts over these files are settled for what was done here; see [`Scope::with_ours`].
    pub ours: Vec<FileName>,
    /// Conflicts over these files are settled for what was done in the cloud; see [`Scope::with_theirs`].
    pub theirs: Vec<FileName>,
}

impl Options {
    fn scope<'a>(&'a self, holds: &'a dyn Fn(&FileName) -> bool) -> Scope<'a> {
        Scope::new(holds)
            .accepting_empty(self.accept_empty)
            .with_ours(&self.ours)
            .with_theirs(&self.theirs)
    }
}

/// What came of pushing a folder.
#[derive(Debug)]
pub struct FolderPush {
    /// What came of the changes.
    pub pushed: Pushed,
    /// The files here that could not be pushed, and why.
    pub refused: Vec<Refused>,
}

/// What came of pulling into a folder.
#[derive(Debug)]
pub struct FolderPull {
    /// What was to be written, of which `refused` was not.
    pub pulled: Pulled,
    /// The files that could not be written, or read here, and why.
    pub refused: Vec<Refused>,
}

/// How a folder and a project stand to each other.
#[derive(Debug)]
pub struct Status {
    /// What would bring them in step.
    pub plan: Plan,
    /// The files on either side that cannot be had on the other, and why.
    pub refused: Vec<Refused>,
}

/// Compares the folder and the project, and changes nothing. Costs one request.
///
/// # Errors
///
/// As [`push_folder`].
pub async fn status(
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<Status, SyncError> {
    let ground = Ground::survey(folder, project)?;
    let holds = |name: &FileName| ground.holds(name);
    let scope = options.scope(&holds);
    let base = scope.of_tree(&ground.base);
    let cloud = Cloud::read(project, &base, &scope).await?;
    let (here, there) = (tree(&ground.scan.files), tree(&cloud.files));
    let plan = plan(&scope.settle(&base, &here, &there), &here, &there);
    let mut refused = unclean(&cloud);
    refused.extend(ground.scan.refused);
    Ok(Status { plan, refused })
}

/// Does in the cloud what was done in the folder; see [`push`].
///
/// # Errors
///
/// [`SyncError`] when folder or project cannot be used as a whole. What fails for single files is told by file.
///
/// # Cancel safety
///
/// As [`push`]. The base is kept last: what was done and is not in it is found done by the next push.
pub async fn push_folder(
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<FolderPush, SyncError> {
    let ground = Ground::survey(folder, project)?;
    let holds = |name: &FileName| ground.holds(name);
    let scope = options.scope(&holds);
    let had = scope.of_tree(&ground.base).len();
    if ground.scan.found_nothing() && had > 0 && !options.accept_empty {
        return Err(SyncError::EmptiedHere { had });
    }
    let pushed = push(project, &ground.base, &ground.scan.files, &scope).await?;
    folder.keep_base(project.id(), &pushed.base)?;
    Ok(FolderPush { pushed, refused: ground.scan.refused })
}

/// Does in the folder what was done in the cloud; see [`pull`](crate::pull). Costs one request.
///
/// # Errors
///
/// As [`push_folder`].
///
/// # Cancel safety
///
/// Dropping the future before the project was read changes nothing; afterwards it does not wait any more.
pub async fn pull_folder(
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<FolderPull, SyncError> {
    let ground = Ground::survey(folder, project)?;
    let holds = |name: &FileName| ground.holds(name);
    let scope = options.scope(&holds);
    let cloud = Cloud::read(project, &scope.of_tree(&ground.base), &scope).await?;
    let mut pulled = pull(&ground.base, &ground.scan.files, &cloud, &scope);
    let mut refused = folder.apply(&pulled.writes, &ground.scan);

    // The base holds what is there now, and not what was to be.
    let now = folder.scan()?;
    let here = tree(&scope.of_contents(&now.files));
    let settled = agreed(&scope.of_tree(&ground.base), &here, &tree(&cloud.files));
    pulled.base = scope.merge(&ground.base, settled);
    folder.keep_base(project.id(), &pulled.base)?;

    refused.extend(unclean(&cloud));
    refused.extend(ground.scan.refused);
    Ok(FolderPull { pulled, refused })
}

fn unclean(cloud: &Cloud) -> Vec<Refused> {
    let refused = |name: &RemoteName| Refused {
        name: name.as_str().to_owned(),
        why: "its name in the cloud is no clean path".to_owned(),
    };
    cloud.unclean.iter().map(refused).collect()
}

/// What there is on this side.
struct Ground {
    base: Tree,
    scan: Scan,
    rules: Rules,
}

impl Ground {
    fn survey(folder: &Folder, project: &ProjectFiles) -> Result<Self, SyncError> {
        let base = folder.base(project.id())?;
        Ok(Self { base, scan: folder.scan()?, rules: folder.rules() })
    }

    /// Whether a file of this name, here or there, is to be in step.
    fn holds(&self, name: &FileName) -> bool {
        !self.scan.withholds(name) && self.rules.unsynced(name).is_none()
    }
}
