//! Doing in the cloud what was done here, without overwriting what this folder has not seen.
//!
//! A push goes in rounds: read, plan, do, and read again to see what came of it. A round that finds the cloud changed
//! by someone else plans anew; what both changed by then is a conflict and is left alone. A push of edits alone does
//! not read first: its patch is refused where the cloud is not as the base has it.
//!
//! - An edit is a patch that carries the whole old text: the service refuses it where the file says something else.
//! - A file is created by a request that is refused where there is one of that name.
//! - A rename takes along whatever the file says.
//! - A deletion sets the file aside first, see `deletion.rs`.
//!
//! Where the service refuses to write because another environment holds the project, a push takes edit control, once,
//! and goes on with a reading.

mod create;
mod delete;
mod edit;
pub(crate) mod patch;
mod progress;

pub(crate) use create::is_default;

use std::collections::BTreeMap;

use qc_files::{Effect, Error, ErrorKind, ProjectFiles};
use qc_proto::FileName;

use crate::{
    cloud::{Cloud, compare::Comparison, push::progress::PushLog},
    error::SyncError,
    folder::{FolderError, Refused},
    history::{Operation, Replaced},
    local::{Base, unchanged_text},
    observer::Event,
    plan::{Change, Conflict, Plan, quota, version::Version},
    session::{Options, SyncSession},
};

/// Rounds of a push before it gives up on files that others change all the time.
const ROUNDS: usize = 5;

/// What came of a push.
#[derive(Debug)]
pub struct Push {
    /// What was done in the cloud.
    pub done: Vec<Change>,
    /// What was not, and why.
    pub failed: Vec<Failed>,
    /// What was done on both sides in different ways: left alone.
    pub conflicts: Vec<Conflict>,
    /// What was done in the cloud and not here: what a pull would do.
    pub incoming: Vec<Change>,
    /// The files here that could not be pushed, and why.
    pub refused: Vec<Refused>,
    /// The files here that a merge left markers in: not pushed before these are gone.
    pub unresolved: Vec<FileName>,
    /// The base from now on.
    pub base: Base,
    /// Whether the cloud was read after the last change.
    pub verified: bool,
    /// Why the cloud could not be read after a change, if it could not.
    pub unchecked: Option<SyncError>,
    /// Why the base could not be kept, if it could not. The next push finds what was done.
    pub not_kept: Option<FolderError>,
}

/// A change that did not come about.
#[derive(Debug)]
pub struct Failed {
    /// The change.
    pub change: Change,
    /// Why.
    pub reason: Reason,
    /// How many characters the file here has, which is what the service's quotas count. None if it is not here.
    pub chars: Option<usize>,
}

impl Failed {
    /// The error of its request, if it was that which failed.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match &self.reason {
            Reason::Request(error) => Some(error),
            Reason::NotTried | Reason::ChangedHere | Reason::Contended => None,
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
    /// Others changed the file in the cloud each time before the change arrived.
    Contended,
}

impl SyncSession<'_> {
    /// Does in the cloud what was done here.
    ///
    /// Costs two requests for any number of edits: a patch and a reading. Anything else costs a reading before, one
    /// request for each file created or renamed, and two for each file deleted; many files created in a project that has
    /// only its default files cost one. Where nothing was done here it costs one reading.
    ///
    /// # Errors
    ///
    /// [`SyncError`] when folder or project cannot be used as a whole, before anything was changed. What fails later is in
    /// [`Push`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a part of the changes done, each of them wholly; the next push goes on.
    pub async fn push(self) -> Result<Push, SyncError> {
        let options = self.options;
        let comparison = Comparison::read(self, true)?;
        let had = comparison.base.keys().filter(|name| comparison.holds(name)).count();
        if comparison.scan.found_nothing() && had > 0 && !options.accept_empty {
            return Err(SyncError::EmptiedHere { had });
        }
        let mut work = Work::new(comparison, self.local.id()?);
        let mut cloud = Cloud::default();
        if let Some(edits) = work.edits_alone() {
            let sizes = work.base.iter().map(|(name, version)| (name.clone(), version.chars));
            work.caution(&edits, &sizes.collect());
            let sent = work.edit_unread(&edits).await;
            let is_over = !options.verify && work.progress.is_complete();
            if let Some(ended) = work.ended(sent)? {
                return Ok(work.end(Plan::default(), &cloud, false, Some(ended)));
            }
            let goes_on = work.take_control().await;
            // A patch that nobody took leaves nothing to look at.
            if is_over || !goes_on && work.progress.stopped && !work.progress.is_in_doubt() {
                return Ok(work.end(Plan::default(), &cloud, false, None));
            }
        }
        let mut plan = Plan::default();
        let mut unchecked = None;
        for round in 0..ROUNDS {
            let is_first = work.progress.is_empty();
            options.observer.event(if is_first { Event::Read } else { Event::Verify });
            cloud = match work.comparison.cloud().await {
                Ok(cloud) => cloud,
                Err(error) if is_first => return Err(error),
                Err(error) => {
                    unchecked = Some(error);
                    break;
                }
            };
            let finished = work.finish_deletions(&mut cloud).await;
            if finished.is_err() && round + 1 < ROUNDS && work.take_control().await {
                continue;
            }
            unchecked = work.ended(finished)?;
            if unchecked.is_some() {
                break;
            }
            work.progress.compare(&cloud);
            work.base = work.comparison.agreed(&work.base, &work.comparison.here(), &cloud);
            work.base = work.comparison.preferring(&work.base, &cloud);
            plan = work.plan(&cloud);
            let changes = work.progress.open(&plan.push);
            if changes.is_empty() || work.progress.stopped || round + 1 == ROUNDS {
                break;
            }
            if round == 0 {
                work.comparison.guard_deletions(&changes, cloud.files.len(), "in the cloud")?;
                let sizes =
                    cloud.files.iter().map(|(name, file)| (name.clone(), file.version.chars));
                work.caution(&changes, &sizes.collect());
            }
            let carried_out = work.carry_out(&changes, &plan, &mut cloud).await;
            unchecked = work.ended(carried_out)?;
            if unchecked.is_some() {
                break;
            }
            work.take_control().await;
        }
        let verified = unchecked.is_none();
        Ok(work.end(plan, &cloud, verified, unchecked))
    }
}

/// A push on its way.
struct Work<'a> {
    comparison: Comparison<'a>,
    folder_id: String,
    /// What both sides agree on by now.
    base: Base,
    progress: PushLog,
    /// Whether edit control was asked for.
    asked_for_control: bool,
}

/// A content that is to be sent.
struct New {
    text: String,
    version: Version,
}

impl<'a> Work<'a> {
    fn new(comparison: Comparison<'a>, folder_id: String) -> Self {
        let (base, progress) = (comparison.base.clone(), PushLog::default());
        Self { comparison, folder_id, base, progress, asked_for_control: false }
    }

    fn project(&self) -> &'a ProjectFiles {
        self.comparison.session.project
    }

    /// Takes edit control where a write was refused for the want of it, once a push. Returns whether what was refused can
    /// be tried again, after a reading.
    async fn take_control(&mut self) -> bool {
        if !self.progress.is_locked || std::mem::replace(&mut self.asked_for_control, true) {
            return false;
        }
        let is_taken = self.project().acquire_lock().await.is_ok();
        if is_taken {
            self.progress.go_on();
        }
        is_taken
    }

    /// What is to be done, files that differ in their line ends alone and are asked for by name included.
    fn plan(&self, cloud: &Cloud) -> Plan {
        let mut plan = self.comparison.plan(&self.base, cloud);
        let asked = self.comparison.line_ends(cloud).into_iter();
        let asked = asked.filter(|name| self.comparison.session.options.ours.names(name));
        plan.push.extend(asked.map(Change::Update));
        plan
    }

    fn caution(&self, changes: &[Change], sizes: &BTreeMap<FileName, usize>) {
        let here = &self.comparison.scan.files;
        let options = self.comparison.session.options;
        for caution in quota::cautions(changes, sizes, here, options.tier) {
            options.observer.caution(&caution);
        }
    }

    /// Carries out one round, in the order that loses nothing when it is cut off.
    async fn carry_out(
        &mut self,
        changes: &[Change],
        plan: &Plan,
        cloud: &mut Cloud,
    ) -> Result<(), SyncError> {
        self.record(changes, plan, cloud)?;
        self.progress.begin(changes, |name| {
            self.comparison.file(&plan.moves, name).map(|(_, file)| file.version.digest)
        });
        self.create(changes, cloud).await?;
        self.rename(changes, cloud).await;
        self.edit(changes, plan, cloud).await?;
        self.set_aside(changes, plan, cloud).await;
        Ok(())
    }

    /// Keeps what is replaced and deleted in the cloud, and says so in the history.
    fn record(&self, changes: &[Change], plan: &Plan, cloud: &Cloud) -> Result<(), SyncError> {
        let mut replaced = Vec::new();
        for change in changes {
            let (Change::Update(name) | Change::Delete(name)) = change else { continue };
            let Some(file) = cloud.files.get(plan.moves.in_cloud(name)) else { continue };
            if !self.comparison.session.local.has_object(file.version.object) {
                self.comparison.session.local.keep_object(&file.content.text())?;
            }
            let after = match change {
                Change::Update(_) => self.comparison.file(&plan.moves, name),
                _ => None,
            };
            let after = after.map(|(_, file)| file.version);
            replaced.push(Replaced { name: name.clone(), before: Some(file.version), after });
        }
        self.record_replaced(replaced)
    }

    fn record_replaced(&self, cloud: Vec<Replaced>) -> Result<(), SyncError> {
        if cloud.is_empty() {
            return Ok(());
        }
        let Options { now: at, command, .. } = self.comparison.session.options;
        let operation =
            Operation { at: *at, command: command.clone(), cloud, ..Operation::default() };
        Ok(self.comparison.session.local.record(operation)?)
    }

    /// Reads what a file here says. Notes a failure where it is not as it was when the folder was read.
    fn new_content(&mut self, change: &Change, plan: &Plan) -> Option<New> {
        let found = self.comparison.file(&plan.moves, change.name()).and_then(|(name, file)| {
            let text = unchanged_text(self.comparison.session.local, name, file)?;
            Some(New { text, version: file.version })
        });
        if found.is_none() {
            self.progress.fail(change, Reason::ChangedHere);
            self.progress.close(change);
        }
        found
    }

    fn step(&self, change: &Change) {
        let (number, of) = self.progress.position(change);
        self.comparison.session.options.observer.event(Event::Change { number, of, change });
    }

    /// Notes what came of a request for a change.
    fn note(&mut self, change: &Change, result: Result<(), Error>) -> bool {
        match result {
            Ok(()) => {
                self.progress.acknowledge(change);
                true
            }
            Err(error) => {
                self.progress.stop_on(&error);
                // What the cloud has otherwise than it was read, and what is in doubt, is for the next round.
                if !is_news(&error) && error.effect() == Effect::None {
                    self.progress.close(change);
                }
                self.progress.fail(change, Reason::Request(error));
                false
            }
        }
    }

    async fn rename(&mut self, changes: &[Change], cloud: &mut Cloud) {
        for change in changes {
            let Change::Rename { from, to } = change else { continue };
            if self.progress.stopped {
                return;
            }
            self.step(change);
            let result = self.project().rename(from.clone(), to.clone()).await;
            if self.note(change, result) {
                if let Some(version) = self.base.remove(from) {
                    self.base.insert(to.clone(), version);
                }
                if let Some(file) = cloud.files.remove(from) {
                    cloud.files.insert(to.clone(), file);
                }
            }
        }
    }

    /// Returns what ended the push, after which it tells what it has done so far.
    ///
    /// # Errors
    ///
    /// What ended it before anything was sent.
    fn ended(&self, result: Result<(), SyncError>) -> Result<Option<SyncError>, SyncError> {
        match result {
            Err(error) if self.progress.is_empty() => Err(error),
            result => Ok(result.err()),
        }
    }

    /// Keeps the base, and puts together what came of the push.
    fn end(self, plan: Plan, cloud: &Cloud, verified: bool, unchecked: Option<SyncError>) -> Push {
        let Self { comparison, base, progress, .. } = self;
        let chars = |name: &FileName| Some(comparison.file(&plan.moves, name)?.1.version.chars);
        let (done, failed) = progress.outcome(&plan, verified, chars);
        let not_kept = comparison.keep(&base, cloud).err();
        Push {
            done,
            failed,
            conflicts: plan.conflicts,
            incoming: plan.pull,
            unresolved: comparison.unresolved.into_iter().collect(),
            refused: comparison.scan.refused,
            base,
            verified,
            unchecked,
            not_kept,
        }
    }
}

/// Whether the error says that the cloud has other files than were read.
fn is_news(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::FileNotFound | ErrorKind::FileExists)
}
