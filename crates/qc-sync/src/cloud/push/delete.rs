//! Deleting files whose text was seen; see `deletion.rs`.

use qc_files::{Error, ErrorKind};
use qc_proto::FileName;

use crate::{
    cloud::{
        Cloud, CloudFile, deletion,
        push::{Work, is_news, progress::fails_all},
    },
    error::SyncError,
    history::Replaced,
    plan::{Change, Plan},
};

impl Work<'_> {
    /// Sets aside the files that are to be deleted, and those that are to be emptied: the service takes no empty
    /// content, so an emptied file is deleted, and created empty in the next round.
    pub(super) async fn set_aside(&mut self, changes: &[Change], plan: &Plan, cloud: &Cloud) {
        for change in changes {
            let name = change.name();
            let is_wanted = match change {
                Change::Delete(_) => true,
                Change::Update(_) => {
                    let file = self.comparison.file(&plan.moves, name);
                    file.is_some_and(|(_, file)| file.version.chars == 0)
                }
                Change::Create(_) | Change::Rename { .. } => false,
            };
            if !is_wanted || self.progress.stopped || !cloud.files.contains_key(name) {
                continue;
            }
            // Editors empty a file while they save it.
            if matches!(change, Change::Update(_)) && self.new_content(change, plan).is_none() {
                continue;
            }
            self.step(change);
            let result = match deletion::aside(&self.folder_id, name) {
                Some(aside) => self.project().rename(name.clone(), aside).await,
                // Its name is too long to be set aside.
                None => self.project().delete(name.clone()).await,
            };
            // Whether it is done shows once its text was seen.
            if let Err(error) = result {
                self.note(change, Err(error));
            }
        }
    }

    /// Deletes what this folder has set aside and whose text it has seen, and renames back what it has not.
    pub(super) async fn finish_deletions(&mut self, cloud: &mut Cloud) -> Result<(), SyncError> {
        self.progress.left_aside.clear();
        for (aside, file) in cloud.set_aside.clone() {
            let Some(name) = deletion::original(&self.folder_id, &aside) else { continue };
            if self.progress.stopped || !self.comparison.holds(&name) {
                continue;
            }
            let is_known = self.base.get(&name).map(|base| base.digest)
                == Some(file.version.digest)
                || self.comparison.session.local.has_object(file.version.object);
            if is_known {
                self.delete_aside(&aside, &name, cloud).await?;
            } else {
                self.bring_back(&aside, &name, &file, cloud).await?;
            }
        }
        Ok(())
    }

    async fn delete_aside(
        &mut self,
        aside: &FileName,
        name: &FileName,
        cloud: &mut Cloud,
    ) -> Result<(), SyncError> {
        match self.project().delete(aside.clone()).await {
            Err(error) if error.kind() != ErrorKind::FileNotFound => {
                self.not_finished(name, error)?;
            }
            _ => drop(cloud.set_aside.remove(aside)),
        }
        Ok(())
    }

    /// Notes why a file stays set aside. What fails everything ends the push.
    fn not_finished(&mut self, name: &FileName, error: Error) -> Result<(), SyncError> {
        if fails_all(&error) {
            self.progress.stop_on(&error);
            return Err(error.into());
        }
        self.progress.left_aside.insert(name.clone(), error);
        Ok(())
    }

    async fn bring_back(
        &mut self,
        aside: &FileName,
        name: &FileName,
        file: &CloudFile,
        cloud: &mut Cloud,
    ) -> Result<(), SyncError> {
        match self.project().rename(aside.clone(), name.clone()).await {
            Ok(()) => {
                cloud.set_aside.remove(aside);
                cloud.files.insert(name.clone(), file.clone());
            }
            Err(error) if error.kind() == ErrorKind::FileExists => {
                // Another file has taken the name meanwhile, so this text goes into the history here.
                self.comparison.session.local.keep_object(&file.content.text())?;
                let before = Some(file.version);
                self.record_replaced(vec![Replaced { name: name.clone(), before, after: None }])?;
                self.delete_aside(aside, name, cloud).await?;
            }
            Err(error) if is_news(&error) => drop(cloud.set_aside.remove(aside)),
            Err(error) => self.not_finished(name, error)?,
        }
        Ok(())
    }
}
