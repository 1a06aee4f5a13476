//! What came of each change of a push so far.

use std::collections::BTreeMap;

use qc_files::{Effect, Error, ErrorKind};
use qc_proto::FileName;

use crate::{
    cloud::{
        Cloud,
        push::{Failed, Reason},
    },
    plan::{
        Change, Plan,
        version::{Digest, ObjectId},
    },
};

/// Every change that a push has begun.
#[derive(Default)]
pub(super) struct PushLog {
    entries: Vec<Entry>,
    /// Something failed that would fail everything else too.
    pub(super) stopped: bool,
    /// It was that another environment holds the project.
    pub(super) is_locked: bool,
    /// The files that are set aside still, and why they could be neither deleted nor brought back.
    pub(super) left_aside: BTreeMap<FileName, Error>,
    /// The files of the last patch that was refused, and what it took them for.
    pub(super) refused: Vec<(FileName, ObjectId)>,
}

struct Entry {
    change: Change,
    /// What the file is to say.
    wanted: Option<Digest>,
    is_done: bool,
    /// Nothing more is tried.
    is_closed: bool,
    reason: Option<Reason>,
}

impl PushLog {
    /// Returns whether no change was begun.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns whether every change that was begun is done.
    pub(super) fn is_complete(&self) -> bool {
        self.entries.iter().all(|entry| entry.is_done)
    }

    /// Returns whether a request may have taken effect although it failed.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.entries.iter().any(|entry| match &entry.reason {
            Some(Reason::Request(error)) => error.effect() == Effect::Unknown,
            _ => false,
        })
    }

    /// Begins the changes of a round.
    pub(super) fn begin(
        &mut self,
        changes: &[Change],
        wanted: impl Fn(&FileName) -> Option<Digest>,
    ) {
        for change in changes {
            match self.entry(change) {
                Some(entry) => entry.is_done = false,
                None => self.entries.push(Entry {
                    change: change.clone(),
                    wanted: wanted(change.name()),
                    is_done: false,
                    is_closed: false,
                    reason: None,
                }),
            }
        }
    }

    /// Returns those of the changes that something can still be done for.
    pub(super) fn open(&self, changes: &[Change]) -> Vec<Change> {
        let is_closed = |change: &&Change| {
            self.entries.iter().any(|entry| entry.is_closed && entry.change == **change)
        };
        changes.iter().filter(|change| !is_closed(change)).cloned().collect()
    }

    /// Returns which change it is, counted from 0, and of how many.
    pub(super) fn position(&self, change: &Change) -> (usize, usize) {
        let at = self.entries.iter().position(|entry| entry.change == *change);
        (at.unwrap_or_default(), self.entries.len())
    }

    fn entry(&mut self, change: &Change) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.change == *change)
    }

    /// Notes that the service has done the change.
    pub(super) fn acknowledge(&mut self, change: &Change) {
        if let Some(entry) = self.entry(change) {
            entry.is_done = true;
        }
    }

    /// Notes why the change did not come about, unless it turns out later that it did.
    pub(super) fn fail(&mut self, change: &Change, reason: Reason) {
        if let Some(entry) = self.entry(change) {
            entry.reason = Some(reason);
        }
    }

    /// Tries nothing more if this would fail everything else too.
    pub(super) fn stop_on(&mut self, error: &Error) {
        self.is_locked |= error.kind() == ErrorKind::Locked;
        self.stopped |= fails_all(error);
    }

    /// Goes on with what was stopped because another environment held the project.
    pub(super) fn go_on(&mut self) {
        (self.stopped, self.is_locked) = (false, false);
        for entry in &mut self.entries {
            let was_locked = matches!(&entry.reason, Some(Reason::Request(error)) if error.kind() == ErrorKind::Locked);
            if was_locked {
                (entry.reason, entry.is_closed) = (None, false);
            }
        }
    }

    /// Tries nothing more for the change.
    pub(super) fn close(&mut self, change: &Change) {
        if let Some(entry) = self.entry(change) {
            entry.is_closed = true;
        }
    }

    /// Takes for done what a reading shows, whatever came of the requests.
    pub(super) fn compare(&mut self, cloud: &Cloud) {
        let says = |name: &FileName| cloud.files.get(name).map(|file| file.version.digest);
        for entry in &mut self.entries {
            entry.is_done |= match &entry.change {
                Change::Create(name) | Change::Update(name) => {
                    entry.wanted.is_some() && says(name) == entry.wanted
                }
                Change::Rename { from, to } => says(from).is_none() && says(to).is_some(),
                Change::Delete(name) => says(name).is_none(),
            };
        }
    }

    /// Returns what was done and what was not. What others have changed meanwhile is a conflict and no failure, and what
    /// the last reading shows no need of, such as an edit that has followed its file to another name, is none either.
    ///
    /// `chars` says how many characters a file here has.
    pub(super) fn outcome(
        self,
        plan: &Plan,
        verified: bool,
        chars: impl Fn(&FileName) -> Option<usize>,
    ) -> (Vec<Change>, Vec<Failed>) {
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for (name, error) in self.left_aside {
            let reason = Reason::Request(error);
            failed.push(Failed { change: Change::Delete(name), reason, chars: None });
        }
        for Entry { change, is_done, reason, .. } in self.entries {
            if failed.iter().any(|failed| failed.change == change) {
                continue;
            }
            let is_in_conflict =
                plan.conflicts.iter().any(|conflict| conflict.name == *change.name());
            if is_done {
                done.push(change);
            } else if !is_in_conflict && (!verified || plan.push.contains(&change)) {
                let otherwise = if self.stopped { Reason::NotTried } else { Reason::Contended };
                let chars = chars(change.name());
                failed.push(Failed { change, reason: reason.unwrap_or(otherwise), chars });
            }
        }
        (done, failed)
    }
}

/// Whether everything after would fail for the same reason.
pub(super) fn fails_all(error: &Error) -> bool {
    error.kind().concerns_all_files() && error.effect() == Effect::None
        || matches!(error.kind(), ErrorKind::Credentials | ErrorKind::Clock | ErrorKind::Locked)
}
