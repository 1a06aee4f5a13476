//! Editing files: each edit takes effect only where the cloud has the text that it was made of.

use qc_files::Effect;
use qc_proto::FileName;

use crate::{
    cloud::{
        Cloud,
        push::{New, Reason, Work, patch},
    },
    error::SyncError,
    history::Replaced,
    plan::{Change, Plan, version::ObjectId},
};

/// An edit that is to be sent.
struct Edit {
    /// The file's name in the cloud.
    name: FileName,
    /// The name that the base has for it.
    base_name: FileName,
    old: String,
    old_object: ObjectId,
    new: New,
}

impl Edit {
    fn change(&self) -> Change {
        Change::Update(self.name.clone())
    }
}

impl Work<'_> {
    /// Returns the changes, if they are edits alone that a patch against the base can say.
    pub(super) fn edits_alone(&self) -> Option<Vec<Change>> {
        let comparison = &self.comparison;
        if !(comparison.session.options.ours.is_empty()
            && comparison.session.options.theirs.is_empty())
        {
            return None;
        }
        let mut changes = Vec::new();
        let mut known = 0;
        for (name, file) in comparison.files() {
            let base = self.base.get(name)?;
            known += 1;
            if base.digest != file.version.digest {
                let can_patch = file.version.chars > 0 && base.chars > 0 && patch::is_plain(name);
                if !can_patch || !comparison.session.local.has_object(base.object) {
                    return None;
                }
                changes.push(Change::Update(name.clone()));
            }
        }
        let all = self.base.keys().filter(|name| comparison.holds(name)).count();
        (known == all && !changes.is_empty()).then_some(changes)
    }

    /// Sends edits of what the base has, before anything was read.
    pub(super) async fn edit_unread(&mut self, changes: &[Change]) -> Result<(), SyncError> {
        let plan = Plan::default();
        let mut edits = Vec::new();
        let mut replaced = Vec::new();
        for change in changes {
            let name = change.name();
            let Some(base) = self.base.get(name).copied() else { continue };
            let Some(old) = self.comparison.session.local.object(base.object) else { continue };
            // One that was changed meanwhile is left to the next round.
            let Some(new) = self.new_content(change, &plan) else { continue };
            let (before, after) = (Some(base), Some(new.version));
            replaced.push(Replaced { name: name.clone(), before, after });
            let (name, base_name) = (name.clone(), name.clone());
            edits.push(Edit { name, base_name, old, old_object: base.object, new });
        }
        self.record_replaced(replaced)?;
        self.progress.begin(changes, |name| {
            self.comparison.file(&plan.moves, name).map(|(_, file)| file.version.digest)
        });
        self.patch(edits).await
    }

    /// Sends the edits of a round.
    pub(super) async fn edit(
        &mut self,
        changes: &[Change],
        plan: &Plan,
        cloud: &Cloud,
    ) -> Result<(), SyncError> {
        let mut edits = Vec::new();
        for change in changes {
            let Change::Update(name) = change else { continue };
            // One whose rename has not come about waits for the next round.
            let Some(file) = cloud.files.get(name) else { continue };
            let Some(new) = self.new_content(change, plan) else { continue };
            if new.text.is_empty() {
                continue;
            }
            let base_name = plan.moves.in_folder(name).clone();
            let (old, old_object) = (file.content.text(), file.version.object);
            edits.push(Edit { name: name.clone(), base_name, old, old_object, new });
        }
        // Where nothing has changed and the patch was refused all the same, the service does not take the patch.
        let is_same = |(name, object): &(FileName, ObjectId)| {
            edits.iter().any(|edit| edit.name == *name && edit.old_object == *object)
        };
        let refused = std::mem::take(&mut self.progress.refused);
        let takes_no_patch = !refused.is_empty() && refused.iter().all(is_same);
        let was_refused =
            |edit: &Edit| takes_no_patch && refused.iter().any(|(name, _)| *name == edit.name);
        let (singly, together): (Vec<_>, Vec<_>) = edits.into_iter().partition(was_refused);
        let (plain, odd): (Vec<_>, Vec<_>) =
            together.into_iter().partition(|edit| patch::is_plain(&edit.name));
        self.patch(plain).await?;
        self.patch(odd).await?;
        for edit in singly {
            self.update(edit).await?;
        }
        Ok(())
    }

    /// Sends edits in one patch, which takes effect as a whole or not at all.
    async fn patch(&mut self, edits: Vec<Edit>) -> Result<(), SyncError> {
        let Some(first) = edits.first().map(Edit::change) else { return Ok(()) };
        if self.progress.stopped {
            return Ok(());
        }
        self.step(&first);
        let texts =
            edits.iter().map(|edit| (&edit.name, edit.old.as_str(), edit.new.text.as_str()));
        let patch = patch::full_context(texts);
        match self.project().patch(patch).await {
            Ok(()) => {
                for edit in &edits {
                    self.progress.acknowledge(&edit.change());
                }
                for edit in &edits {
                    self.holds_now(&edit.base_name, &edit.new)?;
                }
            }
            Err(error) => {
                self.progress.stop_on(&error);
                if error.effect() == Effect::None && !self.progress.stopped {
                    // The next reading shows whether it was about the files or about the patch.
                    let refused = edits.iter().map(|edit| (edit.name.clone(), edit.old_object));
                    self.progress.refused.extend(refused);
                } else {
                    // It is one error for all of them.
                    self.progress.fail(&first, Reason::Request(error));
                }
            }
        }
        Ok(())
    }

    /// Replaces a file that was just read unchanged, although its patch was refused.
    async fn update(&mut self, edit: Edit) -> Result<(), SyncError> {
        if self.progress.stopped {
            return Ok(());
        }
        let change = edit.change();
        self.step(&change);
        let result = self.project().update(edit.name.clone(), edit.new.text.as_str()).await;
        if self.note(&change, result) {
            self.holds_now(&edit.base_name, &edit.new)?;
        }
        Ok(())
    }
}
