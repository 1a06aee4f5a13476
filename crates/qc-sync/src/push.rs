//! Carrying out a plan in the cloud for as few requests as the API allows.
//!
//! One reading, all edits in one patch, one request for each file made, renamed or removed, and one reading more
//! that shows what came of it. What makes something goes before what takes something away, so that a push that is
//! cut off loses nothing; the next one goes on from what it finds.

use qc_files::{Effect, Error, ErrorKind, ProjectFiles};
use qc_proto::FileName;

use crate::{
    Change, Cloud, Conflict, Contents, Observer, Plan, Scope, Step, SyncError, Tree, agreed,
    edits::{self, Edit},
    plan, quota, tree,
};

/// What came of a push.
#[derive(Debug)]
pub struct Pushed {
    /// What the cloud has now, as the last reading showed.
    pub done: Vec<Change>,
    /// What it has not, and why.
    pub failed: Vec<Failed>,
    /// What was done on both sides in different ways: left alone.
    pub conflicts: Vec<Conflict>,
    /// What was done in the cloud and not here: what a pull would do.
    pub incoming: Vec<Change>,
    /// The base from now on. Keep it once everything else is done.
    pub base: Tree,
}

/// A change that did not come about.
#[derive(Debug)]
pub struct Failed {
    /// The change.
    pub change: Change,
    /// Why; none where it was not tried, because what had failed before would have failed it too.
    pub error: Option<Error>,
}

/// Does in the cloud what was done here: costs 1 request where nothing was, else 2 and one for all edits
/// together, and one for each file made, renamed or removed (a file emptied is removed and made).
///
/// A patch that is refused, or whose answer is lost, is followed by an update for each file. What the last reading
/// does not show is updated once more and read again.
///
/// # Errors
///
/// [`SyncError`] when the project cannot be read before or after. What fails in between is told by file.
///
/// # Cancel safety
///
/// Dropping the future leaves a part of the changes done, each of them wholly; the next push goes on.
pub async fn push(
    project: &ProjectFiles,
    base: &Tree,
    local: &Contents,
    scope: &Scope<'_>,
    observer: &dyn Observer,
) -> Result<Pushed, SyncError> {
    let (old_base, base) = (base, &scope.of_tree(base));
    let local = &scope.of_contents(local);
    observer.step(Step::Read);
    let before = Cloud::read(project, base, scope).await?;
    let here = tree(local);
    let there = before.tree();
    let base = &scope.settle(base, &here, &there);
    let Plan { push: changes, pull, conflicts } = plan(base, &here, &there);
    if changes.is_empty() {
        let settled = agreed(base, &here, &there);
        let base = scope.merge(old_base, settled);
        return Ok(Pushed { done: changes, failed: Vec::new(), conflicts, incoming: pull, base });
    }
    for caution in quota::cautions(&changes, &before.files, local) {
        observer.caution(&caution);
    }
    let mut work =
        Work { project, local, observer, all: &changes, failures: Vec::new(), stopped: false };
    work.make_and_move(&changes).await;
    work.edit(&changes, &before).await;
    work.remove(&changes).await;

    observer.step(Step::Verify);
    let mut after = Cloud::read(project, &Tree::new(), scope).await?;
    if work.mend(&changes, &after).await {
        after = Cloud::read(project, &Tree::new(), scope).await?;
    }
    let there = after.tree();
    let (done, failed): (Vec<_>, Vec<_>) =
        changes.iter().cloned().partition(|change| came_about(change, &here, &there));
    let base = scope.merge(old_base, agreed(base, &here, &there));
    let failed = work.explain(failed);
    Ok(Pushed { done, failed, conflicts, incoming: pull, base })
}

/// Whether a reading shows what the change was to achieve.
fn came_about(change: &Change, here: &Tree, there: &Tree) -> bool {
    match change {
        Change::Create(name) | Change::Update(name) => there.get(name) == here.get(name),
        Change::Rename { from, to } => !there.contains_key(from) && there.get(to) == here.get(to),
        Change::Delete(name) => !there.contains_key(name),
    }
}

struct Work<'a> {
    project: &'a ProjectFiles,
    local: &'a Contents,
    observer: &'a dyn Observer,
    all: &'a [Change],
    failures: Vec<(Change, Error)>,
    /// Something failed that would fail everything else too.
    stopped: bool,
}

impl Work<'_> {
    fn content(&self, name: &FileName) -> &str {
        self.local.get(name).map_or("", String::as_str)
    }

    fn begin(&self, change: &Change) {
        let number = self.all.iter().position(|one| one == change).unwrap_or_default();
        self.observer.step(Step::Change { number, of: self.all.len(), change });
    }

    fn note(&mut self, change: &Change, result: Result<(), Error>) {
        if let Err(error) = result {
            self.stopped |= fails_all(&error);
            self.failures.push((change.clone(), error));
        }
    }

    async fn make_and_move(&mut self, changes: &[Change]) {
        for change in changes {
            if self.stopped {
                return;
            }
            let result = match change {
                Change::Rename { from, to } => {
                    self.begin(change);
                    self.project.rename(from.clone(), to.clone()).await
                }
                Change::Create(name) => {
                    self.begin(change);
                    self.create(name).await
                }
                Change::Update(_) | Change::Delete(_) => continue,
            };
            self.note(change, result);
        }
    }

    async fn create(&self, name: &FileName) -> Result<(), Error> {
        match self.content(name) {
            "" => self.project.create_empty(name.clone()).await,
            content => self.project.create(name.clone(), content).await,
        }
    }

    /// All edits that a diff can say in one patch, the others one by one.
    async fn edit(&mut self, changes: &[Change], cloud: &Cloud) {
        let updated = |change: &Change| match change {
            Change::Update(name) => Some(name.clone()),
            _ => None,
        };
        let names: Vec<FileName> = changes.iter().filter_map(updated).collect();
        let (together, single): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| {
            let has_text = cloud.files.get(name).is_some_and(|old| !old.is_empty());
            has_text && !self.content(name).is_empty() && edits::can_name(name)
        });
        // An update costs the same as a patch for one file, and bears being sent twice.
        let together = match together.as_slice() {
            [first, _, ..] if !self.stopped => {
                self.begin(&Change::Update(first.clone()));
                let olds = together.iter().map(|name| (name, cloud.files[name].text()));
                let olds: Vec<_> = olds.collect();
                let edits: Vec<Edit<'_>> = olds
                    .iter()
                    .map(|(name, old)| Edit { name, old, new: self.content(name) })
                    .collect();
                match self.project.patch(edits::patch(&edits)).await {
                    Ok(()) => Vec::new(),
                    Err(error) if is_about_the_patch(&error) => together,
                    Err(error) => {
                        self.stopped |= fails_all(&error);
                        self.failures.push((Change::Update(first.clone()), error));
                        Vec::new()
                    }
                }
            }
            _ => together,
        };
        for name in together.into_iter().chain(single) {
            if self.stopped {
                return;
            }
            self.update(&Change::Update(name.clone()), &name).await;
        }
    }

    async fn update(&mut self, change: &Change, name: &FileName) {
        self.begin(change);
        let result = match self.content(name) {
            // The service refuses empty content.
            "" => match self.project.delete(name.clone()).await {
                Ok(()) => self.project.create_empty(name.clone()).await,
                Err(error) => Err(error),
            },
            content => self.project.update(name.clone(), content).await,
        };
        self.note(change, result);
    }

    async fn remove(&mut self, changes: &[Change]) {
        for change in changes {
            if self.stopped {
                return;
            }
            if let Change::Delete(name) = change {
                self.begin(change);
                let result = self.project.delete(name.clone()).await;
                self.note(change, result);
            }
        }
    }

    /// Updates what the reading shows otherwise although nothing failed; tells whether there was anything.
    async fn mend(&mut self, changes: &[Change], cloud: &Cloud) -> bool {
        let (here, there) = (tree(self.local), cloud.tree());
        let mut mended = false;
        for change in changes {
            let (Change::Create(name) | Change::Update(name)) = change else { continue };
            let failed = self.failures.iter().any(|(failed, _)| failed == change);
            if self.stopped || failed || came_about(change, &here, &there) {
                continue;
            }
            // One that was emptied half-way, or removed by someone else, is made anew.
            if there.contains_key(name) {
                self.update(change, name).await;
            } else {
                let result = self.create(name).await;
                self.note(change, result);
            }
            mended = true;
        }
        mended
    }

    fn explain(mut self, changes: Vec<Change>) -> Vec<Failed> {
        let mut failed = Vec::new();
        for change in changes {
            let at = self.failures.iter().position(|(failed, _)| *failed == change);
            let error = at.map(|at| self.failures.swap_remove(at).1);
            failed.push(Failed { change, error });
        }
        failed
    }
}

/// Whether everything after would fail for the same reason.
fn fails_all(error: &Error) -> bool {
    error.kind().concerns_all_files() && error.effect() == Effect::None
        || matches!(error.kind(), ErrorKind::Credentials | ErrorKind::Clock | ErrorKind::Locked)
}

/// Whether updates of the single files may fare better than the patch did.
fn is_about_the_patch(error: &Error) -> bool {
    error.effect() == Effect::Unknown || !fails_all(error)
}
