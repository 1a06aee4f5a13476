//! A folder and a project, brought together.

use qc_files::ProjectFiles;
use qc_proto::FileName;

use crate::{
    Cloud, Folder, Pulled, Pushed, Refused, Scan, Scope, SyncError, agreed, folder::Rules, pull,
    push, tree,
};

/// How a push or a pull goes about it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Takes it for true when the cloud lists no file any more.
    pub accept_empty: bool,
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
    let base = folder.base(project.id())?;
    let scan = folder.scan()?;
    let rules = folder.rules();
    let holds = |name: &FileName| is_in_step(&rules, &scan, name);
    let scope = Scope::new(&holds).accepting_empty(options.accept_empty);
    let pushed = push(project, &base, &scan.files, &scope).await?;
    folder.keep_base(project.id(), &pushed.base)?;
    Ok(FolderPush { pushed, refused: scan.refused })
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
    let base = folder.base(project.id())?;
    let scan = folder.scan()?;
    let rules = folder.rules();
    let holds = |name: &FileName| is_in_step(&rules, &scan, name);
    let scope = Scope::new(&holds).accepting_empty(options.accept_empty);
    let cloud = Cloud::read(project, &scope.of_tree(&base), &scope).await?;
    let mut pulled = pull(&base, &scan.files, &cloud, &scope);
    let mut refused = folder.apply(&pulled.writes, &scan);

    // The base holds what is there now, and not what was to be.
    let now = folder.scan()?;
    let here = tree(&scope.of_contents(&now.files));
    let settled = agreed(&scope.of_tree(&base), &here, &tree(&cloud.files));
    pulled.base = scope.merge(&base, settled);
    folder.keep_base(project.id(), &pulled.base)?;

    let unclean = cloud.unclean.iter().map(|name| Refused {
        name: name.as_str().to_owned(),
        why: "its name in the cloud is no clean path".to_owned(),
    });
    refused.extend(unclean);
    refused.extend(scan.refused);
    Ok(FolderPull { pulled, refused })
}

fn is_in_step(rules: &Rules, scan: &Scan, name: &FileName) -> bool {
    !scan.withheld.contains(name) && rules.unsynced(name).is_none()
}
