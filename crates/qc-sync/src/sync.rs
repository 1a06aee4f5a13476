//! A folder and a project, brought together.

use std::{collections::BTreeMap, sync::Arc};

use qc_files::{EncodedFile, ProjectFiles};
use qc_proto::FileName;

use crate::{
    Caution, Cloud, CloudFile, Digest, Folder, LocalFile, LocalFiles, Merged, Observer, Plan,
    Pulled, Pushed, Reason, Refused, Scan, Scope, Selection, Step, SyncError, Tree, Write, agreed,
    folder::{Rules, portable},
    local::text_of,
    merge, plan, pull, push, quota, tree,
};

/// How a push or a pull goes about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Takes it for true when the cloud, or the folder, has no file any more.
    pub accept_empty: bool,
    /// Conflicts over these files are settled for what was done here; see [`Scope::with_ours`].
    pub ours: Selection,
    /// Conflicts over these files are settled for what was done in the cloud; see [`Scope::with_theirs`].
    pub theirs: Selection,
    /// The files that it is about.
    pub only: Selection,
    /// Whether a pull brings together what was done on both sides; see [`merge`].
    pub merge: bool,
    /// Hears of each step.
    pub observer: Arc<dyn Observer>,
}

impl Default for Options {
    /// All files, nothing settled and nobody listening.
    fn default() -> Self {
        Self {
            accept_empty: false,
            ours: Selection::default(),
            theirs: Selection::default(),
            only: Selection::all(),
            merge: false,
            observer: Arc::new(()),
        }
    }
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
    /// The files here that a merge left markers in: not pushed before these are gone.
    pub unresolved: Vec<FileName>,
}

/// What came of pulling into a folder.
#[derive(Debug)]
pub struct FolderPull {
    /// What was to be written, of which `refused` was not. The contents are not kept: they are in the folder.
    pub pulled: Pulled,
    /// The files among them in which both sides' edits were brought together.
    pub merged: Vec<Merge>,
    /// The files that could not be written, or read here, and why.
    pub refused: Vec<Refused>,
}

/// A file in which both sides' edits were brought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The file.
    pub name: FileName,
    /// Whether both sides changed the same lines, so that a person has to choose.
    pub overlaps: bool,
}

/// How a folder and a project stand to each other.
#[derive(Debug)]
pub struct Status {
    /// What would bring them in step.
    pub plan: Plan,
    /// The files on either side that cannot be had on the other, and why.
    pub refused: Vec<Refused>,
    /// The files here that a merge left markers in.
    pub unresolved: Vec<FileName>,
    /// What the service may refuse of a push.
    pub cautions: Vec<Caution>,
    /// What both sides held when they were last in step.
    pub base: Tree,
    /// The files here.
    pub here: LocalFiles,
    /// The files in the cloud.
    pub cloud: BTreeMap<FileName, CloudFile>,
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
    let (ground, files) = Ground::survey(folder, project, &*options.observer).await?;
    let mut unresolved = ground.unresolved();
    unresolved.retain(|name| options.only.contains(name));
    // What a scan finds is to be in step.
    let here = ground.scan.files.iter().filter(|(name, _)| options.only.contains(name));
    let here: LocalFiles = here.map(|(name, file)| (name.clone(), *file)).collect();
    let holds = |name: &FileName| ground.holds(name) && options.only.contains(name);
    let scope = options.scope(&holds);
    let base = scope.of_tree(&ground.base);
    let cloud = Cloud::of(files, &base, &scope)?;
    let mut refused = ground.unholdable(&cloud);
    let (mine, theirs) = (tree(&here), cloud.tree());
    let plan = plan(&scope.settle(&base, &mine, &theirs), &mine, &theirs);
    let cautions = quota::cautions(&plan.push, &cloud.files, &here);
    refused.extend(ground.scan.refused);
    refused.retain(|refused| options.only.has(&refused.name));
    Ok(Status { plan, refused, unresolved, cautions, base, here, cloud: cloud.files })
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
    let (ground, files) = Ground::survey(folder, project, &*options.observer).await?;
    let mut unresolved = ground.unresolved();
    unresolved.retain(|name| !options.ours.contains(name));
    let holds = |name: &FileName| {
        ground.holds(name) && options.only.contains(name) && !unresolved.contains(name)
    };
    let scope = options.scope(&holds);
    let had = scope.of_tree(&ground.base).len();
    if ground.scan.found_nothing() && had > 0 && !options.accept_empty {
        return Err(SyncError::EmptiedHere { had });
    }
    let cloud = Cloud::of(files, &scope.of_tree(&ground.base), &scope)?;
    let (local, observer) = (&ground.scan.files, &*options.observer);
    let pushed = push(project, &ground.base, local, folder, &cloud, &scope, observer).await?;
    if pushed.failed.iter().any(|failed| matches!(failed.reason, Reason::ChangedHere)) {
        folder.doubt();
    }
    let said = |name: &FileName, digest| text_of(folder, name, digest);
    folder.keep_base(project.id(), &pushed.base, &said)?;
    Ok(FolderPush { pushed, unresolved, refused: ground.scan.refused })
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
    let (ground, files) = Ground::survey(folder, project, &*options.observer).await?;
    let holds = |name: &FileName| ground.holds(name) && options.only.contains(name);
    let scope = options.scope(&holds);
    let cloud = Cloud::of(files, &scope.of_tree(&ground.base), &scope)?;
    let mut pulled = pull(&ground.base, &ground.scan.files, &cloud, &scope);
    let mut merged =
        if options.merge { ground.merge(folder, &cloud, &mut pulled) } else { Vec::new() };
    let mut refused = folder.apply(&pulled.writes, &ground.scan, &*options.observer);
    merged.retain(|merge| refused.iter().all(|refused| refused.name != merge.name.as_str()));

    pulled.writes.iter_mut().for_each(Write::forget_content);

    // The base holds what is there now, and not what was to be.
    let before = scope.tree_of(&ground.scan.files);
    let here = match pulled.writes.as_slice() {
        [] => before.clone(),
        _ => scope.tree_of(&folder.scan()?.files),
    };
    let there = cloud.tree();
    let base = scope.of_tree(&ground.base);
    let base = scope.settle(&base, &before, &there);
    let mut settled = agreed(&base, &here, &there);
    for Merge { name, .. } in &merged {
        // What was done in the cloud is in the file here now.
        settled.extend(there.get_key_value(name).map(|(name, digest)| (name.clone(), *digest)));
    }
    pulled.base = scope.merge(&ground.base, settled);
    let said = |name: &FileName, digest| {
        let theirs = cloud.files.get(name).filter(|file| file.digest == digest);
        theirs.map(|file| file.content.text()).or_else(|| text_of(folder, name, digest))
    };
    folder.keep_base(project.id(), &pulled.base, &said)?;

    refused.extend(ground.unholdable(&cloud));
    refused.extend(ground.scan.refused);
    Ok(FolderPull { pulled, merged, refused })
}

/// What there is on this side.
struct Ground {
    base: Tree,
    scan: Scan,
    rules: Rules,
}

impl Ground {
    /// Reads both sides at the same time: the folder while the project's answer is on its way. Costs one request.
    async fn survey(
        folder: &Folder,
        project: &ProjectFiles,
        observer: &dyn Observer,
    ) -> Result<(Self, Vec<EncodedFile<Digest>>), SyncError> {
        let scanning = folder.scan_beside();
        let base = folder.base(project.id())?;
        observer.step(Step::Read);
        let files = project.read_all_encoded().await?;
        let (scan, rules) = scanning.finish()?;
        Ok((Self { base, scan, rules }, files))
    }

    /// Whether a file of this name, here or there, is to be in step.
    fn holds(&self, name: &FileName) -> bool {
        // A scan has asked the same of each name that it found.
        self.scan.files.contains_key(name)
            || !self.scan.withholds(name)
                && self.rules.unsynced(name).is_none()
                && portable::fault(name).is_none()
    }

    /// The files of the cloud that should be here, and that no folder can have.
    fn unholdable(&self, cloud: &Cloud) -> Vec<Refused> {
        let mut refused = Vec::new();
        for name in &cloud.unclean {
            if let Err(invalid) = name.clean() {
                let why = format!("a name here {}", invalid.why());
                refused.push(Refused { name: name.as_str().to_owned(), why });
            }
        }
        for name in cloud.beside.iter().filter(|name| self.rules.unsynced(name).is_none()) {
            if let Some(why) = portable::fault(name) {
                refused.push(Refused { name: name.as_str().to_owned(), why: why.to_owned() });
            }
        }
        refused
    }

    /// The changed files here that a merge left markers in.
    fn unresolved(&self) -> Vec<FileName> {
        let is_changed = |(name, file): &(&FileName, &LocalFile)| {
            file.is_unresolved && self.base.get(*name) != Some(&file.digest)
        };
        self.scan.files.iter().filter(is_changed).map(|(name, _)| name.clone()).collect()
    }

    /// Turns conflicts over files that both sides have into files with what both did.
    fn merge(&self, folder: &Folder, cloud: &Cloud, pulled: &mut Pulled) -> Vec<Merge> {
        let mut merges = Vec::new();
        pulled.conflicts.retain(|conflict| {
            let name = &conflict.name;
            let (Some(here), Some(theirs)) = (self.scan.files.get(name), cloud.files.get(name))
            else {
                return true;
            };
            if here.is_unresolved {
                return true;
            }
            // Changed meanwhile, it is brought together by the next pull.
            let Some(mine) = text_of(folder, name, here.digest) else { return true };
            let original = self.base.get(name).and_then(|digest| folder.original(*digest));
            let original = original.unwrap_or_default();
            let merged = merge(name, &original, &mine, &theirs.content.text());
            let Some(Merged { text, overlaps }) = merged else { return true };
            pulled.writes.push(Write::Put { name: name.clone(), content: text.into() });
            merges.push(Merge { name: name.clone(), overlaps });
            false
        });
        merges
    }
}
