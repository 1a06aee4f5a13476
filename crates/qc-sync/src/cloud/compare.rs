//! The folder as it is, compared with what the cloud has.

use std::collections::{BTreeMap, BTreeSet};

use qc_proto::{FileName, Unreadable};

use crate::{
    cloud::Cloud,
    error::SyncError,
    folder::{
        FolderError, Refused,
        portable::{Misfit, Taken, misfit},
        rules::Unsynced,
        scan::Scan,
        spelling,
    },
    local::{Base, LocalFile, base_tree, unchanged_text},
    plan,
    plan::{Change, Conflict, Moves, Plan, Tree, likeness, version::Version},
    session::SyncSession,
};

/// The folder's side of a comparison.
pub(crate) struct Comparison<'a> {
    pub(crate) session: SyncSession<'a>,
    pub(crate) scan: Scan,
    /// What both sides had when they were last in step, of all files.
    pub(crate) base: Base,
    /// The changed files here that a merge left markers in.
    pub(crate) unresolved: BTreeSet<FileName>,
    /// Whether those are left out.
    leaves_unresolved: bool,
    /// The files that the cloud has, and that could not be read out of its answer: left alone.
    unreadable: BTreeSet<FileName>,
    /// The files that the cloud has beside others whose names this folder takes for the same: left alone.
    twins: BTreeSet<FileName>,
}

impl<'a> Comparison<'a> {
    /// Reads the folder. A push leaves out what is unresolved.
    pub(crate) fn read(
        session: SyncSession<'a>,
        leaves_unresolved: bool,
    ) -> Result<Self, SyncError> {
        let SyncSession { local, project, options } = session;
        let base = local.base(project.id())?;
        let mut scan = local.scan()?;
        spelling::respell(scan.system, &mut scan.files, base.keys());
        let is_unresolved = |(name, file): &(&FileName, &LocalFile)| {
            let is_changed = base.get(*name).is_none_or(|base| base.digest != file.version.digest);
            file.is_unresolved && is_changed && options.only.contains(name)
        };
        let unresolved = scan.files.iter().filter(is_unresolved).map(|(name, _)| name.clone());
        let unresolved = unresolved.collect();
        let (unreadable, twins) = (BTreeSet::new(), BTreeSet::new());
        Ok(Self { session, scan, base, unresolved, leaves_unresolved, unreadable, twins })
    }

    /// Reads the cloud. Costs one request.
    pub(crate) async fn cloud(&mut self) -> Result<Cloud, SyncError> {
        let list = self.session.project.read_all_encoded().await?;
        let names: Vec<_> = list.files.iter().filter_map(|file| file.name.clean().ok()).collect();
        spelling::respell(self.scan.system, &mut self.scan.files, names.iter());
        let unreadable = list.unreadable.iter();
        self.unreadable = unreadable.filter_map(|file| FileName::new(&*file.name).ok()).collect();
        self.twins = self.find_twins(&names);
        let cloud = Cloud::sort(list, |name| self.holds(name));
        let had = self.base.keys().filter(|name| self.holds(name)).count();
        if cloud.is_empty() && had > 0 && !self.session.options.accept_empty {
            return Err(SyncError::Emptied { had });
        }
        Ok(cloud)
    }

    /// Returns the names in the cloud that the folder cannot have beside those that it has, and beside one another.
    fn find_twins(&mut self, cloud: &[FileName]) -> BTreeSet<FileName> {
        self.twins.clear();
        let mut taken = Taken::new(self.scan.system);
        for name in self.scan.files.keys() {
            taken.take(name);
        }
        let twins = cloud.iter().filter(|name| self.holds(name) && !taken.take(name));
        twins.cloned().collect()
    }

    /// Returns whether a file of this name, here or there, is to be in step and is asked for.
    pub(crate) fn holds(&self, name: &FileName) -> bool {
        if !self.session.options.only.contains(name)
            || self.unreadable.contains(name)
            || self.twins.contains(name)
            || self.leaves_unresolved && self.unresolved.contains(name)
        {
            return false;
        }
        // A scan has asked the rest of each name that it found.
        self.scan.files.contains_key(name)
            || !self.scan.withholds(name)
                && self.session.local.unsynced(name).is_none()
                && misfit(self.scan.system, name).is_none()
    }

    /// Returns the files here that are to be in step.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&FileName, &LocalFile)> {
        self.scan.files.iter().filter(|(name, _)| self.holds(name))
    }

    /// Returns what each of them says.
    pub(crate) fn here(&self) -> Tree {
        self.files().map(|(name, file)| (name.clone(), file.version.digest)).collect()
    }

    /// Returns a file of the scan by its name in a plan.
    pub(crate) fn file(&self, moves: &Moves, name: &FileName) -> Option<(&FileName, &LocalFile)> {
        self.scan.files.get_key_value(moves.in_folder(name))
    }

    /// Returns the part of a base that is to be in step.
    pub(crate) fn base_tree(&self, base: &Base) -> Tree {
        let mut tree = base_tree(base);
        tree.retain(|name, _| self.holds(name));
        tree
    }

    /// Says what would bring both sides in step.
    pub(crate) fn plan(&self, base: &Base, cloud: &Cloud) -> Plan {
        let (known, here, there) = (self.base_tree(base), self.here(), cloud.tree());
        let alike = self.alike(base, cloud, [&known, &here, &there]);
        plan::plan(&known, &here, &there, &alike)
    }

    /// Pairs files that were renamed and edited.
    fn alike(&self, base: &Base, cloud: &Cloud, [known, here, there]: [&Tree; 3]) -> Moves {
        let old =
            |name: &FileName| base.get(name).and_then(|old| self.session.local.object(old.object));
        let mine = |name: &FileName| {
            self.scan.files.get(name).and_then(|file| self.session.local.text(name, file))
        };
        let theirs = |name: &FileName| cloud.files.get(name).map(|file| file.content.text());
        let pairs = |side, other, new: &dyn Fn(&FileName) -> Option<String>| {
            let (gone, come) = plan::gone_and_come(known, side, other);
            if gone.is_empty() || come.is_empty() {
                return BTreeMap::new();
            }
            let gone: Vec<_> = gone.iter().filter_map(|name| Some((*name, old(name)?))).collect();
            let come: Vec<_> = come.iter().filter_map(|name| Some((*name, new(name)?))).collect();
            likeness::pairs(&gone, &come)
        };
        Moves { here: pairs(here, there, &mine), there: pairs(there, here, &theirs) }
    }

    /// Returns the base as it would be if, over the files that the options settle, the side that is to yield had
    /// changed nothing.
    pub(crate) fn preferring(&self, base: &Base, cloud: &Cloud) -> Base {
        let (ours, theirs) = (&self.session.options.ours, &self.session.options.theirs);
        let mut preferred = base.clone();
        if ours.is_empty() && theirs.is_empty() {
            return preferred;
        }
        let plan = self.plan(base, cloud);
        let mut set = |name: &FileName, version: Option<Version>| match version {
            Some(version) => drop(preferred.insert(name.clone(), version)),
            None => drop(preferred.remove(name)),
        };
        let mine = |name: &FileName| self.file(&plan.moves, name).map(|(_, file)| file.version);
        for Conflict { name, .. } in &plan.conflicts {
            if ours.contains(name) {
                let theirs = cloud.files.get(plan.moves.in_cloud(name));
                set(plan.moves.in_base(name), theirs.map(|file| file.version));
            } else if theirs.contains(name) {
                set(plan.moves.in_base(name), mine(name));
            }
        }
        // Whoever asks for theirs has it back too where only this side changed or deleted the file.
        for change in plan.push.iter().filter(|change| theirs.contains(change.name())) {
            match change {
                Change::Update(name) => set(plan.moves.in_base(name), mine(name)),
                Change::Delete(name) | Change::Rename { from: name, .. } => set(name, None),
                Change::Create(_) => {}
            }
        }
        preferred
    }

    /// Returns the files that differ in their line ends, or the newline at the end, alone.
    pub(crate) fn line_ends(&self, cloud: &Cloud) -> Vec<FileName> {
        let differ = |(name, file): &(&FileName, &LocalFile)| {
            cloud.files.get(*name).is_some_and(|theirs| {
                theirs.version.digest == file.version.digest
                    && theirs.version.object != file.version.object
            })
        };
        self.files().filter(differ).map(|(name, _)| name.clone()).collect()
    }

    /// Returns the base after a meeting of both sides: what they agree on, with the cloud's bytes, and what it was so
    /// far where they don't.
    pub(crate) fn agreed(&self, base: &Base, here: &Tree, cloud: &Cloud) -> Base {
        let mut agreed = base.clone();
        let there = cloud.tree();
        for name in plan::names([&self.base_tree(base), here, &there]) {
            match (here.get(name), cloud.files.get(name)) {
                (None, None) => drop(agreed.remove(name)),
                (Some(mine), Some(theirs)) if *mine == theirs.version.digest => {
                    agreed.insert(name.clone(), theirs.version);
                }
                _ => {}
            }
        }
        agreed
    }

    /// Returns the files of the cloud that should be here, and that no folder can have or nobody can read.
    pub(crate) fn unholdable(&self, cloud: &Cloud) -> Vec<Refused> {
        let mut refused = Vec::new();
        for Unreadable { name, why, .. } in &cloud.unreadable {
            let why = format!("it cannot be read out of the service's answer: {why}");
            refused.push(Refused::failed(&**name, why));
        }
        for name in &cloud.unclean {
            if let Err(invalid) = name.clean() {
                let why = format!("a name here {}", invalid.why());
                refused.push(Refused::lasting(name.as_str(), why));
            }
        }
        for name in &cloud.beside {
            let why = match self.session.local.unsynced(name) {
                None if self.twins.contains(name) => Some(Misfit::Twin.why()),
                None => misfit(self.scan.system, name).map(Misfit::why),
                Some(Unsynced::Library) => Some(
                    "the folder of that name here holds the libraries: remove it to have the project's own",
                ),
                Some(_) => None,
            };
            if let Some(why) = why {
                refused.push(Refused::lasting(name.as_str(), why));
            }
        }
        refused
    }

    /// Keeps the texts of a base that were not kept so far, then the base itself.
    pub(crate) fn keep(&self, base: &Base, cloud: &Cloud) -> Result<(), FolderError> {
        for (name, version) in base {
            if self.session.local.has_object(version.object) {
                continue;
            }
            if let Some(theirs) = cloud.files.get(name)
                && theirs.version.object == version.object
            {
                self.session.local.keep_object(&theirs.content.text())?;
            } else if let Some(mine) = self.scan.files.get(name)
                && mine.version.object == version.object
                && let Some(text) = unchanged_text(self.session.local, name, mine)
            {
                self.session.local.keep_object(&text)?;
            }
        }
        self.session.local.keep_base(self.session.project.id(), base)
    }

    /// Refuses to delete more than half of the files, and more than ten, unless that is allowed.
    pub(crate) fn guard_deletions(
        &self,
        changes: &[Change],
        of: usize,
        place: &'static str,
    ) -> Result<(), SyncError> {
        let options = self.session.options;
        let files = changes.iter().filter(|change| matches!(change, Change::Delete(_))).count();
        let are_many = files > 10 && files * 2 > of;
        if are_many && !options.delete_many && !(options.accept_empty && files == of) {
            return Err(SyncError::ManyDeletions { files, of, place });
        }
        Ok(())
    }
}
