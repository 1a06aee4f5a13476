//! Giving files here a text that they had before, or that they have elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use qc_proto::FileName;

use crate::{
    error::SyncError,
    folder::Refused,
    history::{
        Operation, Replaced,
        undo::{LocalHistory, Replacement},
    },
    local::{Base, Local, LocalFile},
    plan::{selection::Selection, version::Version},
};

/// Where [`LocalHistory::restore`] takes texts from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The base, for a file that says something else or is gone here. Otherwise, the newest text in the history that is
    /// another one than the file has.
    #[default]
    Default,
    /// What both sides held when they were last in step.
    Base,
    /// What this operation replaced here, or in the cloud if it did nothing to the file here.
    Operation(u64),
    /// These texts, such as the cloud's.
    Texts(BTreeMap<FileName, String>),
}

/// What [`LocalHistory::restore`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// The files that have that text now and had another one, or were gone.
    pub files: Vec<FileName>,
    /// The files that had it already, or of which no other text is known.
    pub unchanged: Vec<FileName>,
    /// The files that were left alone, and why.
    pub left: Vec<Refused>,
}

impl LocalHistory<'_> {
    /// Gives files here a text from the source, those that were deleted here too. This becomes an operation of its own,
    /// which [`undo`](Self::undo) takes back.
    ///
    /// # Errors
    ///
    /// [`SyncError::UnknownPath`] for a path of which the source knows no file, [`SyncError::UnknownOperation`] and
    /// [`SyncError::Folder`]. Nothing was changed then.
    pub fn restore(&self, names: &Selection, from: Source) -> Result<Restored, SyncError> {
        let Self { local, project, now } = *self;
        let base = local.base(project)?;
        let known = Known::new(local, &base, from)?;
        let known_names = known.names();
        if let Some(path) = names.unmatched(&known_names).first() {
            return Err(SyncError::UnknownPath { path: (*path).to_owned() });
        }
        let mut change = Replacement::new(*self, known_names.iter())?;
        let mut unchanged = Vec::new();
        for name in known_names.into_iter().filter(|name| names.contains(name)) {
            let present = change.scan.files.get(&name).cloned();
            if change.scan.withholds(&name) {
                change.leave(&name, "it cannot be read");
                continue;
            }
            let Some(version) = known.version(&name, present.as_ref()) else {
                unchanged.push(name);
                continue;
            };
            if present.is_some_and(|file| file.version.object == version.object) {
                unchanged.push(name);
            } else if let Known::Texts(texts) = &known
                && let Some(text) = texts.get(&name)
            {
                change.put(&name, text);
            } else {
                change.replace(&name, Some(version));
            }
        }
        let record = Operation { at: now, command: "restore".to_owned(), ..Operation::default() };
        let (files, left) = change.carry_out(record)?;
        Ok(Restored { files, unchanged, left })
    }
}

/// The texts that the source knows.
enum Known<'a> {
    Default { base: &'a Base, history: Vec<Operation> },
    Versions(BTreeMap<FileName, Version>),
    Texts(BTreeMap<FileName, String>),
}

impl<'a> Known<'a> {
    fn new(local: &dyn Local, base: &'a Base, from: Source) -> Result<Self, SyncError> {
        Ok(match from {
            Source::Default => Self::Default { base, history: local.history()? },
            Source::Base => Self::Versions(base.clone()),
            Source::Texts(texts) => Self::Texts(texts),
            Source::Operation(id) => {
                let mut history = local.history()?.into_iter();
                let operation = history.find(|operation| operation.id == id);
                let operation = operation.ok_or(SyncError::UnknownOperation { id })?;
                // What it replaced here comes last, and so goes before what it replaced in the cloud.
                let replaced = operation.cloud.into_iter().chain(operation.here);
                Self::Versions(
                    replaced.filter_map(|file| Some((file.name, file.before?))).collect(),
                )
            }
        })
    }

    fn names(&self) -> BTreeSet<FileName> {
        match self {
            Self::Default { base, history } => {
                let replaced = history.iter().flat_map(replaced);
                let replaced = replaced.filter(|file| file.before.is_some());
                base.keys().chain(replaced.map(|file| &file.name)).cloned().collect()
            }
            Self::Versions(versions) => versions.keys().cloned().collect(),
            Self::Texts(texts) => texts.keys().cloned().collect(),
        }
    }

    /// Returns what the file is to hold. None if nothing but what it holds is known.
    fn version(&self, name: &FileName, present: Option<&LocalFile>) -> Option<Version> {
        let (base, history) = match self {
            Self::Default { base, history } => (base, history),
            Self::Versions(versions) => return versions.get(name).copied(),
            Self::Texts(texts) => return texts.get(name).map(|text| Version::of(text.as_bytes())),
        };
        let is_other =
            |version: &Version| present.is_none_or(|file| file.version.digest != version.digest);
        let replaced = history.iter().rev().flat_map(replaced);
        let replaced = replaced.filter(|file| file.name == *name).filter_map(|file| file.before);
        base.get(name).copied().into_iter().chain(replaced).find(is_other)
    }
}

/// Returns what an operation replaced here, then what it replaced in the cloud: a file that a push deleted is only there.
fn replaced(operation: &Operation) -> impl Iterator<Item = &Replaced> {
    operation.here.iter().chain(&operation.cloud)
}
