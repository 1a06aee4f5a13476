//! Doing here what was done in the cloud.

use std::collections::BTreeSet;

use qc_proto::{FileName, encoded::EncodedText};

use crate::{
    cloud::{Cloud, compare::Comparison},
    error::SyncError,
    folder::{FolderError, Refused},
    history::{Operation, Replaced},
    local::{Base, unchanged_text},
    observer::Event,
    plan::{
        Change, Conflict, Plan,
        merge::{Merged, merge},
        version::Version,
    },
    session::SyncSession,
};

/// One thing to do to a file here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Rename a file.
    Rename {
        /// Its name so far.
        from: FileName,
        /// Its new name, which no file has.
        to: FileName,
        /// Its content under the new name.
        content: EncodedText,
    },
    /// Create a file, or replace one.
    Put {
        /// The file.
        name: FileName,
        /// Its content.
        content: EncodedText,
    },
    /// Remove a file.
    Remove(FileName),
}

impl Write {
    /// The file that is there, or gone, afterwards.
    #[must_use]
    pub fn name(&self) -> &FileName {
        match self {
            Self::Rename { to: name, .. } | Self::Put { name, .. } | Self::Remove(name) => name,
        }
    }
}

/// What came of a pull.
#[derive(Debug, Default)]
pub struct Pull {
    /// What was to be written, of which `refused` was not. The contents are not kept: they are in the folder.
    pub writes: Vec<Write>,
    /// The files among them in which both sides' edits were brought together.
    pub merged: Vec<Merge>,
    /// What was done on both sides in different ways: left alone.
    pub conflicts: Vec<Conflict>,
    /// The files here that a merge left markers in, and that were not merged again.
    pub unresolved: Vec<FileName>,
    /// What was done here and not in the cloud: what a push would do.
    pub outgoing: Vec<Change>,
    /// The files that could not be written, or read here, and why.
    pub refused: Vec<Refused>,
    /// The base from now on.
    pub base: Base,
    /// Why the base could not be kept, if it could not. The next pull or push finds what was done.
    pub not_kept: Option<FolderError>,
}

/// A file in which both sides' edits were brought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The file.
    pub name: FileName,
    /// Whether both sides changed the same lines, so that a person has to choose.
    pub overlaps: bool,
}

impl SyncSession<'_> {
    /// Does here what was done in the cloud. Costs one request. What it replaces or removes is in the history first.
    ///
    /// # Errors
    ///
    /// [`SyncError`] when folder or project cannot be used as a whole. What fails for single files is told by file.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before the project was read changes nothing; afterwards it does not wait any more.
    pub async fn pull(self) -> Result<Pull, SyncError> {
        let Self { local, options, .. } = self;
        let mut comparison = Comparison::read(self, false)?;
        options.observer.event(Event::Read);
        let cloud = comparison.cloud().await?;
        let preferred = comparison.preferring(&comparison.base, &cloud);
        let Plan { push: outgoing, pull, conflicts, moves } = comparison.plan(&preferred, &cloud);
        comparison.guard_deletions(&pull, comparison.files().count(), "here")?;

        let plan = Plan { push: Vec::new(), pull, conflicts, moves };
        let mut writes = Writes::new(&comparison, &preferred, &cloud, plan);
        writes.changes();
        writes.line_ends();
        if options.merge {
            writes.merge_conflicts();
        }
        let Writes { plan, mut list, mut merged, .. } = writes;
        record(&comparison, &list)?;
        let mut refused = local.apply(&list, &comparison.scan, &*options.observer);
        let failed: BTreeSet<&str> = refused.iter().map(|refused| refused.name.as_str()).collect();
        merged.retain(|merge| !failed.contains(merge.name.as_str()));

        // The base holds what is there now, and not what was to be.
        let mut here = comparison.here();
        let mut base = preferred;
        for write in list.iter().filter(|write| !failed.contains(write.name().as_str())) {
            let name = write.name();
            let theirs = cloud.files.get(plan.moves.in_cloud(name)).map(|file| file.version);
            match write {
                Write::Put { .. } => {
                    if let Some(version) = theirs {
                        here.insert(name.clone(), version.digest);
                        base.insert(plan.moves.in_cloud(name).clone(), version);
                    }
                }
                Write::Rename { from, .. } => {
                    here.remove(from);
                    base.remove(from);
                    if let Some(version) = theirs {
                        here.insert(name.clone(), version.digest);
                        base.insert(name.clone(), version);
                    }
                }
                Write::Remove(_) => {
                    here.remove(name);
                    base.remove(name);
                }
            }
        }
        let base = comparison.agreed(&base, &here, &cloud);
        let not_kept = comparison.keep(&base, &cloud).err();

        // A file that the cloud's content has replaced has no markers now.
        let is_replaced = |name: &FileName| {
            list.iter().any(|write| write.name() == name && !failed.contains(name.as_str()))
        };
        let unresolved = comparison.unresolved.iter().filter(|name| !is_replaced(name));
        let unresolved = unresolved.cloned().collect();

        for write in &mut list {
            if let Write::Rename { content, .. } | Write::Put { content, .. } = write {
                *content = EncodedText::default();
            }
        }
        refused.extend(comparison.unholdable(&cloud));
        refused.extend(comparison.scan.refused.iter().cloned());
        let conflicts = plan.conflicts;
        Ok(Pull { writes: list, merged, conflicts, unresolved, outgoing, refused, base, not_kept })
    }
}

/// What is to be written, while it is collected.
struct Writes<'a> {
    comparison: &'a Comparison<'a>,
    /// The base, with conflicts preferred.
    base: &'a Base,
    cloud: &'a Cloud,
    plan: Plan,
    list: Vec<Write>,
    merged: Vec<Merge>,
}

impl<'a> Writes<'a> {
    fn new(comparison: &'a Comparison<'a>, base: &'a Base, cloud: &'a Cloud, plan: Plan) -> Self {
        Self { comparison, base, cloud, plan, list: Vec::new(), merged: Vec::new() }
    }

    fn theirs(&self, name: &FileName) -> EncodedText {
        let file = self.cloud.files.get(self.plan.moves.in_cloud(name));
        file.map(|file| file.content.clone()).unwrap_or_default()
    }

    /// What the plan says.
    fn changes(&mut self) {
        for change in &self.plan.pull {
            let write = match change {
                Change::Rename { from, to } => {
                    // What was edited here keeps its edit under the new name.
                    let is_edited = self.comparison.scan.files.get(from).is_some_and(|file| {
                        let base = self.base.get(from);
                        base.is_none_or(|base| base.digest != file.version.digest)
                    });
                    let content = match self.comparison.file(&self.plan.moves, to) {
                        Some((name, file)) if is_edited => {
                            // Changed meanwhile, it is renamed by the next pull.
                            let text = unchanged_text(self.comparison.session.local, name, file);
                            let Some(text) = text else { continue };
                            text.into()
                        }
                        _ => self.theirs(to),
                    };
                    Write::Rename { from: from.clone(), to: to.clone(), content }
                }
                // A rename brings the new content along.
                Change::Update(name) if self.plan.moves.there.contains_key(name) => continue,
                Change::Create(name) | Change::Update(name) => {
                    Write::Put { content: self.theirs(name), name: name.clone() }
                }
                Change::Delete(name) => Write::Remove(name.clone()),
            };
            self.list.push(write);
        }
    }

    /// Files that are asked for by name, and differ in their line ends alone.
    fn line_ends(&mut self) {
        let theirs = &self.comparison.session.options.theirs;
        for name in self.comparison.line_ends(self.cloud) {
            if theirs.names(&name) {
                self.list.push(Write::Put { content: self.theirs(&name), name });
            }
        }
    }

    /// Turns conflicts over files that both sides have into files with what both did.
    fn merge_conflicts(&mut self) {
        for conflict in std::mem::take(&mut self.plan.conflicts) {
            match self.merged(&conflict.name) {
                Some(Merged { text, overlaps }) => {
                    let name = conflict.name;
                    self.put(&name, text.into());
                    self.merged.push(Merge { name, overlaps });
                }
                None => self.plan.conflicts.push(conflict),
            }
        }
    }

    /// Returns what both did to a file. None where that cannot be told.
    fn merged(&self, name: &FileName) -> Option<Merged> {
        let (at, file) = self.comparison.file(&self.plan.moves, name)?;
        let theirs = self.cloud.files.get(self.plan.moves.in_cloud(name))?;
        if file.is_unresolved {
            return None;
        }
        let mine = unchanged_text(self.comparison.session.local, at, file)?;
        let base = self.comparison.base.get(self.plan.moves.in_base(name));
        let base = match base {
            Some(version) => {
                self.comparison.session.local.object(version.object).unwrap_or_default()
            }
            None => String::new(),
        };
        merge(name, &base, &mine, &theirs.content.text())
    }

    /// Adds the file, or changes what its rename brings.
    fn put(&mut self, name: &FileName, new: EncodedText) {
        let rename = self.list.iter_mut().find_map(|write| match write {
            Write::Rename { to, content, .. } if to == name => Some(content),
            _ => None,
        });
        match rename {
            Some(content) => *content = new,
            None => self.list.push(Write::Put { name: name.clone(), content: new }),
        }
    }
}

/// Keeps what is replaced and removed here, and says so in the history.
fn record(comparison: &Comparison<'_>, writes: &[Write]) -> Result<(), SyncError> {
    let options = comparison.session.options;
    let mut operation =
        Operation { at: options.now, command: options.command.clone(), ..Operation::default() };
    if writes.is_empty() || comparison.scan.files.is_empty() && comparison.base.is_empty() {
        // There is nothing to go back to.
        return Ok(());
    }
    for write in writes {
        let (gone, come) = match write {
            Write::Rename { from, to, content } => (Some(from), Some((to, content))),
            Write::Put { name, content } => (None, Some((name, content))),
            Write::Remove(name) => (Some(name), None),
        };
        let come = come.map(|(name, content)| (name, Some(Version::of(content.text().as_bytes()))));
        for (name, after) in gone.map(|name| (name, None)).into_iter().chain(come) {
            let file = comparison.scan.files.get(name);
            if let Some(file) = file {
                // One that was changed meanwhile is not written.
                let Some(text) = unchanged_text(comparison.session.local, name, file) else {
                    continue;
                };
                comparison.session.local.keep_object(&text)?;
            }
            let before = file.map(|file| file.version);
            operation.here.push(Replaced { name: name.clone(), before, after });
            operation.base.push((name.clone(), comparison.base.get(name).copied()));
        }
    }
    if !operation.is_empty() {
        comparison.session.local.record(operation)?;
    }
    Ok(())
}
