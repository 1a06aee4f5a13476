//! Carrying out a plan in the cloud for as few requests as the API allows.
//!
//! One reading, all edits in one patch, one request for each file made, renamed or removed, and one reading more
//! that shows what came of it. What makes something goes before what takes something away, so that a push that is
//! cut off loses nothing; the next one goes on from what it finds.

use std::collections::BTreeMap;

use qc_files::{Effect, Error, ErrorKind, ProjectFiles};
use qc_proto::FileName;

use crate::{
    Change, Cloud, Conflict, LocalFiles, Observer, Plan, Scope, Step, SyncError, Texts, Tree,
    agreed,
    edits::{self, Edit},
    local::text_of,
    plan, quota,
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
    /// Why.
    pub reason: Reason,
}

impl Failed {
    /// The error of its request, if it was that which failed.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match &self.reason {
            Reason::Request(error) => Some(error),
            Reason::NotTried | Reason::ChangedHere => None,
        }
    }
}

/// Why a change did not come about.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reason {
    /// Its request failed.
    Request(Error),
    /// It was not tried, because what had failed before would have failed it too.
    NotTried,
    /// The file here was changed, or removed, after it was looked at. Another push finds it as it is.
    ChangedHere,
}

/// Does in the cloud what was done here, as far as `cloud`, the project as it was just read, does not show it done:
/// costs one request for all edits together, one for each file made, renamed or removed (a file emptied is removed and
/// made), and one reading at the end; nothing where nothing was done. `texts` knows what the files of `local` say.
///
/// A patch that is refused, or whose answer is lost, is followed by an update for each file. What the last reading
/// does not show is updated once more and read again.
///
/// # Errors
///
/// [`SyncError`] when the project cannot be read afterwards. What fails in between is told by file.
///
/// # Cancel safety
///
/// Dropping the future leaves a part of the changes done, each of them wholly; the next push goes on.
pub async fn push(
    project: &ProjectFiles,
    base: &Tree,
    local: &LocalFiles,
    texts: &dyn Texts,
    cloud: &Cloud,
    scope: &Scope<'_>,
    observer: &dyn Observer,
) -> Result<Pushed, SyncError> {
    let (old_base, base) = (base, &scope.of_tree(base));
    let (here, there) = (scope.tree_of(local), cloud.tree());
    let base = &scope.settle(base, &here, &there);
    let Plan { push: changes, pull, conflicts } = plan(base, &here, &there);
    if changes.is_empty() {
        let settled = agreed(base, &here, &there);
        let base = scope.merge(old_base, settled);
        return Ok(Pushed { done: changes, failed: Vec::new(), conflicts, incoming: pull, base });
    }
    for caution in quota::cautions(&changes, &cloud.files, local) {
        observer.caution(&caution);
    }
    let mut work = Work::new(project, observer, &here, &changes);
    let changes_to_make = work.read(texts);
    work.make_and_move(&changes_to_make).await;
    work.edit(&changes_to_make, cloud).await;
    work.remove(&changes_to_make).await;

    observer.step(Step::Verify);
    let mut after = Cloud::read(project, &Tree::new(), scope).await?;
    if work.mend(&changes_to_make, &after).await {
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
    observer: &'a dyn Observer,
    here: &'a Tree,
    all: &'a [Change],
    /// What is to be sent.
    texts: BTreeMap<FileName, String>,
    failures: Vec<Failed>,
    /// Something failed that would fail everything else too.
    stopped: bool,
}

impl<'a> Work<'a> {
    fn new(
        project: &'a ProjectFiles,
        observer: &'a dyn Observer,
        here: &'a Tree,
        all: &'a [Change],
    ) -> Self {
        let (texts, failures) = (BTreeMap::new(), Vec::new());
        Self { project, observer, here, all, texts, failures, stopped: false }
    }

    /// Reads what is to be sent, and returns the changes that can be made: of a file that is not as it was, it is not
    /// known what the change would do.
    fn read(&mut self, texts: &dyn Texts) -> Vec<Change> {
        let mut changes = Vec::new();
        for change in self.all {
            if let Change::Create(name) | Change::Update(name) = change {
                match self.here.get(name).and_then(|digest| text_of(texts, name, *digest)) {
                    Some(text) => drop(self.texts.insert(name.clone(), text)),
                    None => {
                        let reason = Reason::ChangedHere;
                        self.failures.push(Failed { change: change.clone(), reason });
                        continue;
                    }
                }
            }
            changes.push(change.clone());
        }
        changes
    }

    fn content(&self, name: &FileName) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    fn begin(&self, change: &Change) {
        let number = self.all.iter().position(|one| one == change).unwrap_or_default();
        self.observer.step(Step::Change { number, of: self.all.len(), change });
    }

    fn note(&mut self, change: &Change, result: Result<(), Error>) {
        if let Err(error) = result {
            self.stopped |= fails_all(&error);
            let reason = Reason::Request(error);
            self.failures.push(Failed { change: change.clone(), reason });
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
            let has_text = cloud.files.get(name).is_some_and(|old| !old.content.is_empty());
            has_text && !self.content(name).is_empty() && edits::can_name(name)
        });
        // An update costs the same as a patch for one file, and bears being sent twice.
        let together = match together.as_slice() {
            [first, _, ..] if !self.stopped => {
                self.begin(&Change::Update(first.clone()));
                let olds = together.iter().map(|name| (name, cloud.files[name].content.text()));
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
                        let (change, reason) =
                            (Change::Update(first.clone()), Reason::Request(error));
                        self.failures.push(Failed { change, reason });
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
        let there = cloud.tree();
        let mut mended = false;
        for change in changes {
            let (Change::Create(name) | Change::Update(name)) = change else { continue };
            let failed = self.failures.iter().any(|failed| failed.change == *change);
            if self.stopped || failed || came_about(change, self.here, &there) {
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
            let at = self.failures.iter().position(|failed| failed.change == change);
            failed.push(match at {
                Some(at) => self.failures.swap_remove(at),
                None => Failed { change, reason: Reason::NotTried },
            });
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
